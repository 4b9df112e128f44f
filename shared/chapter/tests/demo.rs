//! A demonstration that breaks off is a result: what happened so far, why it ended, exit code 1.

#![cfg(test)]

use std::path::PathBuf;
use std::process::{Command, Output};

/// The example, which `cargo test` builds beside this test.
fn demo(arguments: &[&str]) -> Output {
    let test = std::env::current_exe().unwrap();
    let program: PathBuf = test.ancestors().nth(2).unwrap().join("examples/chapter");
    let mut command = Command::new(program);
    command.arg("demo").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn an_exchange_that_breaks_off_shows_what_happened_and_why_it_ended() {
    let output = demo(&["a-phone-calls-in-vain", "--ladder"]);
    assert_eq!(output.status.code(), Some(1));
    let (drawn, why) = (text(&output.stdout), text(&output.stderr));
    assert!(drawn.contains("405 Method Not"), "{drawn}");
    let words = "phone 10 waited 0.002 s for 404 to INVITE";
    assert!(why.contains(words) && !why.contains("panicked"), "{why}");
}

#[test]
fn an_exchange_that_ends_has_exit_code_0() {
    let output = demo(&["a-phone-registers"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn every_exchange_is_written_for_the_check_with_new_values_of_the_seed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("played");
    let played = |seed: &str| {
        let output = demo(&["--judge", file.to_str().unwrap(), "--values", seed]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        std::fs::read_to_string(&file).unwrap()
    };
    let (one, other) = (played("1"), played("2"));
    assert_eq!(one, played("1"), "the same seed plays the same bytes");
    assert_ne!(one, other);
    for play in [one, other] {
        assert!(play.contains("a-phone-calls-in-vain") && play.contains("broke_off"));
        assert!(
            !play.contains("192.168.1.10:5060") && !play.contains("sip:10@"),
            "{play}"
        );
    }
}
