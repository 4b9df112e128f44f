//! Every command of the README and the book does what a reader expects: it ends well, or it is
//! a server that answers.

#![cfg(test)]

use std::fs::File;
use std::path::Path;
use std::process::Command;

use x::{Course, Outcome, Session, typed};

fn every_command_of(page: &str) {
    let course = Course::here().unwrap();
    let text = course.read(Path::new(page)).unwrap();
    let mut session = Session::new(&course).unwrap();
    for typed in typed(&text) {
        let line = typed.line;
        match session.play(&typed) {
            Ok(Outcome::Missing(program)) => {
                eprintln!("{page}:{line}: no {program} here, left out")
            }
            Ok(_) => {}
            Err(failure) => panic!("{page}:{line}: {failure}"),
        }
    }
    session.stop().unwrap();
}

#[test]
fn every_command_of_the_readme_works() {
    every_command_of("README.md");
}

#[test]
fn every_command_of_the_book_works() {
    let course = Course::here().unwrap();
    // A writer may want one page: PAGE=02
    let wanted = std::env::var("PAGE").unwrap_or_default();
    for page in course.pages().unwrap() {
        let name = page.to_str().unwrap();
        if page.starts_with("docs") && name.contains(&wanted) {
            every_command_of(name);
        }
    }
}

#[test]
fn the_readme_names_its_two_commands_first() {
    let course = Course::here().unwrap();
    let commands = typed(&course.read(Path::new("README.md")).unwrap());
    let commands = commands.iter().map(|typed| typed.command.as_str());
    let first: Vec<&str> = commands.filter(|c| !c.is_empty()).take(2).collect();
    assert_eq!(first, ["cargo run", "cargo test --workspace"]);
}

#[test]
fn the_tests_of_a_crate_end_with_their_total() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_x"));
    let arguments = ["test", "--", "--quiet", "-p", "sip-paste", "--lib"];
    let ended = command.args(arguments).output().unwrap();
    let printed = String::from_utf8(ended.stdout).unwrap();
    let line = |start: &str| printed.lines().find_map(|line| line.strip_prefix(start));
    let number = |text: &str| text.split(' ').next().unwrap().parse::<u32>().unwrap();
    let cargo = number(line("test result: ok. ").unwrap());
    assert!(cargo > 0, "{printed}");
    assert_eq!(number(line("In all: ").unwrap()), cargo);
    assert_eq!(ended.status.code(), Some(0));

    // The README shows such a line.
    let readme = Course::here()
        .unwrap()
        .read(Path::new("README.md"))
        .unwrap();
    let shown = readme
        .lines()
        .find_map(|line| line.strip_prefix("In all: "));
    let form = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
    assert_eq!(form(shown.unwrap()), form(line("In all: ").unwrap()));
}

#[test]
#[cfg(target_os = "linux")] // others have no /dev/full
fn a_full_disk_is_a_failure_and_not_a_panic() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_x"));
    let ended = command.args(["diff", "01", "02"]).stdout(full).output();
    let ended = ended.unwrap();
    let printed = String::from_utf8(ended.stderr).unwrap();
    assert!(
        printed.starts_with("cargo x: standard output: "),
        "{printed}"
    );
    assert_eq!(ended.status.code(), Some(1));
}
