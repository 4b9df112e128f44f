//! If a file cannot be used, the error says what to do, and the file stays as it is.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Barrier;
use std::time::Duration;

use common::{file, sql, start, status};
use rusqlite::Connection;
use sip_database::{Database, OpenErrorKind, Options};

fn refusal(path: &Path) -> (OpenErrorKind, String) {
    let options = Options {
        busy: Duration::from_millis(20),
        ..Options::default()
    };
    let error = Database::open_with(path, options).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with(&path.display().to_string()), "{text}");
    assert!(
        text.contains("--database") && !text.contains("  "),
        "{text}"
    );
    (error.kind, text)
}

#[test]
fn a_new_file_is_for_its_owner_alone() {
    let (_directory, path) = file();
    let _database = Database::open(&path).unwrap();
    for name in ["sip.db", "sip.db-wal", "sip.db-shm"] {
        let mode = fs::metadata(path.with_file_name(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn programs_that_start_at_the_same_moment_make_one_file() {
    for _ in 0..20 {
        let (_directory, path) = file();
        let barrier = Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    barrier.wait();
                    Database::inline(&path).unwrap();
                });
            }
        });
        assert_eq!(sql::<i64>(&path, "SELECT count(*) FROM version"), 6);
    }
}

#[test]
fn a_missing_directory_is_named() {
    let (directory, _) = file();
    let (kind, text) = refusal(&directory.path().join("no/sip.db"));
    assert!(matches!(kind, OpenErrorKind::NoDirectory), "{kind:?}");
    assert!(text.contains("create it"), "{text}");
}

#[test]
fn a_directory_is_not_a_file() {
    let (directory, _) = file();
    let (kind, _) = refusal(directory.path());
    assert!(matches!(kind, OpenErrorKind::IsDirectory), "{kind:?}");
}

#[test]
fn a_file_that_is_not_a_database_is_left_as_it_is() {
    let (_directory, path) = file();
    let text = "My letters, not a database. ".repeat(100);
    fs::write(&path, &text).unwrap();
    let (kind, _) = refusal(&path);
    assert!(matches!(kind, OpenErrorKind::Damaged(_)), "{kind:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_damaged_file_is_left_as_it_is() {
    let (_directory, path) = file();
    drop(Database::open(&path).unwrap());
    let mut bytes = fs::read(&path).unwrap();
    // The schema's page, after the file's header.
    bytes[100..1000].fill(0xee);
    fs::write(&path, &bytes).unwrap();
    let (kind, _) = refusal(&path);
    assert!(matches!(kind, OpenErrorKind::Damaged(_)), "{kind:?}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_newer_table_is_not_touched() {
    let (_directory, path) = file();
    drop(Database::open(&path).unwrap());
    let newer = "UPDATE version SET table_version = 10 WHERE table_name = 'location'";
    Connection::open(&path).unwrap().execute(newer, []).unwrap();
    let (kind, text) = refusal(&path);
    assert!(
        matches!(
            kind,
            OpenErrorKind::Newer {
                found: 10,
                known: 9,
                ..
            }
        ),
        "{kind:?}"
    );
    assert!(text.contains("table location has version 10"), "{text}");
}

#[test]
fn an_older_table_or_one_without_a_column_is_named() {
    let (_directory, path) = file();
    drop(Database::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    let without = "ALTER TABLE location DROP COLUMN reg_id";
    connection.execute(without, []).unwrap();
    let (kind, _) = refusal(&path);
    assert!(
        matches!(&kind, OpenErrorKind::OtherTable(cause) if cause.to_string().contains("reg_id")),
        "{kind:?}"
    );
    let older = "UPDATE version SET table_version = 8 WHERE table_name = 'location'";
    connection.execute(older, []).unwrap();
    let (kind, _) = refusal(&path);
    assert!(
        matches!(
            kind,
            OpenErrorKind::Older {
                found: 8,
                known: 9,
                ..
            }
        ),
        "{kind:?}"
    );
}

#[test]
fn a_table_of_bindings_without_an_index_to_tell_them_by_is_refused() {
    let (_directory, path) = file();
    drop(Database::open(&path).unwrap());
    let bare = "CREATE TABLE bare AS SELECT * FROM location; DROP TABLE location; \
        ALTER TABLE bare RENAME TO location";
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(bare).unwrap();
    let (kind, _) = refusal(&path);
    assert!(
        matches!(&kind, OpenErrorKind::OtherTable(cause) if cause.to_string().contains("UNIQUE")),
        "{kind:?}"
    );
}

#[test]
fn a_file_another_program_holds_is_locked() {
    let (_directory, path) = file();
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TABLE mine (x); BEGIN EXCLUSIVE")
        .unwrap();
    let (kind, text) = refusal(&path);
    assert!(matches!(kind, OpenErrorKind::Locked), "{kind:?}");
    assert!(text.contains("stop that program"), "{text}");
}

#[test]
fn a_file_that_may_not_be_written_is_named() {
    let (_directory, path) = file();
    drop(Database::open(&path).unwrap());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    let is_root = fs::OpenOptions::new().write(true).open(&path).is_ok();
    // Root may write anything but some files of the kernel.
    let path = if is_root {
        Path::new("/sys/kernel/notes")
    } else {
        &path
    };
    let (kind, _) = refusal(path);
    assert!(matches!(kind, OpenErrorKind::NotWritable), "{kind:?}");
}

#[test]
fn a_directory_in_which_no_file_may_be_made_is_named() {
    let (directory, _) = file();
    let closed = fs::Permissions::from_mode(0o500);
    fs::set_permissions(directory.path(), closed).unwrap();
    let is_root = fs::write(directory.path().join("probe"), "").is_ok();
    let directory = if is_root {
        Path::new("/sys")
    } else {
        directory.path()
    };
    let (kind, _) = refusal(&directory.join("sip.db"));
    assert!(matches!(kind, OpenErrorKind::NotWritable), "{kind:?}");
}

#[tokio::test]
async fn a_file_of_kamailios_gets_what_it_lacks_and_keeps_what_it_has() {
    let (_directory, path) = file();
    drop(Database::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    let kamailio = "DROP TABLE contact_params; DROP TABLE server_secret; DROP TABLE address; \
        DELETE FROM version WHERE table_name = 'address'; PRAGMA journal_mode = DELETE; \
        CREATE INDEX location_account_contact_idx ON location (username, domain, contact); \
        CREATE INDEX location_expires_idx ON location (expires); \
        CREATE TABLE acc (id INTEGER PRIMARY KEY); \
        INSERT INTO version (table_name, table_version) VALUES ('acc', 5); \
        INSERT INTO subscriber (username, domain, ha1) VALUES ('10', 'a.example', 'x')";
    connection.execute_batch(kamailio).unwrap();
    drop(connection);
    let (location, _) = start(&Database::open(&path).unwrap(), 0);
    assert_eq!(status(&location, "11", 1).await, 200);
    assert_eq!(sql::<i64>(&path, "SELECT count(*) FROM subscriber"), 1);
    let versions = "SELECT group_concat(table_name || table_version, ' ') FROM \
        (SELECT * FROM version ORDER BY table_name)";
    assert_eq!(
        sql::<String>(&path, versions),
        "acc5 address6 dbaliases1 location9 subscriber7 trusted6 version1"
    );
}
