//! The exercises: every state between two tasks plays as its list says, and every exchange has hints.

#![cfg(test)]

use std::env;
use std::path::PathBuf;

use x::{Chapter, Course, Exchange, Exercise, Hints, Passes, Program, judge};

fn course() -> Course {
    Course::here().unwrap()
}

fn exercise(course: &Course, chapter: &Chapter) -> Exercise {
    let found = Exercise::of(course, chapter);
    found.unwrap_or_else(|e| panic!("{}: {e}", chapter.name()))
}

/// Plays a chapter's exchanges with every state of its exercise.
fn played(course: &Course, chapter: &Chapter) -> Passes {
    let exercise = exercise(course, chapter);
    let package = format!("exercise-{}", chapter.number);
    let folder = PathBuf::from("target").join(&package);
    let mut passes = Passes::default();
    for done in 0..=exercise.tasks.len() {
        let copy = (folder.as_path(), package.as_str());
        exercise.write_state(course, chapter, copy, done).unwrap();
        let program = Program::of_copy(course, &folder, &package).unwrap();
        let verdict = judge(course, chapter, &program, None).unwrap();
        passes.note(done, &verdict);
    }
    passes
}

#[test]
#[ignore = "it compiles every state of every chapter, which takes two minutes"]
fn every_state_passes_as_many_exchanges_as_its_list_says() {
    let course = course();
    for chapter in &course.chapters {
        let played = played(&course, chapter);
        if env::var("EXERCISES").is_ok_and(|value| value == "renew") {
            played.write(&course, chapter).unwrap();
        }
        let kept = Passes::read(&course, chapter).unwrap();
        assert_eq!(played, kept, "{}", chapter.name());
    }
}

#[test]
fn the_last_task_ends_in_the_finished_chapter_and_passes_everything() {
    let course = course();
    for chapter in &course.chapters {
        let exercise = exercise(&course, chapter);
        let last = exercise.tasks.len();
        let finished = course.read(&chapter.folder.join(&exercise.file)).unwrap();
        assert_eq!(
            exercise.state(last).unwrap(),
            finished,
            "{}",
            chapter.name()
        );
        let passes = Passes::read(&course, chapter).unwrap();
        let names = Exchange::names(&course, chapter).unwrap();
        assert_eq!(passes.all(), names.len(), "{}", chapter.name());
        assert_eq!(passes.after(last), passes.all(), "{}", chapter.name());
        assert!(passes.after(0) < passes.all(), "{}", chapter.name());
    }
}

#[test]
fn a_chapter_has_two_to_five_tasks_and_each_changes_the_file() {
    let course = course();
    for chapter in &course.chapters {
        let exercise = exercise(&course, chapter);
        let tasks = exercise.tasks.len();
        assert!((2..=5).contains(&tasks), "{}: {tasks}", chapter.name());
        for done in 0..tasks {
            let states = [done, done + 1].map(|done| exercise.state(done).unwrap());
            let code = states.each_ref().map(|text| code(text));
            assert_ne!(code[0], code[1], "{}, task {}", chapter.name(), done + 1);
        }
        let begun = exercise.begun(&course).unwrap();
        for number in 1..=tasks {
            let mark = format!("/// Task {number}. ");
            assert!(
                begun.contains(&mark),
                "{}: no mark for {number}",
                chapter.name()
            );
        }
    }
}

/// The lines that are not comments.
fn code(text: &str) -> Vec<&str> {
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect()
}

#[test]
fn every_exchange_has_three_hints_and_the_last_names_a_function() {
    let course = course();
    for chapter in &course.chapters {
        let hints = Hints::of(&course, chapter).unwrap();
        let names = Exchange::names(&course, chapter).unwrap();
        for name in &names {
            let three = hints.hints(name);
            let [first, second, third] =
                three.unwrap_or_else(|| panic!("{}: no hints for {name}", chapter.name()));
            assert!(
                first != second && second != third && !first.is_empty(),
                "{name}"
            );
            assert!(third.contains('`'), "{}: {name}: {third}", chapter.name());
        }
        for name in hints.exchanges() {
            assert!(
                names.iter().any(|n| n == name),
                "{}: {name}",
                chapter.name()
            );
        }
    }
}
