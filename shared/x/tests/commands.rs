//! Every command of the README and the book does what a reader expects: it ends well, or it is
//! a server that answers.

#![cfg(test)]

use std::path::Path;

use x::{Course, Outcome, Session, typed};

fn every_command_of(page: &str) {
    let course = Course::here().unwrap();
    let text = course.read(Path::new(page)).unwrap();
    let mut session = Session::new(&course).unwrap();
    for (line, command) in typed(&text) {
        match session.run(&command) {
            Ok(Outcome::Missing(program)) => {
                eprintln!("{page}:{line}: no {program} here, left out")
            }
            Ok(_) => {}
            Err(problem) => panic!("{page}:{line}: {problem}"),
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
    for page in course.pages().unwrap() {
        if page.starts_with("docs") {
            every_command_of(page.to_str().unwrap());
        }
    }
}

#[test]
fn the_readme_names_its_two_commands_first() {
    let course = Course::here().unwrap();
    let commands = typed(&course.read(Path::new("README.md")).unwrap());
    let first: Vec<&str> = commands.iter().take(2).map(|(_, c)| c.as_str()).collect();
    assert_eq!(first, ["cargo run", "cargo test --workspace"]);
}
