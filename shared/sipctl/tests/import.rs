//! Many users from a file: all of them, or none.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fmt::Write;

use common::place;

#[test]
fn a_file_with_names_of_columns_is_imported() {
    let place = place();
    let file = "\u{feff}alias,username,password\r\nalice,10,abc10\r\n,11,\"a,\"\"b\"\r\n";
    place.write("users.csv", file);
    let ended = place.run(&["import", "users.csv", "--domain", "192.168.1.15"]);
    assert_eq!(
        ended.out,
        "imported 2 users and 1 alias; of 2 only HA1 and HA1b are kept\n"
    );
    assert_eq!(ended.errors, "note: users.csv holds passwords: remove it\n");
    // The same as `add` makes.
    let row = "SELECT password, ha1, ha1b FROM subscriber WHERE username = '10'";
    let imported = place.sql(row);
    place.passes(&["rm", "10"]);
    place.passes(&["add", "10@192.168.1.15", "abc10"]);
    assert_eq!(place.sql(row), imported);
    let alias = place.passes(&["show", "11"]);
    assert!(
        alias.starts_with("USER  DOMAIN        KEPT  ALIASES\n11 "),
        "{alias}"
    );
}

#[test]
fn a_file_without_them_is_imported_and_own_domains_count() {
    let place = place();
    place.write(
        "users.csv",
        "10,abc10\n11,abc11,d.example\n\n12,abc12,,carol\n",
    );
    assert_eq!(
        place.passes(&["import", "users.csv"]),
        "imported 3 users and 1 alias; of 1 only HA1 and HA1b are kept; of 2 the password itself \
         is kept, because a hash needs the domain (--domain D)\n"
    );
    let domains = "SELECT group_concat(username || '@' || domain) FROM subscriber";
    assert_eq!(place.sql(domains), ["10@,11@d.example,12@"]);
    let alias = "SELECT alias_username, alias_domain, username, domain FROM dbaliases";
    assert_eq!(place.sql(alias), ["carol", "", "12", ""]);
}

const BAD: &[u8] = b"username,password,domain,alias\n\
    20,secret\n\
    21,\n\
    20,secret2\n\
    2 2,secret3\n\
    23, secret4\n\
    24,secret5,,x,secret6\n\
    25,secret7,,20\n\
    \"26\",\"two\nlines\"\n\
    27,\xff\n\
    10,secret8\n\
    28,secret9,,alice\n\
    29,secret10,a:5060\n\
    30,secret11,,zoe\n\
    31,secret12,,zoe\n";

const REASONS: &str = "\
    line 3: the password is empty\n\
    line 4: the user is in an earlier line already\n\
    line 5: a user's name has no spaces, quotes, backslashes, colons, @, < or >\n\
    line 6: a password neither begins nor ends with a space\n\
    line 7: too many columns; put a value with a comma in it in double quotes\n\
    line 9: a double quote is never closed\n\
    line 10: there is a double quote inside a value: put the value in double quotes, and write \
    each quote inside it twice\n\
    line 11: not UTF-8\n\
    line 12: the user exists already\n\
    line 13: the alias exists already\n\
    line 14: a domain has no quotes, backslashes, colons or @ (it is the realm of a challenge, \
    without a port)\n\
    line 16: the alias is in an earlier line already\n\
    line 8: the alias is the name of a user\n";

#[test]
fn bad_rows_are_named_by_line_and_reason_and_nothing_is_imported() {
    let place = place();
    place.passes(&["add", "10", "x"]);
    place.passes(&["alias", "add", "alice", "10"]);
    place.write("users.csv", BAD);
    let error = "error: nothing was imported, because 13 rows are bad; correct the file, or import the \
        other rows with --skip-bad\n";
    assert_eq!(
        place.fails(&["import", "users.csv"]),
        format!("{REASONS}{error}")
    );
    assert_eq!(place.count("subscriber"), "1");
    assert_eq!(place.count("dbaliases"), "1");
}

#[test]
fn bad_rows_are_skipped_if_the_user_says_so() {
    let place = place();
    place.passes(&["add", "10", "x"]);
    place.passes(&["alias", "add", "alice", "10"]);
    place.write("users.csv", BAD);
    let ended = place.run(&["import", "--skip-bad", "users.csv"]);
    assert!(ended.errors.starts_with(REASONS), "{}", ended.errors);
    assert_eq!(ended.code, 0);
    assert!(
        ended.out.starts_with("imported 2 users and 1 alias; "),
        "{}",
        ended.out
    );
    assert!(
        ended.out.ends_with("; 13 bad rows skipped\n"),
        "{}",
        ended.out
    );
    let users = "SELECT group_concat(username) FROM subscriber";
    assert_eq!(place.sql(users), ["10,20,30"]);
}

#[test]
fn a_quote_that_is_never_closed_costs_only_its_own_row() {
    let place = place();
    place.write("last.csv", "10,abc10\n300,\"abc");
    let never = "a double quote is never closed";
    let error = place.fails(&["import", "last.csv"]);
    assert!(error.starts_with(&format!("line 2: {never}\n")), "{error}");
    assert_eq!(place.count("subscriber"), "0");

    place.write("amid.csv", "10,abc10\n11,\"abc11\n12,abc12\n13,\"abc13\"\n");
    let ended = place.run(&["import", "--skip-bad", "amid.csv"]);
    assert_eq!(ended.errors, format!("line 2: {never}\n"));
    assert!(ended.out.ends_with("; 1 bad row skipped\n"), "{ended:?}");
    let users = "SELECT group_concat(username || ' ' || password) FROM subscriber";
    assert_eq!(place.sql(users), ["10 abc10,12 abc12,13 abc13"]);
}

#[test]
fn a_first_line_that_cannot_be_read_may_name_the_columns_and_ends_it() {
    let place = place();
    place.write("users.csv", "\"password,username\nabc10,10\n");
    assert_eq!(
        place.fails(&["import", "users.csv", "--skip-bad"]),
        "error: line 1: a double quote is never closed\n"
    );
    assert_eq!(place.count("subscriber"), "0");
}

#[test]
fn columns_are_known_by_the_names_other_programs_give_them() {
    let place = place();
    place.write("users.csv", "Secret,Extension,Realm\nabc10,10,d\n");
    let ended = place.run(&["import", "users.csv"]);
    assert!(ended.out.starts_with("imported 1 user; "), "{ended:?}");
    assert_eq!(
        place.sql("SELECT username, domain FROM subscriber"),
        ["10", "d"]
    );
    // Nothing was left out.
    assert_eq!(ended.errors, "note: users.csv holds passwords: remove it\n");
}

#[test]
fn users_of_one_name_in_several_domains_are_warned_of_once() {
    let place = place();
    place.passes(&["add", "1", "x", "--domain", "one"]);
    let rows =
        |domain: &str| -> String { (1..9).map(|user| format!("{user},x,{domain}\n")).collect() };
    place.write("users.csv", rows("two"));
    let ended = place.run(&["import", "users.csv"]);
    let warned = "warning: 1 (one, two) is a user in several domains: to a server";
    assert!(ended.errors.starts_with(warned), "{ended:?}");
    place.write("more.csv", rows("three"));
    let ended = place.run(&["import", "more.csv"]);
    let warned = "warning: 1 (one, three, two), 2 (three, two), 3 (three, two), 4 (three, two), \
        5 (three, two) and 3 more are users in several domains: ";
    assert!(ended.errors.starts_with(warned), "{ended:?}");
    place.write("last.csv", "9,x,two\n");
    let ended = place.run(&["import", "last.csv"]);
    assert_eq!(ended.errors, "note: last.csv holds passwords: remove it\n");
}

#[test]
fn hashes_are_not_taken_for_passwords() {
    let place = place();
    let row = "10,aea7bead2788462674c13e35c4268182,192.168.1.15";
    place.write("users.csv", format!("username,ha1,domain\n{row}\n"));
    assert_eq!(
        place.fails(&["import", "users.csv", "--skip-bad"]),
        "error: line 1: it names columns, but column 2 holds hashes, which cannot be imported: \
         HA1 and HA1b are made from the password; the columns are username, password, domain, alias\n"
    );
    assert_eq!(place.count("subscriber"), "0");
}

#[test]
fn json_names_bad_rows_by_line_too() {
    let place = place();
    let ended = place.type_in(&["--json", "import", "-", "--skip-bad"], "10,\n11,x\n");
    assert_eq!(
        ended.out,
        "{\"bad\":\"the password is empty\",\"line\":1}\n\
         {\"aliases\":0,\"bad\":1,\"hashed\":0,\"plain\":1,\"users\":1}\n"
    );
    assert_eq!(ended.errors, "");
}

#[test]
fn a_file_with_nothing_to_import_is_a_failure() {
    let place = place();
    place.write("empty.csv", "");
    place.write("head.csv", "username,password\n");
    place.write("odd.csv", "username,password,email\n10,x,y\n");
    for (file, error) in [
        ("empty.csv", "empty.csv has no users in it"),
        ("head.csv", "head.csv has no users in it"),
        (
            "odd.csv",
            "line 1: it names columns, but column 3 has no place in the database: remove that \
             column; the columns are username, password, domain, alias",
        ),
        (
            "none.csv",
            "none.csv: No such file or directory (os error 2)",
        ),
    ] {
        assert_eq!(place.fails(&["import", file]), format!("error: {error}\n"));
    }
}

#[test]
fn a_hundred_thousand_users_are_one_transaction() {
    let place = place();
    let mut file = String::new();
    for user in 0..100_000 {
        writeln!(file, "{user},secret{user},,a{user}").unwrap();
    }
    place.write("users.csv", &file);
    place.passes(&["import", "users.csv", "--domain", "d"]);
    assert_eq!(place.count("subscriber"), "100000");
    assert_eq!(place.count("dbaliases"), "100000");
    // Who is there already is not added twice.
    let again: Vec<&str> = file.lines().rev().take(3).collect();
    place.write("again.csv", again.join("\n"));
    let ended = place.run(&["import", "again.csv", "--domain", "d", "--skip-bad"]);
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (0, "imported 0 users; 3 bad rows skipped\n")
    );
    assert_eq!(place.count("subscriber"), "100000");
}
