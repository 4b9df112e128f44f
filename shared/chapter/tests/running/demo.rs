//! The demonstration as a process: listed, played, and stepped through with a pipe for a keyboard.

use std::io::Write;
use std::process::Output;

use crate::server::*;

/// What the program prints, with these lines typed.
fn demo(flags: &[&str], typed: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut process = program()
        .arg("demo")
        .args(flags)
        .current_dir(folder.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // Fails if the program does not read.
    let _ = process.stdin.take().unwrap().write_all(typed.as_bytes());
    process.wait_with_output().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn exchanges_are_listed_and_found_by_number_or_name() {
    let list = text(&demo(&[], ""));
    assert!(
        list.contains("  1  a-phone-registers      A phone says where it is\n"),
        "{list}"
    );
    let by_name = text(&demo(&["a-phone-r"], ""));
    assert_eq!(text(&demo(&["1"], "")), by_name);
    let first = "1  +0.000 s  phone 10 → server  REGISTER 10@192.168.1.15";
    assert!(by_name.contains(first), "{by_name}");
    let ends = "What to look at next:\n  cargo run -p chapter -- demo 1 --step ";
    assert!(by_name.contains(ends), "{by_name}");
    assert_eq!(demo(&["a-phone"], "").status.code(), Some(2));
    assert_eq!(demo(&["3"], "").status.code(), Some(2));
}

#[test]
fn a_pipe_can_step_through_an_exchange() {
    let all = text(&demo(&["1", "--step"], "register\n\n"));
    let question = "Message 1? Yes: REGISTER.\n\n1  +0.000 s  phone 10 → server";
    assert!(all.contains(question), "{all}");
    assert!(
        all.contains("What comes next? Message 2? \n2  +0.001 s  server → phone 10"),
        "{all}"
    );
    assert!(
        all.contains("That was the last message. 1 of 1 guesses were right."),
        "{all}"
    );
    let left = text(&demo(&["1", "--step"], "\nq\n"));
    assert!(
        left.contains("\nStopped after 1 of 2 messages.\n"),
        "{left}"
    );
    assert!(!left.contains("200 OK"), "{left}");
}

#[test]
fn notes_come_below_the_lines_also_step_by_step() {
    for flags in [&["1", "--explain"][..], &["1", "--explain", "--step"][..]] {
        let shown = text(&demo(flags, "\n\n"));
        let via = "branch=z9hG4bK-10-1;rport\n      · The way back: ";
        assert!(shown.contains(via), "{shown}");
    }
}
