//! The notes below the lines of a message: every header field of the course has its purpose, each
//! part its maker, and each response its calculation.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on says why by panicking"
)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anstream::adapter::strip_str;
use sip_message::HeaderName;
use sip_server::{Reply, Request};
use sip_stage::{Notes, Recording, Stage, StageServer, exchange, purpose};
use support::call;

fn explained(recording: &Recording, passwords: &[&str]) -> String {
    let pieces = recording.pieces(Notes::EachHeaderField(passwords));
    let text: String = pieces.into_iter().map(|piece| piece.text).collect();
    let plain = strip_str(&text).to_string();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The names of all header fields in the snapshots of all chapters.
fn header_fields_of_the_course() -> BTreeSet<String> {
    let steps = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../steps");
    let mut names = BTreeSet::new();
    for step in fs::read_dir(steps).unwrap() {
        let snapshots = step.unwrap().path().join("tests/snapshots");
        for file in fs::read_dir(snapshots).into_iter().flatten() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|it| it == "sip") {
                names.extend(header_fields(&fs::read(path).unwrap()));
            }
        }
    }
    names
}

/// Only the lines of messages end with CRLF.
fn header_fields(snapshot: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(snapshot);
    let lines = text.split('\n').filter_map(|line| line.strip_suffix('\r'));
    let fields = lines.filter_map(|line| line.split_once(':'));
    let names = fields.map(|(name, _)| name.trim_end());
    let is_token = |name: &&str| name.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    names.filter(is_token).map(str::to_owned).collect()
}

#[test]
fn every_header_field_of_the_course_has_a_purpose() {
    let names = header_fields_of_the_course();
    assert!(
        names.len() > 20 && names.contains("Record-Route"),
        "{names:?}"
    );
    for name in names {
        assert!(purpose(&name).is_some(), "{name} has no purpose");
    }
}

#[test]
fn a_purpose_is_found_by_any_way_to_write_the_name_and_fits_in_a_line() {
    assert_eq!(purpose("v"), purpose("VIA"));
    assert_eq!(purpose("X-Unknown"), None);
    for name in sip_message::full_names().filter_map(purpose) {
        assert!(name.chars().count() <= 95, "{name}");
    }
}

#[test]
fn the_purpose_comes_once_and_the_maker_of_each_via_every_time() {
    let text = explained(&call(), &[]);
    let purpose = purpose("Via").unwrap();
    assert_eq!(text.matches(purpose).count(), 1, "{text}");
    for expected in [
        "branch=z9hG4bK-10-1;rport · Phone 10 wrote it.",
        "branch=z9hG4bK0000000000000001.951c7624ee849aef · The server wrote it.",
        "Phone 10 wrote it; the server added received, the address it came from.",
        "Phone 11 made the tag tag-11-2.",
        "The server wrote it as Record-Route in message",
        "SIP/2.0 100 Trying · 1xx is not the end: the request is being worked on.",
        "Phone 11 wrote it in message",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in\n{text}");
    }
}

/// A phone answers a challenge without qop with `abc10`.
fn asked() -> Recording {
    async fn answers(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        ten.register_with("abc10").await;
    }
    async fn asks(stage: StageServer) {
        let script = async |request: &mut Request| match request.value(HeaderName::Authorization) {
            Some(_) => Ok(Reply::of(200).into()),
            None => {
                let challenge = "Digest realm=\"192.168.1.15\", nonce=\"462791f0\"";
                Err(Reply::of(401).with("WWW-Authenticate", challenge))
            }
        };
        stage.serve(&script).await;
    }
    Stage::play(&exchange!(answers, "Asked"), asks)
}

#[test]
fn a_response_is_worked_out_with_the_password_that_fits() {
    let recording = asked();
    let text = explained(&recording, &["abc11", "abc10"]);
    let answer = "Its nonce is from message 2.";
    let ha1 = "HA1 = MD5(10:192.168.1.15:abc10) = aea7bead2788462674c13e35c4268182";
    let right = "The same as the response: it was made with abc10.";
    for expected in [
        answer,
        ha1,
        right,
        "· uri = sip:192.168.1.15: where the request goes.",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in\n{text}");
    }
    let other = explained(&recording, &["xyz10"]);
    let expected = "The response is another: it was not made from these values with xyz10.";
    assert!(other.contains(expected), "{other}");
    let unknown = explained(&recording, &["abc11"]);
    assert!(
        unknown.contains("Nobody here knows the password"),
        "{unknown}"
    );
}
