//! The mutants that no exchange can catch, each with its reason: `excused.toml`.

use std::path::Path;

use serde::Deserialize;
use x::{Chapter, Course};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    excused: Vec<Excused>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Excused {
    /// The chapters.
    chapters: Vec<u8>,
    /// The names of the mutants.
    mutants: Vec<String>,
    /// Why a script with them is as good, or what else finds it.
    reason: String,
}

/// The mutants of a chapter that are excused.
pub fn of(course: &Course, chapter: &Chapter) -> Vec<String> {
    let text = course
        .read(Path::new("shared/x/tests/mutants/excused.toml"))
        .unwrap();
    let file: File = toml::from_str(&text).unwrap();
    let number: u8 = chapter.number.parse().unwrap();
    let all = file
        .excused
        .into_iter()
        .filter(|it| it.chapters.contains(&number));
    let all = all.inspect(|it| assert!(it.reason.len() > 20, "{:?} lacks a reason", it.mutants));
    all.flat_map(|it| it.mutants).collect()
}
