//! The index of RFCs is complete: every clause of the code is in it, and every test of it exists.

#![cfg(test)]

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use x::Course;

/// The Rust files below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The names of functions that are tests, and of exchanges.
fn shown(course: &Course) -> HashSet<String> {
    let mut names = HashSet::new();
    let mut files = Vec::new();
    for folder in ["shared", "steps", "tests"] {
        sources(&course.root.join(folder), &mut files);
    }
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let mut is_test = false;
        for line in text.lines().map(str::trim_start) {
            is_test |= line.contains("test]") || line.contains("test(");
            let line = line.strip_prefix("async ").unwrap_or(line);
            if let Some(rest) = line.strip_prefix("fn ") {
                let name = rest.split(['(', '<']).next().unwrap();
                names.extend(is_test.then(|| name.to_owned()));
                is_test = false;
            }
        }
    }
    for chapter in &course.chapters {
        names.extend(x::Exchange::names(course, chapter).unwrap());
    }
    names
}

#[test]
fn every_test_and_exchange_of_the_index_exists() {
    let course = Course::here().unwrap();
    let shown = shown(&course);
    let tests = x::rfc_tests().unwrap();
    for (clause, test) in &tests {
        assert!(shown.contains(*test), "{clause}: {test} does not exist");
    }
    assert!(
        tests.len() > 150,
        "{} clauses, which cannot be all",
        tests.len()
    );
}

/// The generator fails where the code names a clause that the list does not have, and where the
/// list has one that the code does not name.
#[test]
fn the_index_has_every_clause_that_the_code_names_and_no_other() {
    let course = Course::here().unwrap();
    let index = x::rfc_index(&course).unwrap();
    for (clause, test) in x::rfc_tests().unwrap() {
        let section = format!("§{}", clause.section);
        let mut rows = index
            .lines()
            .filter(|row| row.contains(&format!("`{test}`")));
        let has = |row: &str| row.contains(&section) || row.contains(&clause.to_string());
        assert!(
            clause.section.is_empty() || rows.any(has),
            "{clause}: {test}"
        );
    }
}

#[test]
fn every_file_of_the_index_exists() {
    let course = Course::here().unwrap();
    let index = x::rfc_index(&course).unwrap();
    let cells = index.lines().filter_map(|row| row.split(" | ").nth(1));
    let mut seen = 0;
    for file in cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)) {
        let places = ["shared", "", "steps/01-plain-registrar/src"];
        let exists = places
            .iter()
            .any(|place| course.root.join(place).join(file).exists());
        assert!(exists, "{file}");
        seen += 1;
    }
    assert!(seen > 300, "{seen} files, which cannot be all");
}
