//! Plays the same requests to each chapter and to a real Kamailio, and compares the answers
//! message by message. The table names each difference and its reason. Any other difference
//! fails, and so does a named one that no longer occurs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "all of this is a test: its failure is the test's"
)]

mod ask;
mod callee;
mod exchange;
mod line;
mod listing;
mod page;
mod recording;
mod scenes;
mod servers;
mod stage;
mod table;

use std::panic::catch_unwind;

use servers::{Kind, Server};
use stage::Stage;
use table::{ALL, Row, rows};

#[test]
#[ignore = "needs kamailio and kamailio-sqlite-modules (Debian): .ci/run installs them"]
fn chapter_1_and_its_kamailio_differ_as_the_table_says() {
    plays(1);
}

#[test]
#[ignore = "needs kamailio and kamailio-sqlite-modules (Debian): .ci/run installs them"]
fn chapter_2_and_its_kamailio_differ_as_the_table_says() {
    plays(2);
}

#[test]
#[ignore = "needs kamailio and kamailio-sqlite-modules (Debian): .ci/run installs them"]
fn chapter_3_and_its_kamailio_differ_as_the_table_says() {
    plays(3);
}

#[test]
#[ignore = "needs kamailio and kamailio-sqlite-modules (Debian): .ci/run installs them"]
fn chapter_4_and_its_kamailio_differ_as_the_table_says() {
    plays(4);
}

#[test]
#[ignore = "needs kamailio and kamailio-sqlite-modules (Debian): .ci/run installs them"]
fn chapter_5_and_its_kamailio_differ_as_the_table_says() {
    plays(5);
}

#[test]
#[ignore = "needs kamailio and kamailio-sqlite-modules (Debian): .ci/run installs them"]
fn chapter_6_and_its_kamailio_differ_as_the_table_says() {
    plays(6);
}

#[test]
#[ignore = "needs kamailio and kamailio-sqlite-modules (Debian): .ci/run installs them"]
fn chapter_7_and_its_kamailio_differ_as_the_table_says() {
    plays(7);
}

#[test]
fn a_row_says_why_where_it_differs_and_only_there() {
    for row in rows() {
        let differs = row.kamailio != row.ours;
        assert_eq!(
            differs,
            !row.why.is_empty(),
            "{}: {}",
            row.chapter,
            row.scene
        );
    }
}

#[test]
fn every_difference_that_is_explained_occurs() {
    for difference in ALL {
        let occurs = rows().iter().any(|row| row.why.contains(difference));
        assert!(occurs, "{} occurs nowhere", difference.name);
    }
}

#[test]
fn the_page_of_the_book_shows_the_table() {
    page::check(&rows());
}

/// Plays a chapter's scenes with both servers, and reports every answer that the table does
/// not have.
fn plays(chapter: u8) {
    let mut wrong = Vec::new();
    for row in rows().iter().filter(|row| row.chapter == chapter) {
        for (kind, expected) in [(Kind::Kamailio, row.kamailio), (Kind::Step, row.ours)] {
            // A scene that panics does not hide the others.
            let heard = catch_unwind(|| heard(row, kind));
            let heard = heard.unwrap_or_else(|_| "(it panicked; the message is above)".into());
            if heard != expected {
                let scene = row.scene;
                wrong.push(format!(
                    "{scene} ({kind:?})\n  table: {expected}\n  heard: {heard}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "chapter {chapter}:\n{}", wrong.join("\n"));
}

/// What the hosts hear in a scene. Each has a server of its own, so none depends on another.
fn heard(row: &Row, kind: Kind) -> String {
    if let (Kind::Step, Some(exchange)) = (kind, row.recording) {
        return recording::heard("07-ip-groups", exchange);
    }
    let files = whole_system::directory();
    let server = Server::start(kind, row.chapter, row.setting, files.path());
    let mut stage = Stage::new(server);
    (row.play)(&mut stage);
    stage.take_heard()
}
