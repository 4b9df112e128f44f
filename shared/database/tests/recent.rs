//! Passwords that are remembered where phones register all the time.
#![allow(clippy::unwrap_used)] // a test that cannot make its file has failed

mod common;

use common::{file, register, start};
use rusqlite::Connection;
use sip_database::{Database, Reader};
use sip_digest::{Password, Subscribers};
use sip_location::Location;

/// On a machine that stands still a lease may be over before anyone looks.
const TRIES: u32 = 1000;

struct Server {
    _directory: tempfile::TempDir,
    other: Connection,
    location: Location,
    reader: Reader,
}

impl Server {
    fn start(open: impl Fn(&std::path::Path) -> Database) -> Self {
        let (directory, path) = file();
        let database = open(&path);
        let other = Connection::open(&path).unwrap();
        let row = "INSERT INTO subscriber (username, password) VALUES ('10', 'old')";
        other.execute_batch(row).unwrap();
        Self {
            other,
            location: start(&database, 0).0,
            reader: database.reader().unwrap(),
            _directory: directory,
        }
    }

    async fn write(&self, cseq: u32) {
        let phone = register("11", cseq, &["Contact: <sip:11@192.168.1.11>\r\n"]);
        self.location.save(&phone).await.unwrap();
    }

    /// Whether the password is remembered after one of many writes, and what it is.
    async fn remembered_after_a_write(&self, cseq: u32, look_up: bool) -> Option<Password> {
        for cseq in cseq..cseq + TRIES {
            self.write(cseq).await;
            if look_up {
                self.reader.password("10", "d").unwrap();
            }
            let remembered = self.reader.remembered("10", "d");
            if remembered.is_some() {
                return remembered;
            }
        }
        None
    }
}

fn plain(password: &str) -> Option<Password> {
    Password::plain(password).ok()
}

#[tokio::test]
async fn a_password_is_remembered_while_nobody_but_the_server_writes() {
    let server = Server::start(|path| Database::open(path).unwrap());
    assert_eq!(server.reader.remembered("10", "d"), None);
    let read = server.remembered_after_a_write(1, true).await;
    assert_eq!(read, plain("old"));
    let later = server.remembered_after_a_write(TRIES + 1, false).await;
    assert_eq!(later, plain("old"));
    assert_eq!(server.reader.remembered("11", "d"), None);
}

#[tokio::test]
async fn a_password_that_another_program_changed_is_forgotten_at_the_next_write() {
    let server = Server::start(|path| Database::open(path).unwrap());
    server.remembered_after_a_write(1, true).await.unwrap();
    let change = "UPDATE subscriber SET password = 'new'";
    server.other.execute_batch(change).unwrap();
    server.write(TRIES + 1).await;
    assert_eq!(server.reader.remembered("10", "d"), None);
    let again = server.remembered_after_a_write(TRIES + 2, true).await;
    assert_eq!(again, plain("new"));
}

#[tokio::test]
async fn without_a_thread_every_look_up_reads_the_file() {
    let server = Server::start(|path| Database::inline(path).unwrap());
    server.write(1).await;
    assert_eq!(server.reader.password("10", "d").ok(), plain("old"));
    assert_eq!(server.reader.remembered("10", "d"), None);
}
