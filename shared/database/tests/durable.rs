//! What was answered with 200 is there after a restart, as it was.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::sync::Arc;

use common::{PHONE, at, file, register, register_from, sql, start, status};
use sip_database::{Database, DatabaseError, Loaded};
use sip_location::{Location, Settings};
use tokio::task::LocalSet;

#[tokio::test]
async fn a_phone_registered_before_a_restart_is_found_after_it() {
    let (_directory, path) = file();
    {
        let (location, _) = start(&Database::open(&path).unwrap(), 0);
        assert_eq!(status(&location, "11", 1).await, 200);
    }
    let (location, loaded) = start(&Database::open(&path).unwrap(), 10);
    assert_eq!(loaded.bindings, 1);
    let targets = location.targets("11", at(10)).unwrap();
    assert_eq!(targets[0].uri, "sip:11@192.168.1.11");
}

#[tokio::test]
async fn every_part_of_a_binding_comes_back_as_it_was() {
    let (_directory, path) = file();
    let contacts = [
        r#"<sip:a@192.168.1.11;ob>;q=0.5;+sip.instance="<urn:uuid:1>";reg-id=1"#,
        r#"<sip:b@192.168.1.11>;+sip.ice;q=0.70;audio"#,
        "<sip:c@192.168.1.11:5060>",
        r#"<sip:d@192.168.1.11>;reg-id=2;+sip.instance="<urn:uuid:2>""#,
    ];
    let header = format!("Contact: {}", contacts.join(", "));
    let before = {
        let (location, _) = start(&Database::open(&path).unwrap(), 0);
        // From behind a NAT, so that `received` is kept as well.
        let request = register_from("203.0.113.9:40001", "11", 1, &[&header]);
        location.save(&request).await.unwrap();
        location.bindings("11", at(0))
    };
    assert_eq!(before.len(), 4);
    assert!(before.iter().all(|binding| binding.received().is_some()));
    let (location, _) = start(&Database::open(&path).unwrap(), 5);
    let mut after = location.bindings("11", at(5));
    after.reverse();
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_register_sent_again_because_the_server_died_before_its_200_is_answered() {
    let (_directory, path) = file();
    let request = register("11", 7, &["Contact: <sip:11@192.168.1.11>;+sip.ice"]);
    {
        let (location, _) = start(&Database::open(&path).unwrap(), 0);
        location.save(&request).await.unwrap();
    }
    let (restarted, _) = start(&Database::open(&path).unwrap(), 1);
    assert_eq!(restarted.save(&request).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_phone_that_unregistered_stays_away() {
    let (_directory, path) = file();
    {
        let (location, _) = start(&Database::open(&path).unwrap(), 0);
        location
            .save(&register(
                "11",
                1,
                &["Contact: <sip:11@192.168.1.11>;+sip.ice"],
            ))
            .await
            .unwrap();
        let gone = register("11", 2, &["Contact: *", "Expires: 0"]);
        location.save(&gone).await.unwrap();
    }
    let (_, loaded) = start(&Database::open(&path).unwrap(), 0);
    assert_eq!(loaded, Loaded::default());
    assert_eq!(sql::<i64>(&path, "SELECT count(*) FROM contact_params"), 0);
}

#[tokio::test]
async fn a_refresh_writes_over_its_row() {
    let (_directory, path) = file();
    let (location, _) = start(&Database::open(&path).unwrap(), 0);
    for cseq in 1..=5 {
        assert_eq!(status(&location, "11", cseq).await, 200);
    }
    assert_eq!(sql::<i64>(&path, "SELECT count(*) FROM location"), 1);
    assert_eq!(sql::<i64>(&path, "SELECT cseq FROM location"), 5);
}

#[tokio::test]
async fn rows_that_expired_are_not_loaded_and_go_away() {
    for inline in [false, true] {
        let (_directory, path) = file();
        {
            let (location, _) = start(&Database::open(&path).unwrap(), 0);
            // All at once, so that they share a few commits.
            let together = LocalSet::new();
            let brief = (0..2500).map(|user| {
                let location = location.clone();
                together.spawn_local(async move {
                    let request = register(&user.to_string(), 1, &[PHONE, "Expires: 60"]);
                    location.save(&request).await.unwrap();
                })
            });
            let brief: Vec<_> = brief.collect();
            together.await;
            for save in brief {
                save.await.unwrap();
            }
            assert_eq!(status(&location, "stays", 1).await, 200);
        }
        let open = if inline {
            Database::inline
        } else {
            Database::open
        };
        let database = open(&path).unwrap();
        let (location, loaded) = start(&database, 61);
        assert_eq!(loaded.bindings, 1);
        // A change is written between two steps of the purge. The end of the server waits for
        // neither.
        assert_eq!(status(&location, "new", 1).await, 200);
        drop((location, database));
        drop(start(&Database::inline(&path).unwrap(), 61));
        assert_eq!(sql::<i64>(&path, "SELECT count(*) FROM location"), 2);
    }
}

#[tokio::test]
async fn purging_memory_purges_the_file() {
    let (_directory, path) = file();
    let (location, _) = start(&Database::open(&path).unwrap(), 0);
    let brief = register("11", 1, &[PHONE, "Expires: 60"]);
    location.save(&brief).await.unwrap();
    for _ in 0..64 {
        location.purge_expired(at(60)).await.unwrap();
    }
    assert_eq!(sql::<i64>(&path, "SELECT count(*) FROM location"), 0);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_does_not_hide_the_others() {
    let (_directory, path) = file();
    let database = Database::open(&path).unwrap();
    let (location, _) = start(&database, 0);
    assert_eq!(status(&location, "11", 1).await, 200);
    let other = rusqlite::Connection::open(&path).unwrap();
    let bad = "INSERT INTO location (ruid, username, contact, expires) \
               VALUES ('x', '12', 'sip:12@h', '2030-05-28 21:32:15')";
    other.execute(bad, []).unwrap();
    let (_, loaded) = start(&database, 1);
    assert_eq!((loaded.bindings, loaded.unreadable), (1, 1));
}

#[tokio::test]
async fn a_damaged_page_is_an_error_and_not_the_end_of_the_table() {
    let (_directory, path) = file();
    {
        let (location, _) = start(&Database::inline(&path).unwrap(), 0);
        for user in 0..200 {
            assert_eq!(status(&location, &user.to_string(), 1).await, 200);
        }
    }
    // Far into the file: rows of the location table, not the first page of a table.
    let mut bytes = std::fs::read(&path).unwrap();
    let far = bytes.len() * 3 / 4 / 4096 * 4096;
    bytes[far..far + 8192].fill(0xee);
    std::fs::write(&path, bytes).unwrap();
    let database = Database::open(&path).unwrap();
    let location = Location::new(Settings::default(), None);
    let error = database.load(&location, at(0)).unwrap_err();
    assert!(matches!(error, DatabaseError::Damaged(_)), "{error}");
}

#[tokio::test]
async fn the_inline_database_answers_at_once() {
    let (_directory, path) = file();
    let database = Database::inline(&path).unwrap();
    let location = Location::new(Settings::default(), Some(Arc::new(database)));
    let request = register("11", 1, &[PHONE]);
    let mut save = std::pin::pin!(location.save(&request));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(save.as_mut().poll(&mut context).is_ready());
    assert_eq!(sql::<i64>(&path, "SELECT count(*) FROM location"), 1);
}

#[test]
fn the_secret_of_a_file_stays_the_same() {
    let (_directory, path) = file();
    assert_eq!(
        Database::open(&path).unwrap().secret([1; 16]).unwrap(),
        [1; 16]
    );
    assert_eq!(
        Database::open(&path).unwrap().secret([2; 16]).unwrap(),
        [1; 16]
    );
}
