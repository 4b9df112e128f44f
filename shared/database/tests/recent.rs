//! Passwords that are remembered while phones register all the time.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use sip_tables::Subscribers;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{file, register, start};
use rusqlite::Connection;
use sip_database::{Clock, Database, Options, Reader};
use sip_digest::Password;
use sip_location::Location;

/// How long what was read is remembered after the server wrote something.
const LEASE: Duration = Duration::from_millis(50);

struct Server {
    _directory: tempfile::TempDir,
    other: Connection,
    location: Location,
    reader: Reader,
    now: Arc<Mutex<Instant>>,
}

impl Server {
    /// A server on a file with the password `old` of user 10. Only the test moves its
    /// clock.
    fn start(open: impl Fn(&Path, Options) -> Database) -> Self {
        let (directory, path) = file();
        let now = Arc::new(Mutex::new(Instant::now()));
        let face = Arc::clone(&now);
        let options = Options {
            clock: Clock::new(move || *face.lock().unwrap()),
            ..Options::default()
        };
        let database = open(&path, options);
        let other = Connection::open(&path).unwrap();
        let row = "INSERT INTO subscriber (username, password) VALUES ('10', 'old')";
        other.execute_batch(row).unwrap();
        Self {
            other,
            location: start(&database, 0).0,
            reader: database.reader().unwrap(),
            now,
            _directory: directory,
        }
    }

    fn with_a_thread() -> Self {
        Self::start(|path, options| Database::open_with(path, options).unwrap())
    }

    async fn write(&self, cseq: u32) {
        let phone = register("11", cseq, &["Contact: <sip:11@192.168.1.11>\r\n"]);
        self.location.save(&phone).await.unwrap();
    }

    fn read(&self) -> Option<Password> {
        Some(self.reader.login("10", "d").ok()?.password)
    }

    fn remembered(&self) -> Option<Password> {
        Some(self.reader.remembered("10", "d")?.password)
    }

    fn pass(&self, time: Duration) {
        *self.now.lock().unwrap() += time;
    }
}

fn plain(password: &str) -> Option<Password> {
    Password::plain(password).ok()
}

#[tokio::test]
async fn a_password_is_remembered_while_nobody_but_the_server_writes() {
    let server = Server::with_a_thread();
    assert_eq!(server.read(), plain("old"));
    assert_eq!(server.remembered(), None, "the server has not asked yet");
    server.write(1).await;
    assert_eq!(server.read(), plain("old"));
    assert_eq!(server.remembered(), plain("old"));
    assert_eq!(server.reader.remembered("11", "d"), None);
    server.pass(LEASE);
    assert_eq!(server.remembered(), None);
    server.write(2).await;
    assert_eq!(server.remembered(), plain("old"));
}

#[tokio::test]
async fn a_password_that_another_program_changed_is_forgotten_at_the_next_write() {
    let server = Server::with_a_thread();
    server.write(1).await;
    server.read();
    assert_eq!(server.remembered(), plain("old"));
    let change = "UPDATE subscriber SET password = 'new'";
    server.other.execute_batch(change).unwrap();
    server.write(2).await;
    assert_eq!(server.remembered(), None);
    assert_eq!(server.read(), plain("new"));
    assert_eq!(server.remembered(), plain("new"));
}

#[tokio::test]
async fn without_a_thread_every_look_up_reads_the_file() {
    let server = Server::start(|path, _| Database::inline(path).unwrap());
    server.write(1).await;
    assert_eq!(server.read(), plain("old"));
    assert_eq!(server.remembered(), None);
}
