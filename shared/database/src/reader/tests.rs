//! Passwords and aliases, as scripts look them up.

use rusqlite::StatementStatus;
use sip_digest::{Algorithm, Password, Secret, Unusable};

use super::*;

fn database(rows: &str) -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::inline(folder.path().join("sip.db")).unwrap();
    database
        .connect()
        .unwrap()
        .get()
        .unwrap()
        .execute_batch(rows)
        .unwrap();
    (folder, database)
}

#[test]
fn a_subscriber_of_the_domain_goes_before_one_of_all() {
    let rows = "INSERT INTO subscriber (username, domain, password, ha1, ha1b) VALUES
        ('10', '', 'abc10', '', ''), ('10', 'a.example', '', 'e80b5017098950fc58aad83c8c14978e', '')";
    let (_folder, database) = database(rows);
    let reader = database.reader().unwrap();
    let password = |domain| reader.login("10", domain).unwrap().password;
    let hashed = password("a.example");
    let ha1 = Secret::Ha1("e80b5017098950fc58aad83c8c14978e");
    assert_eq!(hashed.secret("10", Algorithm::Md5), Ok(ha1));
    assert_eq!(Ok(password("b.example")), Password::plain("abc10"));
    for nobody in ["11", "1' OR '1'='1"] {
        let found = reader.login(nobody, "a.example");
        assert!(matches!(found, Err(NoPassword::NoUser)), "{found:?}");
    }
}

#[test]
fn a_row_with_nothing_usable_is_no_password() {
    let rows = "INSERT INTO subscriber (username, domain, password, ha1, ha1b) VALUES
        ('10', '', 'abc10', '', ''), ('10', 'd', '', '', ''), ('11', 'd', 'abc11', ' ', 'x')";
    let (_folder, database) = database(rows);
    let reader = database.reader().unwrap();
    for (user, why) in [("10", Unusable::Nothing), ("11", Unusable::NoHash)] {
        let error = reader.login(user, "d").unwrap_err();
        assert!(
            matches!(error, NoPassword::Unusable(it) if it == why),
            "{error:?}"
        );
    }
}

#[test]
fn a_change_by_another_program_counts_at_once() {
    let (_folder, database) = database("INSERT INTO subscriber (username) VALUES ('10')");
    let reader = database.reader().unwrap();
    let password = || reader.login("10", "d");
    assert!(password().is_err(), "nothing is kept");
    let change = "UPDATE subscriber SET password = 'new'";
    database.execute(change).unwrap();
    assert_eq!(
        password().unwrap().password,
        Password::plain("new").unwrap()
    );
}

#[test]
fn a_look_up_is_not_prepared_again_for_another_name() {
    let (_folder, database) = database("");
    let reader = database.reader().unwrap();
    for (name, domain) in [("10", "a.example"), ("11", "b.example"), ("12", "")] {
        let _ = reader.login(name, domain);
        reader.alias(name, domain).unwrap();
    }
    let link = reader.link.lock().unwrap();
    let connection = link.get().unwrap();
    for sql in [reader.logins.sql.as_str(), ALIAS] {
        let statement = connection.prepare_cached(sql).unwrap();
        let count = |status| statement.get_status(status);
        assert_eq!(count(StatementStatus::Run), 3, "the same one: {sql}");
        assert_eq!(count(StatementStatus::RePrepare), 0, "{sql}");
    }
}

#[test]
fn an_alias_of_the_domain_goes_before_one_of_all() {
    let rows = "INSERT INTO dbaliases (alias_username, alias_domain, username, domain)
        VALUES ('alice', '', '10', ''), ('alice', 'd', '11', 'd')";
    let (_folder, database) = database(rows);
    let reader = database.reader().unwrap();
    let alias = |domain| reader.alias("alice", domain).unwrap().unwrap();
    let user = |user: &str, domain: &str| Alias {
        user: user.to_owned(),
        domain: domain.to_owned(),
    };
    assert_eq!(alias("d"), user("11", "d"));
    assert_eq!(alias("e"), user("10", ""));
    assert_eq!(reader.alias("bob", "d").unwrap(), None);
}

/// The table as Kamailio's own scripts make it, whose indices are not unique.
const KAMAILIOS: &str = "DROP TABLE dbaliases;
    CREATE TABLE dbaliases (
        id INTEGER PRIMARY KEY NOT NULL,
        alias_username VARCHAR(64) DEFAULT '' NOT NULL,
        alias_domain VARCHAR(64) DEFAULT '' NOT NULL,
        username VARCHAR(64) DEFAULT '' NOT NULL,
        domain VARCHAR(64) DEFAULT '' NOT NULL
    );
    CREATE INDEX dbaliases_alias_idx ON dbaliases (alias_username, alias_domain);";

#[test]
fn of_an_alias_with_two_rows_the_one_with_the_lower_id_counts() {
    let rows = "INSERT INTO dbaliases (id, alias_username, alias_domain, username)
        VALUES (7, 'alice', '', '11'), (8, 'alice', '', '10'),
            (9, 'alice', 'd', '13'), (10, 'alice', 'd', '12')";
    let (_folder, database) = database(&format!("{KAMAILIOS}{rows}"));
    let reader = database.reader().unwrap();
    let user = |domain| reader.alias("alice", domain).unwrap().unwrap().user;
    assert_eq!((user("d"), user("e")), ("13".to_owned(), "11".to_owned()));
    let admin = database.admin().unwrap();
    let mut odd = admin.odd_rows().unwrap();
    odd.retain(|line| line.starts_with("table dbaliases has more than one row for alice"));
    assert_eq!(odd.len(), 2, "{odd:?}");
    let rows = admin.aliases(Some("alice")).unwrap();
    let shown: Vec<_> = rows.iter().map(|row| row.user.name.as_str()).collect();
    assert_eq!(shown, ["11", "10", "13", "12"]);
}

#[test]
fn one_line_warns_of_all_aliases_with_more_than_one_row() {
    let warned = |rows: &str| {
        let (_folder, database) = database(&format!("{KAMAILIOS}{rows}"));
        let mut lines = Vec::new();
        let warn = |line: &str| lines.push(line.to_owned());
        database.alias_reader(warn).unwrap();
        lines
    };
    let insert = "INSERT INTO dbaliases (alias_username, alias_domain, username) VALUES ";
    let once = warned(&format!(
        "{insert} ('alice', '', '10'), ('alice', 'd', '10')"
    ));
    assert_eq!(once, [""; 0]);
    let twice = warned(&format!(
        "{insert} ('alice', 'd', '10'), ('alice', 'd', '11'), ('bob', '', '10'),
            ('bob', '', '10'), ('bob', '', '12')"
    ));
    assert_eq!(
        twice,
        [
            "table dbaliases has more than one row for alice@d (and for 1 more); the one with \
          the lowest id counts, and `sipctl alias show` lists it first"
        ]
    );
}
