//! A database in trouble while the server runs: never a 200 for what was not saved, and the
//! next REGISTER tries again.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use common::{PHONE, at, file, impatient, register, sql, start, status};
use rusqlite::Connection;
use sip_database::{Database, Options};
use sip_location::{Location, Settings};
use tokio::task::LocalSet;

#[tokio::test]
async fn a_locked_database_is_a_500_and_the_next_register_tries_again() {
    let (_directory, path) = file();
    let (location, _) = start(&impatient(&path), 0);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let request = register("11", 1, &[PHONE]);
    let refusal = location.save(&request).await.unwrap_err();
    assert_eq!(refusal.status, 500);
    assert_eq!(
        refusal.why.unwrap(),
        "the database is locked by another program: stop it"
    );
    assert!(location.targets("11", at(0)).is_none());
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(status(&location, "11", 1).await, 200);
}

#[tokio::test]
async fn many_that_wait_are_written_in_one_transaction() {
    let (_directory, path) = file();
    let (location, _) = start(&Database::open(&path).unwrap(), 0);
    let other = Connection::open(&path).unwrap();
    let before = transactions(&path);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let together = LocalSet::new();
    let waiting: Vec<_> = (0..100)
        .map(|user| {
            let location = location.clone();
            together.spawn_local(async move { status(&location, &user.to_string(), 1).await })
        })
        .collect();
    let rolled_back = async {
        // All are queued once the runtime has polled each.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        other.execute_batch("ROLLBACK").unwrap();
    };
    together.run_until(rolled_back).await;
    together.await;
    for save in waiting {
        assert_eq!(save.await.unwrap(), 200);
    }
    // The thread may have taken the first before the others came.
    let transactions = transactions(&path) - before;
    assert!((1..=2).contains(&transactions), "{transactions}");
    assert_eq!(sql::<i64>(&path, "SELECT count(*) FROM location"), 100);
}

/// Counts the commits in the write-ahead log: 32 bytes of header, then frames of 24 bytes and a
/// page of 4096; the last frame of a transaction holds the size of the database.
fn transactions(path: &std::path::Path) -> usize {
    let log = fs::read(path.with_file_name("sip.db-wal")).unwrap();
    let frames = log.get(32..).unwrap_or_default().chunks_exact(24 + 4096);
    frames.filter(|frame| frame[4..8] != [0; 4]).count()
}

#[tokio::test]
async fn more_than_may_wait_is_a_503() {
    let (_directory, path) = file();
    let options = Options {
        queue: 3,
        ..Options::default()
    };
    let database = Database::open_with(&path, options).unwrap();
    let (location, _) = start(&database, 0);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let requests: Vec<_> = (0..8)
        .map(|user| register(&user.to_string(), 1, &[PHONE]))
        .collect();
    let mut saves: Vec<_> = requests
        .iter()
        .map(|request| Box::pin(location.save(request)))
        .collect();
    let mut context = Context::from_waker(Waker::noop());
    let answers: Vec<_> = saves
        .iter_mut()
        .map(|save| save.as_mut().poll(&mut context))
        .collect();
    // Three wait; the thread may have taken three before, to wait for the lock with them.
    assert!(answers[0].is_pending());
    let Poll::Ready(Err(refusal)) = &answers[7] else {
        panic!("{:?}", answers[7])
    };
    assert_eq!(refusal.status, 503);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(saves.remove(0).await.unwrap().status, 200);
    assert!(location.targets("7", at(0)).is_none());
}

#[tokio::test]
async fn a_file_that_was_taken_away_is_a_500() {
    let (_directory, path) = file();
    let (location, _) = start(&Database::open(&path).unwrap(), 0);
    assert_eq!(status(&location, "11", 1).await, 200);
    fs::rename(&path, path.with_file_name("elsewhere.db")).unwrap();
    let request = register("12", 1, &[PHONE]);
    let refusal = location.save(&request).await.unwrap_err();
    assert_eq!(refusal.status, 500);
    assert!(refusal.why.unwrap().contains("moved, deleted"));
    fs::rename(path.with_file_name("elsewhere.db"), &path).unwrap();
    assert_eq!(status(&location, "12", 1).await, 200);
}

#[test]
fn what_waits_when_the_server_ends_is_still_written() {
    let (_directory, path) = file();
    let database = Database::open(&path).unwrap();
    let location = Location::new(Settings::default(), Some(Arc::new(database.clone())));
    let request = register("11", 1, &[PHONE]);
    let mut save = Box::pin(location.save(&request));
    let _ = save.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    drop(save);
    drop((location, database));
    assert_eq!(sql::<i64>(&path, "SELECT count(*) FROM location"), 1);
}
