//! The file: created, found, refused, and shared with a running server.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::{fs, thread};

use common::{empty, place};

#[test]
fn the_file_is_created_once_and_then_found_complete() {
    let place = empty();
    assert_eq!(
        place.passes(&["db", "create"]),
        "created sip.db with the tables version, location, subscriber, dbaliases, address, \
         trusted, contact_params, subscriber_digest, server_secret\n"
    );
    let mode = fs::metadata(place.database()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = fs::read(place.database()).unwrap();
    assert_eq!(
        place.passes(&["db", "create"]),
        "sip.db already exists and has every table\n"
    );
    assert_eq!(fs::read(place.database()).unwrap(), before);
}

#[test]
fn tables_that_another_program_did_not_make_are_added_and_named() {
    let place = place();
    let connection = rusqlite::Connection::open(place.database()).unwrap();
    connection
        .execute_batch("DROP TABLE server_secret; DROP TABLE address; CREATE TABLE acc (id)")
        .unwrap();
    assert_eq!(
        place.passes(&["db", "create", "--json"]),
        "{\"created\":false,\"file\":\"sip.db\",\"tables\":[\"address\",\"server_secret\"]}\n"
    );
    assert_eq!(place.count("acc"), "0");
}

#[test]
fn a_mistyped_name_does_not_create_a_file() {
    let place = empty();
    let error = "error: sip.db does not exist: create it with `sipctl db create`, or name another file \
        with --database\n";
    for words in [
        &["add", "10", "x"][..],
        &["passwd", "10", "x"],
        &["rm", "10"],
        &["show"],
        &["alias", "show"],
        &["address", "show"],
        &["import", "users.csv"],
    ] {
        assert_eq!(place.fails(words), error, "{words:?}");
    }
    assert!(!place.database().exists());
}

#[test]
fn a_file_that_cannot_be_used_is_named_with_what_to_do() {
    let place = empty();
    place.write("letter.txt", "Dear Sir or Madam, this is no database.\n");
    for (file, beginning) in [
        ("letter.txt", "error: letter.txt is not an SQLite database"),
        (".", "error: . is a directory"),
    ] {
        let error = place.fails(&["--database", file, "add", "10", "x"]);
        assert!(error.starts_with(beginning), "{error}");
    }
    let error = place.fails(&["db", "create", "--database", "no/sip.db"]);
    assert!(error.contains("its directory does not exist"), "{error}");
}

#[test]
fn a_file_that_may_not_be_written_is_left_alone() {
    let place = place();
    fs::set_permissions(place.database(), fs::Permissions::from_mode(0o400)).unwrap();
    let is_root = fs::OpenOptions::new()
        .write(true)
        .open(place.database())
        .is_ok();
    // Root may write what it likes, but not everything the kernel shows.
    let file = if is_root {
        "/sys/kernel/notes"
    } else {
        "sip.db"
    };
    let error = place.fails(&["--database", file, "add", "10", "x"]);
    assert!(error.contains("cannot be written"), "{error}");
}

#[test]
fn a_command_that_finds_the_file_locked_waits() {
    let place = place();
    let other = rusqlite::Connection::open(place.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut child = place.command(&["add", "10", "x"]).spawn().unwrap();
    while !is_asleep(child.id()) {
        let ended = child.try_wait().unwrap();
        assert!(ended.is_none(), "it did not wait: {ended:?}");
        thread::yield_now();
    }
    other.execute_batch("COMMIT").unwrap();
    let ended = common::ended(child.wait_with_output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
}

/// Whether a process sleeps for a time: SQLite does so between two attempts to take a lock.
fn is_asleep(process: u32) -> bool {
    let place = fs::read_to_string(format!("/proc/{process}/wchan"));
    place.is_ok_and(|place| place.contains("nanosleep"))
}

#[test]
fn a_command_that_waits_too_long_for_a_lock_says_so() {
    let place = place();
    let other = rusqlite::Connection::open(place.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(
        place.fails(&["add", "10", "x"]),
        "error: the database is locked by another program: stop it\n"
    );
    // A command that only reads does not wait.
    assert!(place.passes(&["show"]).starts_with("no users"));
}

#[test]
fn every_row_that_a_server_would_not_read_as_written_is_named() {
    let place = place();
    let fine = "a server reads every row as it is written\n";
    assert_eq!(place.passes(&["db", "check"]), fine);
    let connection = rusqlite::Connection::open(place.database()).unwrap();
    connection
        .execute_batch(
            "INSERT INTO location (ruid, username, contact) VALUES ('r', '10', 'sip:10@h');
            INSERT INTO subscriber (username, ha1) VALUES ('11', 'no hash');
            INSERT INTO dbaliases (alias_username) VALUES ('alice');
            INSERT INTO address (grp, ip_addr, mask) VALUES (200, '10.0.1.102', 33);
            INSERT INTO address (grp, ip_addr) VALUES (200, '2001:db8::7');",
        )
        .unwrap();
    let ended = place.run(&["db", "check"]);
    assert_eq!(
        (ended.code, ended.errors.as_str()),
        (1, "error: 5 rows are odd\n")
    );
    let wanted = [
        "table location, row 1 (user 10): left out: expires is the text 2030-05-28 21:32:15",
        "table subscriber, row 1 (user 11): ",
        "table dbaliases, row 1 (alias alice): it leads to nobody",
        "address table, row 1 left out: mask 33 of 10.0.1.102",
        "address table, row 2: mask 32, the column's default",
    ];
    for (line, wanted) in ended.out.lines().zip(wanted) {
        assert!(line.starts_with(wanted), "{line}");
    }
    assert_eq!(ended.out.lines().count(), wanted.len(), "{ended:?}");
    let json = place.run(&["db", "check", "--json"]);
    assert!(json.out.starts_with("[\"table location, row 1"), "{json:?}");
}
