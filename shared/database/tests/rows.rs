//! Rows of `location` that other programs wrote: which are served, and which are warned of.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;
use std::sync::{Arc, Mutex};

use common::{PHONE, at, file, register, status};
use rusqlite::Connection;
use sip_database::{Database, Loaded};
use sip_location::{Location, Settings};

/// A moment after the tests, as a Julian day.
const LATER: &str = "julianday('2026-11-21 10:00:00')";

/// Adds a row with these columns, and with ruid, username, contact and expires.
fn insert(path: &Path, user: &str, columns: &str, values: &str) {
    let mut set = vec![
        ("ruid", format!("'r-{user}'")),
        ("username", format!("'{user}'")),
        ("contact", format!("'sip:{user}@192.0.2.7'")),
        ("expires", LATER.to_owned()),
    ];
    let several = columns.matches(", ").count() + 1;
    for (column, value) in columns.split(", ").zip(values.splitn(several, ", ")) {
        set.retain(|(name, _)| *name != column);
        set.push((column, value.to_owned()));
    }
    let (columns, values): (Vec<_>, Vec<_>) = set.into_iter().unzip();
    let (columns, values) = (columns.join(", "), values.join(", "));
    let sql = format!("INSERT INTO location ({columns}) VALUES ({values})");
    let other = Connection::open(path).unwrap();
    other
        .execute(&sql, [])
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// A server that starts, and what it warns of.
fn started(path: &Path) -> (Location, Loaded, Vec<String>) {
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&warnings);
    let warn = move |line: &str| lines.lock().unwrap().push(line.to_owned());
    let database = Database::open(path).unwrap().warning(warn);
    let location = Location::new(Settings::default(), Some(Arc::new(database.clone())));
    let loaded = database.load(&location, at(0)).unwrap();
    let lines = warnings.lock().unwrap().clone();
    (location, loaded, lines)
}

#[test]
fn a_column_that_decides_nothing_leaves_nobody_out_and_says_nothing() {
    for (column, value) in [
        ("last_modified", "'2000-01-01 00:00:01'"),
        ("last_modified", "'yesterday'"),
        ("last_modified", "0"),
        ("q", "'high'"),
        ("q", "-1"),
        ("q", "7"),
        ("cseq", "'first'"),
        ("cseq", "-5"),
        ("cseq", "99999999999"),
        ("reg_id", "'x'"),
        ("reg_id", "-1"),
        ("callid", "x'ff00'"),
        ("callid", "''"),
        ("user_agent", "7"),
        ("user_agent", "'a' || char(13) || char(10) || 'Evil: yes'"),
        ("socket", "'nonsense'"),
        ("socket", "NULL"),
        ("domain", "'other.example'"),
        ("flags", "'x'"),
        ("cflags", "64"),
        ("methods", "1"),
        ("server_id", "9"),
        ("connection_id", "77"),
        ("keepalive", "1"),
        ("partition", "3"),
    ] {
        let (_directory, path) = file();
        drop(Database::open(&path).unwrap());
        insert(&path, "11", column, value);
        let (location, loaded, warnings) = started(&path);
        assert_eq!(
            (loaded.bindings, loaded.unreadable),
            (1, 0),
            "{column} {value}"
        );
        assert_eq!(warnings, [""; 0], "{column} {value}");
        let binding = &location.bindings("11", at(0))[0];
        assert_eq!(binding.contact, "sip:11@192.0.2.7");
        let texts = [&binding.params, &binding.call_id, &binding.user_agent];
        assert!(texts.iter().all(|text| !text.contains(char::is_control)));
    }
}

#[test]
fn a_row_that_is_left_out_is_counted_and_warned_of_with_the_reason() {
    for (columns, values, why) in [
        ("username", "''", "username is empty"),
        ("username", "x'ff00'", "username is not a text of one line"),
        ("contact", "''", "contact is empty"),
        ("contact", "'11'", "contact is not a SIP URI: 11"),
        (
            "contact",
            "'sip:a@h' || char(10) || 'X: y'",
            "contact is not a text of one line",
        ),
        (
            "contact",
            "'sip:' || printf('%05000d', 1) || '@h'",
            "contact is not a text of one line",
        ),
        (
            "instance",
            "'<urn>\"' || char(10)",
            "instance is not a text of one line",
        ),
        (
            "instance",
            "'a\"b'",
            "instance is not a text of one line without quotes",
        ),
        (
            "expires",
            "'2030-05-28 21:32:15'",
            "write julianday('2030-05-28 21:32:15')",
        ),
        ("expires", "x'00'", "expires is not a number"),
        ("expires", "0", "a Julian day before 1970"),
        ("expires", "-3", "a Julian day before 1970"),
    ] {
        let (_directory, path) = file();
        drop(Database::open(&path).unwrap());
        insert(&path, "11", columns, values);
        insert(&path, "12", "q", "1.0");
        let (_, loaded, warnings) = started(&path);
        assert_eq!(
            (loaded.bindings, loaded.unreadable),
            (1, 1),
            "{columns} {values}"
        );
        let [line] = warnings.as_slice() else {
            panic!("{columns} {values}: {warnings:?}");
        };
        assert!(line.starts_with("table location, row 1"), "{line}");
        assert!(line.contains("left out: ") && line.contains(why), "{line}");
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}

#[test]
fn a_row_without_expires_in_a_table_that_allows_it_is_left_out_with_the_reason() {
    let (_directory, path) = file();
    drop(Database::open(&path).unwrap());
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch(
            "CREATE TABLE loose AS SELECT * FROM location;
             DROP TABLE location;
             ALTER TABLE loose RENAME TO location;
             CREATE UNIQUE INDEX location_ruid_idx ON location (ruid)",
        )
        .unwrap();
    insert(&path, "11", "id, expires", "1, NULL");
    let (_, loaded, warnings) = started(&path);
    assert_eq!((loaded.bindings, loaded.unreadable), (0, 1));
    let expected = "table location, row 1 (user 11): left out: expires is not a number";
    assert_eq!(warnings, [expected]);
}

#[test]
fn a_row_that_is_served_and_probably_a_mistake_is_warned_of() {
    for (column, value, why) in [
        (
            "expires",
            "1795255200",
            "julianday(1795255200, 'unixepoch')",
        ),
        (
            "received",
            "'over there'",
            "received is not a SIP URI and is not used: over there",
        ),
        (
            "received",
            "'sip:203.0.113.9:40001'",
            "received is not used, as socket names no UDP address",
        ),
        ("path", "'<sip:edge.example;lr>'", "path is not used"),
    ] {
        let (_directory, path) = file();
        drop(Database::open(&path).unwrap());
        insert(&path, "11", column, value);
        let (location, loaded, warnings) = started(&path);
        assert_eq!((loaded.bindings, loaded.unreadable), (1, 0), "{column}");
        assert!(location.targets("11", at(0)).is_some());
        let line = warnings.first().map(String::as_str).unwrap_or_default();
        assert!(
            line.starts_with("table location, row 1 (user 11): "),
            "{line}"
        );
        assert!(line.contains(why), "{line}");
    }
}

#[test]
fn many_odd_rows_do_not_fill_the_log() {
    let (_directory, path) = file();
    drop(Database::open(&path).unwrap());
    for user in 100..150 {
        insert(&path, &user.to_string(), "expires", "'2030-05-28 21:32:15'");
    }
    let (_, loaded, warnings) = started(&path);
    assert_eq!(loaded.unreadable, 50);
    assert_eq!(warnings.len(), 21);
    let last = "table location: 30 more rows are odd; `sipctl db check` names all";
    assert_eq!(warnings[20], last);
}

#[test]
fn of_two_rows_for_one_contact_the_later_counts_and_a_line_says_so() {
    let (_directory, path) = file();
    drop(Database::open(&path).unwrap());
    insert(
        &path,
        "11",
        "ruid, callid, last_modified",
        "'a', 'old', julianday('2026-11-21 08:00')",
    );
    insert(
        &path,
        "11",
        "ruid, callid, last_modified",
        "'b', 'new', julianday('2026-11-21 08:30')",
    );
    let (location, loaded, warnings) = started(&path);
    assert_eq!(loaded.bindings, 1);
    assert_eq!(location.bindings("11", at(0))[0].call_id, "new");
    assert!(
        warnings[0].contains("1 rows are of contacts that a later row has"),
        "{warnings:?}"
    );
}

#[tokio::test]
async fn a_row_without_a_ruid_is_one_the_server_can_write() {
    let (_directory, path) = file();
    drop(Database::open(&path).unwrap());
    insert(&path, "11", "ruid, contact", "'', 'sip:11@192.168.1.11'");
    let (location, loaded, _) = started(&path);
    assert_eq!(loaded.bindings, 1);
    let gone = register("11", 5, &[PHONE, "Expires: 0"]);
    assert_eq!(location.save(&gone).await.unwrap().status, 200);
    assert_eq!(
        common::sql::<i64>(&path, "SELECT count(*) FROM location"),
        0
    );
}

#[tokio::test]
async fn a_binding_without_an_end_has_the_longest_expires_for_its_phone() {
    let (_directory, path) = file();
    drop(Database::open(&path).unwrap());
    insert(&path, "11", "expires", "2440587.5");
    let (location, ..) = started(&path);
    assert_eq!(location.bindings("11", at(0))[0].expires, u32::MAX);
    let reply = location.save(&register("11", 1, &[])).await.unwrap();
    let contacts: Vec<_> = reply
        .headers
        .iter()
        .map(|(_, value)| value.to_string())
        .collect();
    let longest = format!(";expires={}", Settings::default().expiry.max);
    assert!(
        contacts.iter().any(|value| value.ends_with(&longest)),
        "{contacts:?}"
    );
    assert_eq!(status(&location, "11", 2).await, 200);
}

#[test]
fn an_odd_row_of_subscriber_or_dbaliases_does_not_hide_the_others() {
    let (_directory, path) = file();
    let database = Database::open(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch(
            "INSERT INTO subscriber (username, domain, password, ha1) VALUES
                (x'ff', '', 'abc', ''), ('10', '', 'abc10', ''), ('11', 'A.Example', '', ''),
                ('12', 'D.Example', 'abc12', '');
            INSERT INTO dbaliases (alias_username, alias_domain, username, domain) VALUES
                (x'00', '', '10', ''), ('alice', '', '', ''), ('bob', '', x'3130', ''),
                ('carol', 'D.Example', '10', '');
            UPDATE version SET table_version = 'nine' WHERE table_name = 'subscriber';
            DELETE FROM version WHERE table_name = 'trusted'",
        )
        .unwrap();
    let admin = database.admin().unwrap();
    assert_eq!(admin.subscribers(None, None).unwrap().len(), 4);
    assert_eq!(admin.aliases(None).unwrap().len(), 4);
    let reader = database.reader().unwrap();
    assert_eq!(reader.alias("alice", "d").unwrap(), None);
    assert_eq!(reader.alias("bob", "d").unwrap().unwrap().user, "10");
    let lines = admin.odd_rows().unwrap();
    let wanted = [
        "table version, subscriber: nine, and Kamailio 5.6 wants 7",
        "table version, trusted: NULL, and Kamailio 5.6 wants 6",
        "table subscriber, row 1 (user ",
        "table subscriber, row 3 (user 11@A.Example): ",
        "table subscriber, row 4 (user 12@D.Example): its domain is not in lower case",
        "table dbaliases, row 1 (alias ",
        "table dbaliases, row 2 (alias alice): it leads to nobody",
        "table dbaliases, row 4 (alias carol@D.Example): its domain is not in lower case",
    ];
    assert_eq!(lines.len(), wanted.len(), "{lines:#?}");
    for (line, wanted) in lines.iter().zip(wanted) {
        assert!(line.starts_with(wanted), "{line}");
    }
}
