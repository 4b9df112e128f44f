//! The rules for every file of the repository; CONTRIBUTING.md gives the reasons.

#![cfg(test)]

mod common;

use std::fs;

use common::files;
use x::Course;

/// No source file has more lines.
const MOST: usize = 350;

/// The median of all source files has at most so many lines.
const MEDIAN: usize = 130;

fn course() -> Course {
    Course::here().unwrap()
}

/// Every Rust file, and its path below the workspace.
fn sources() -> Vec<(String, String)> {
    let course = course();
    let folders = ["shared", "steps", "tests"].map(|folder| course.root.join(folder));
    let paths = folders.iter().flat_map(|folder| files(folder, &[".rs"]));
    paths
        .map(|path| {
            let name = path.strip_prefix(&course.root).unwrap().display();
            (name.to_string(), fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// Fails with a line for each breach of a rule of CONTRIBUTING.md.
fn none(rule: &str, breaches: &[String]) {
    let list = breaches.join("\n");
    assert!(breaches.is_empty(), "{rule} (see CONTRIBUTING.md):\n{list}");
}

#[test]
fn every_source_file_begins_with_what_it_decides() {
    let sources = sources().into_iter();
    let without = sources.filter(|(_, text)| !text.starts_with("//! "));
    let names: Vec<_> = without.map(|(name, _)| name).collect();
    none("the first line of a source file is `//! ...`", &names);
}

#[test]
fn a_file_is_one_idea() {
    let lengths = sources()
        .into_iter()
        .map(|(name, text)| (text.lines().count(), name));
    let long = lengths.filter(|(lines, _)| *lines > MOST);
    let long: Vec<_> = long
        .map(|(lines, name)| format!("{name}: {lines}"))
        .collect();
    none(&format!("a source file has at most {MOST} lines"), &long);
}

#[test]
fn the_median_source_file_is_short() {
    let texts = sources().into_iter();
    let mut lengths: Vec<_> = texts.map(|(_, text)| text.lines().count()).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= MEDIAN, "the median is {median} lines");
}

#[test]
fn no_file_holds_a_path_of_someones_machine() {
    let course = course();
    let homes = ["home", "Users", "root", "work"].map(|h| format!("/{h}/"));
    for path in files(&course.root, &[]) {
        let Ok(text) = fs::read_to_string(&path) else {
            continue; // not text
        };
        for line in text.lines() {
            let found = homes.iter().any(|home| line.contains(home));
            assert!(!found, "{}: {line}", path.display());
        }
    }
}

#[test]
fn the_top_level_holds_these_folders_and_no_other() {
    const FOLDERS: [&str; 10] = [
        "steps", "shared", "docs", "tests", "findings", ".cargo", ".ci", ".git", "target", "mine",
    ];
    let entries = fs::read_dir(course().root).unwrap().map(|e| e.unwrap());
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    let others = folders.map(|entry| entry.file_name().into_string().unwrap());
    let others: Vec<_> = others
        .filter(|name| !FOLDERS.contains(&name.as_str()))
        .collect();
    none("the top level has no other folder", &others);
}

#[test]
fn four_habits_of_translated_english_stay_rare() {
    // The most that each may occur in shared, steps and docs; quotations need some.
    const HABITS: [(&[&str], usize); 4] = [
        (&["is no"], 20),
        (&["tell", "tells", "told"], 28),
        (&["stands"], 14),
        (&["whoever", "whom"], 14),
    ];
    let course = course();
    let folders = ["shared", "steps", "docs"].map(|folder| course.root.join(folder));
    let paths = folders
        .iter()
        .flat_map(|folder| files(folder, &[".rs", ".md"]));
    let text: String = paths
        .map(|path| fs::read_to_string(path).unwrap().to_lowercase())
        .collect();
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .collect();
    let breaches = HABITS.iter().filter_map(|(phrases, most)| {
        let count = |phrase: &&str| {
            let phrase: Vec<&str> = phrase.split(' ').collect();
            words
                .windows(phrase.len())
                .filter(|it| **it == *phrase)
                .count()
        };
        let found: usize = phrases.iter().map(count).sum();
        (found > *most).then(|| format!("{phrases:?}: {found}, at most {most}"))
    });
    none("say it in plain English", &breaches.collect::<Vec<_>>());
}
