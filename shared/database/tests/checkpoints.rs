//! Others make checkpoints, too: no reason to take the database for another one.
#![allow(clippy::unwrap_used)] // a test that cannot make its file has failed

mod common;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::{file, start, status};
use rusqlite::Connection;
use sip_database::{Database, User};
use sip_digest::Subscribers;

/// Long enough for thousands of checkpoints in all their stages.
const LONG: Duration = Duration::from_secs(3);

#[test]
fn checkpoints_of_other_programs_do_not_stop_the_server() {
    let (_directory, path) = file();
    let database = Database::open(&path).unwrap();
    let mut admin = database.admin().unwrap();
    admin.add_subscriber(&User::new("10", ""), "abc10").unwrap();
    let (location, _) = start(&database, 0);
    let reader = database.reader().unwrap();
    let (ended, checkpoints) = (AtomicBool::new(false), std::sync::atomic::AtomicU32::new(0));
    let saved = std::thread::scope(|scope| {
        scope.spawn(|| {
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
                assert!(reader.password("10", "d").is_ok());
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let saving = async {
            let (began, mut saved) = (Instant::now(), 0);
            while began.elapsed() < LONG {
                saved += 1;
                let user = format!("user{}", saved % 100);
                assert_eq!(status(&location, &user, saved).await, 200);
            }
            saved
        };
        let saved = scope.spawn(move || runtime.block_on(saving)).join();
        ended.store(true, Ordering::Relaxed);
        saved.unwrap()
    });
    let checkpoints = checkpoints.load(Ordering::Relaxed);
    assert!(
        saved > 50 && checkpoints > 50,
        "{saved} saved, {checkpoints} checkpoints"
    );
}
