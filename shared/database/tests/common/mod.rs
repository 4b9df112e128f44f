//! Phones that register by hand at a location service on a file, for the tests.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sip_database::{Database, Loaded, Options};
use sip_location::{Location, Settings};
use sip_message::{Request, fixture};
use tempfile::TempDir;

/// Sat, 21 Nov 2026 09:00:00 GMT, when every test begins.
pub const START: u64 = 1_795_251_600;

pub fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(START + seconds)
}

/// A file in a directory of its own.
pub fn file() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sip.db");
    (directory, path)
}

/// A database that waits for a lock only a moment.
pub fn impatient(path: &Path) -> Database {
    let options = Options {
        busy: Duration::from_millis(20),
        ..Options::default()
    };
    Database::open_with(path, options).unwrap()
}

/// A server (re)started at `seconds` on a database.
pub fn start(database: &Database, seconds: u64) -> (Location, Loaded) {
    let settings = Settings {
        seed: seconds,
        ..Settings::default()
    };
    let location = Location::new(settings, Some(Arc::new(database.clone())));
    let loaded = database.load(&location, at(seconds)).unwrap();
    (location, loaded)
}

/// A REGISTER of `user` with these header fields.
pub fn register(user: &str, cseq: u32, headers: &[&str]) -> Request {
    register_from("192.168.1.11:5060", user, cseq, headers)
}

pub fn register_from(source: &str, user: &str, cseq: u32, headers: &[&str]) -> Request {
    let headers = [&["User-Agent: Test phone"], headers].concat();
    let arrival = fixture::arrival("192.168.1.15:5060", source, START);
    fixture::request(fixture::register(user, cseq, &headers), arrival)
}

pub const PHONE: &str = "Contact: <sip:11@192.168.1.11>";

/// The status of the answer to a REGISTER of `user`.
pub async fn status(location: &Location, user: &str, cseq: u32) -> u16 {
    let request = register(user, cseq, &[PHONE]);
    let reply = location.save(&request).await;
    reply.unwrap_or_else(|refusal| refusal).status.code()
}

/// What another program sees in the file.
pub fn sql<T: rusqlite::types::FromSql>(path: &Path, query: &str) -> T {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.query_row(query, [], |row| row.get(0)).unwrap()
}
