//! Users are added, changed, shown and removed, and no secret is ever printed.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::place;

/// MD5 of `10:192.168.1.15:abc10` and `10@192.168.1.15:192.168.1.15:abc10`, by md5sum.
const HA1: [&str; 2] = [
    "aea7bead2788462674c13e35c4268182",
    "fb2be23467bcd20a0ded05feb0913260",
];

#[test]
fn if_the_domain_is_known_only_hashes_are_kept() {
    let place = place();
    for words in [
        &["add", "10", "abc10", "--domain", "192.168.1.15"][..],
        &["add", "sip:11@192.168.1.15", "abc10"],
        &["--domain", "192.168.1.15", "add", "12", "abc10"],
    ] {
        let printed = place.passes(words);
        let stored = "\n  stored: HA1 and HA1B, hashes of the password for the domain \
                      192.168.1.15, of MD5 and SHA-256\n  not stored: the password itself\n";
        assert!(printed.ends_with(stored), "{printed}");
    }
    let row = place.sql("SELECT domain, password, ha1, ha1b FROM subscriber WHERE username = 10");
    assert_eq!(row, ["192.168.1.15", "", HA1[0], HA1[1]]);
    assert_eq!(
        place.passes(&["show"]),
        "USER  DOMAIN        KEPT  ALIASES\n\
         10    192.168.1.15  HA1\n\
         11    192.168.1.15  HA1\n\
         12    192.168.1.15  HA1\n\
         3 users\n"
    );
}

#[test]
fn without_a_domain_the_password_is_kept_and_it_says_why() {
    let place = place();
    assert_eq!(
        place.passes(&["add", "10", "abc10"]),
        "added 10\n  stored: the password itself, because a hash needs a domain; with --domain D \
         only hashes are stored\n"
    );
    let row = place.sql("SELECT domain, password, ha1, ha1b FROM subscriber");
    assert_eq!(row, ["", "abc10", "", ""]);
    assert_eq!(
        place.passes(&["show", "10"]),
        "USER  DOMAIN  KEPT      ALIASES\n\
         10            password\n\
         1 user\n"
    );
}

#[test]
fn an_existing_user_keeps_its_first_password() {
    let place = place();
    place.passes(&["add", "10", "first"]);
    assert_eq!(
        place.fails(&["add", "10", "second"]),
        "error: user 10 exists already; change a password with passwd\n"
    );
    assert_eq!(place.sql("SELECT password FROM subscriber"), ["first"]);
}

#[test]
fn a_changed_password_is_kept_as_a_new_one_is() {
    let place = place();
    place.passes(&["add", "10", "old", "--domain", "192.168.1.15"]);
    // The only 10 there is needs no domain to be found.
    place.passes(&["passwd", "10", "abc10"]);
    let row = place.sql("SELECT password, ha1, ha1b FROM subscriber");
    assert_eq!(row, ["", HA1[0], HA1[1]]);
}

#[test]
fn a_user_that_does_not_exist_cannot_be_changed() {
    let place = place();
    let error = "error: user 10 does not exist\n";
    assert_eq!(place.fails(&["passwd", "10", "new"]), error);
    assert_eq!(place.fails(&["rm", "10"]), error);
    assert_eq!(place.fails(&["show", "10"]), error);
    assert_eq!(place.count("subscriber"), "0");
}

#[test]
fn one_name_in_two_domains_needs_its_domain() {
    let place = place();
    place.passes(&["add", "10@a.example", "x"]);
    place.passes(&["add", "10", "x"]);
    let error = "error: user 10 is in several domains, say which one: --domain '', --domain \
        a.example\n";
    assert_eq!(place.fails(&["rm", "10"]), error);
    assert_eq!(place.fails(&["passwd", "10", "y"]), error);
    assert_eq!(place.passes(&["rm", "10", "--domain", ""]), "removed 10\n");
    assert_eq!(place.passes(&["rm", "10"]), "removed 10@a.example\n");
}

const ONE_DOMAIN: &str = "in several domains: to a server all its domains are one, so each \
    of these passwords can register the same address-of-record and take its calls";

#[test]
fn a_second_user_of_one_name_is_warned_of() {
    let place = place();
    let add = |words: &[&str]| place.run(&[&["add"], words].concat());
    assert_eq!(add(&["10", "a", "--domain", "one"]).errors, "");
    assert_eq!(add(&["11", "a", "--domain", "two"]).errors, "");
    let ended = add(&["10", "b", "--domain", "two"]);
    assert_eq!(
        ended.errors,
        format!("warning: 10 (one, two) is a user {ONE_DOMAIN}\n")
    );
    assert!(ended.out.starts_with("added 10@two\n"), "{ended:?}");
    let ended = add(&["10", "c"]);
    assert_eq!(
        ended.errors,
        format!("warning: 10 (no domain, one, two) is a user {ONE_DOMAIN}\n")
    );
    // Nothing new comes about where a user is refused.
    assert!(
        !add(&["10", "d", "--domain", "two"])
            .errors
            .contains("warning")
    );
}

/// MD5 of `10:example.com:pw` and `10@example.com:example.com:pw`, by md5sum.
const IN_LOWER_CASE: [&str; 2] = [
    "1776de010435cf1eb64342595ddbe9e9",
    "bbff5712d2a15fd34b2376ddbf44d979",
];

#[test]
fn a_domain_is_one_in_whatever_case_it_is_written() {
    let place = place();
    let row = || place.sql("SELECT domain, ha1, ha1b FROM subscriber WHERE username = 10");
    let kept = ["example.com", IN_LOWER_CASE[0], IN_LOWER_CASE[1]];
    let printed = place.passes(&["add", "10", "pw", "--domain", "EXAMPLE.com"]);
    assert!(printed.starts_with("added 10@example.com\n"), "{printed}");
    assert_eq!(row(), kept);
    let table = "USER  DOMAIN       KEPT  ALIASES\n10    example.com  HA1\n1 user\n";
    for words in [
        &["show"][..],
        &["show", "10"],
        &["show", "sip:10@Example.COM"],
        &["--domain", "EXAMPLE.com", "show", "10"],
    ] {
        assert_eq!(place.passes(words), table, "{words:?}");
    }
    assert_eq!(
        place.fails(&["add", "10@exAmple.com", "other"]),
        "error: user 10@example.com exists already; change a password with passwd\n"
    );
    place.passes(&["passwd", "10@EXAMPLE.COM", "other"]);
    assert_ne!(row()[1], kept[1]);
    place.passes(&["passwd", "10", "pw", "--domain", "EXAMPLE.COM"]);
    assert_eq!(row(), kept);

    let alias = ["alias", "add", "alice", "10", "--domain", "EXAMPLE.com"];
    let printed = place.passes(&alias);
    assert_eq!(
        printed,
        "added alice@example.com as another name of 10@example.com\n"
    );
    let columns = "SELECT alias_domain, domain FROM dbaliases";
    assert_eq!(place.sql(columns), ["example.com", "example.com"]);
    place.passes(&["alias", "rm", "alice@Example.com"]);
    place.passes(&alias);
    let printed = place.passes(&["rm", "10@EXAMPLE.com"]);
    assert_eq!(printed, "removed 10@example.com and 1 alias\n");

    place.passes(&["add", "12@[2001:DB8:0::1]", "pw"]);
    let printed = place.passes(&["show", "12", "--domain", "[2001:db8::0:1]"]);
    assert!(printed.contains("[2001:db8::1]"), "{printed}");

    place.write("users.csv", "10,pw,Example.com\n");
    let ended = place.run(&["import", "users.csv"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(row(), kept);
}

#[test]
fn the_aliases_of_a_removed_user_go_too() {
    let place = place();
    place.passes(&["add", "10", "x"]);
    place.passes(&["add", "11", "x"]);
    place.passes(&["alias", "add", "alice", "10"]);
    place.passes(&["alias", "add", "bob", "11"]);
    let ended = place.run(&["rm", "10"]);
    assert_eq!(ended.out, "removed 10 and 1 alias\n");
    assert!(ended.errors.contains("`sipctl ul rm 10`"), "{ended:?}");
    assert_eq!(place.sql("SELECT alias_username FROM dbaliases"), ["bob"]);
}

#[test]
fn an_email_is_accepted_with_a_note_that_it_is_not_kept() {
    let place = place();
    let ended = place.run(&["add", "1000", "password1", "user1@nowhere.com"]);
    assert_eq!(
        ended.errors,
        "note: the e-mail address is not kept: the table subscriber has no column for it\n"
    );
    assert_eq!(ended.code, 0);
}

#[test]
fn a_password_is_read_from_standard_input() {
    let place = place();
    for (words, input) in [
        (&["add", "10", "-"][..], "secret\r\n"),
        (&["passwd", "10", "-"], "other\nmore"),
        (&["passwd", "10"], "third"),
    ] {
        let ended = place.type_in(words, input);
        assert_eq!(ended.code, 0, "{ended:?}");
        let first = input.lines().next().unwrap();
        assert_eq!(place.sql("SELECT password FROM subscriber"), [first]);
    }
    let ended = place.type_in(&["passwd", "10"], "");
    assert_eq!(ended.errors, "error: the password is empty\n");
    assert_eq!(ended.code, 2);
}

#[test]
fn no_secret_is_printed_in_words_or_json_or_errors() {
    let place = place();
    let secret = "pa55ecret";
    for words in [
        &["add", "10", secret][..],
        &["add", "10", secret],
        &["add", "11@d", secret, "--json"],
        &["add", secret, secret, secret],
        &["add", "1 0", secret],
        &["add", "12", secret, secret, "more"],
        &["add", "12", secret, "--no-such-flag"],
        &["add", "12", "--pa55ecret"],
        &["passwd", "10", secret],
        &["passwd", "10", secret, secret],
        &["passwd", "99", secret],
        &["show"],
        &["show", "--json"],
        &["rm", "11"],
        &["--database", "/nowhere/sip.db", "add", "10", secret],
    ] {
        let ended = place.run(words);
        let printed = ended.out + &ended.errors;
        let hash = place
            .sql("SELECT max(ha1) || '-' FROM subscriber")
            .remove(0);
        assert!(
            !printed.contains(secret) && !printed.contains("55ecret"),
            "{words:?}: {printed}"
        );
        let hash = hash.trim_end_matches('-');
        assert!(
            hash.is_empty() || !printed.contains(hash),
            "{words:?}: {printed}"
        );
    }
}

#[test]
fn names_that_no_phone_can_send_are_refused() {
    let place = place();
    for name in ["", "a b", "a:b", "a\"b", "a\\b", "a\nb"] {
        let ended = place.run(&["add", name, "x"]);
        assert_eq!(
            (ended.code, ended.out.as_str()),
            (2, ""),
            "{name}: {ended:?}"
        );
    }
    // SQL is a name like any other.
    place.passes(&["add", "x');DROP/**/TABLE/**/subscriber;--", "x"]);
    assert_eq!(place.count("subscriber"), "1");
}

#[test]
fn with_json_what_goes_wrong_is_json_too_and_never_an_outcome() {
    let place = place();
    place.passes(&["add", "10", "x", "--domain", "one"]);
    for (words, code, what, text) in [
        (&["rm", "11"][..], 1, "error", "user 11 does not exist"),
        (
            &["add", "1\"0", "x"],
            2,
            "error",
            "a user's name has no spaces",
        ),
        (
            &["show", "--no-such-flag"],
            2,
            "error",
            "unexpected argument",
        ),
        (
            &["--database", "none.db", "show"],
            1,
            "error",
            "none.db does not exist",
        ),
        (&["uptime"], 1, "error", "no server answers at sip.sock"),
        (
            &["add", "10@two", "x"],
            0,
            "warning",
            "10 (one, two) is a user",
        ),
        (
            &["rm", "10@two"],
            0,
            "note",
            "its phones still get calls until",
        ),
    ] {
        let ended = place.run(&[&["--json"], words].concat());
        assert_eq!(ended.code, code, "{ended:?}");
        assert_eq!(ended.out.is_empty(), code > 0, "{ended:?}");
        assert_eq!(ended.errors.lines().count(), 1, "{ended:?}");
        let json: serde_json::Value = serde_json::from_str(&ended.errors).unwrap();
        assert!(json[what].as_str().unwrap().contains(text), "{ended:?}");
        assert_eq!(json.as_object().unwrap().len(), 1);
    }
    // Help that was asked for is an outcome.
    let ended = place.run(&["--json", "--help"]);
    assert!(ended.code == 0 && ended.out.contains("Usage:"), "{ended:?}");
}

#[test]
fn json_has_the_columns_names() {
    let place = place();
    assert_eq!(
        place.passes(&["--json", "add", "10", "x", "--domain", "d"]),
        "{\"domain\":\"d\",\"kept\":\"HA1\",\"username\":\"10\"}\n"
    );
    assert_eq!(
        place.passes(&["show", "--json"]),
        "[{\"aliases\":[],\"domain\":\"d\",\"kept\":\"HA1\",\"offer\":null,\"username\":\"10\"}]\n"
    );
}
