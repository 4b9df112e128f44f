//! Other programs make checkpoints, too. The server must not take the database for another one.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use sip_tables::Subscribers;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use common::{file, start, status};
use rusqlite::Connection;
use sip_database::{Database, User};

/// Enough checkpoints that the server meets them in all their stages.
const CHECKPOINTS: u32 = 2000;

/// Enough REGISTERs that many of them meet a checkpoint.
const SAVES: u32 = 200;

#[test]
fn checkpoints_of_other_programs_do_not_stop_the_server() {
    let (_directory, path) = file();
    let database = Database::open(&path).unwrap();
    let mut admin = database.admin().unwrap();
    admin.add_subscriber(&User::new("10", ""), "abc10").unwrap();
    let (location, _) = start(&database, 0);
    let reader = database.reader().unwrap();
    let ended = AtomicBool::new(false);
    let checkpoints = AtomicU32::new(0);
    std::thread::scope(|scope| {
        let checkpointing = scope.spawn(|| {
            let other = Connection::open(&path).unwrap();
            while !ended.load(Ordering::Relaxed) {
                for mode in ["PASSIVE", "FULL", "RESTART", "TRUNCATE"] {
                    let sql = format!("PRAGMA wal_checkpoint({mode})");
                    other.query_row(&sql, [], |_| Ok(())).unwrap();
                    checkpoints.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                assert!(reader.login("10", "d").is_ok());
            }
        });
        let location = &location;
        let checkpoints = &checkpoints;
        let saving = scope.spawn(move || {
            let is_enough =
                |saves| saves >= SAVES && checkpoints.load(Ordering::Relaxed) >= CHECKPOINTS;
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            runtime.block_on(async {
                let mut saves = 0;
                while !is_enough(saves) && !checkpointing.is_finished() {
                    saves += 1;
                    let user = format!("user{}", saves % 100);
                    assert_eq!(status(location, &user, saves).await, 200);
                }
            });
        });
        let saved = saving.join();
        ended.store(true, Ordering::Relaxed);
        saved.unwrap();
    });
}
