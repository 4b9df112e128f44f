//! Rows in tables that the server does not read are named.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::file;
use rusqlite::Connection;
use sip_database::Database;

#[test]
fn rows_of_aliases_and_trusted_are_named_by_the_check() {
    let (_directory, path) = file();
    let admin = Database::open(&path).unwrap().admin().unwrap();
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TABLE aliases (username, contact)")
        .unwrap();
    assert!(admin.odd_rows().unwrap().is_empty());
    other
        .execute_batch(
            "INSERT INTO aliases VALUES ('alice', 'sip:10@127.0.0.1'), ('bob', 'sip:11@127.0.0.1');
             INSERT INTO trusted (src_ip, proto) VALUES ('10.0.1.102', 'any')",
        )
        .unwrap();
    let lines = admin.odd_rows().unwrap();
    let starts = ["table aliases, 2 row(s): ", "table trusted, 1 row(s): "];
    assert_eq!(lines.len(), starts.len(), "{lines:#?}");
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
}
