//! The rules for crates, chapters and scripts; CONTRIBUTING.md gives the reasons.

#![cfg(test)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::files;
use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;
use x::{Chapter, Course, Crates, changed_lines};

/// Programs that people run and no chapter calls.
const TOOLS: [&str; 5] = ["calculator", "phone", "sipctl", "x", "watch"];

/// What comes into the course with a chapter: packages, and names a script uses.
const COMES_WITH: [(&str, &[&str], &[&str]); 7] = [
    (
        "02",
        &["sip-database", "rusqlite", "libsqlite3-sys"],
        &["sip_database", "rusqlite"],
    ),
    (
        "03",
        // The arithmetic of sip-digest is in every chapter: the stage's phones can answer.
        &["sip-auth"],
        &["www_authorize", "www_challenge", "Verified"],
    ),
    ("04", &[], &["check_to"]),
    (
        "05",
        &[],
        &[
            "proxy_authorize",
            "proxy_challenge",
            "check_from",
            "lookup_aliases",
        ],
    ),
    ("06", &[], &["consume_credentials"]),
    ("07", &[], &["allow_source_address"]),
    ("08", &[], &["check_algorithm", "with_digests", "Offer"]),
];

fn course() -> Course {
    Course::here().unwrap()
}

/// Every package a package is built from, as `name version`.
fn built_from(course: &Course, package: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(&course.root)
        .args([
            "tree",
            "--offline",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
        ])
        .args(["--package", package])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let names = String::from_utf8(output.stdout).unwrap();
    names
        .lines()
        .filter_map(|line| Some(line.split_whitespace().next()?.to_owned()))
        .collect()
}

fn at_most(most: usize, course: &Course, path: &Path) {
    let lines = course.read(path).unwrap().lines().count();
    let name = path.strip_prefix(&course.root).unwrap_or(path).display();
    assert!(
        lines <= most,
        "{name}: {lines} lines, at most {most} (see CONTRIBUTING.md)"
    );
}

fn is_test(path: &Path) -> bool {
    path.components().any(|c| c.as_os_str() == "tests")
}

#[test]
fn dependencies_point_down() {
    let crates = Crates::of(&course()).unwrap();
    let is_step = |name: &str| name.starts_with("step-");
    let is_top = |name: &str| is_step(name) || TOOLS.contains(&name);
    for name in crates.names() {
        for needed in crates.needs(name) {
            // The tests of the whole system may look at anything.
            // The page explains a digest with the calculator's own code, which is a library, too.
            let explains = name == "watch" && needed == "calculator";
            let may = !is_top(needed) || explains || name == "whole-system";
            assert!(may, "{name} builds on {needed}, which is a program");
        }
    }
    for leaf in ["sip-message", "sip-digest"] {
        let needs: Vec<_> = crates.needs(leaf).collect();
        assert!(needs.is_empty(), "{leaf} is pure, and builds on {needs:?}");
    }
    let steps = crates.names().filter(|name| is_step(name)).count();
    assert_eq!(steps, course().chapters.len());
}

#[test]
fn no_dependency_needs_a_newer_rust_than_the_workspace_declares() {
    let course = course();
    let output = Command::new(env!("CARGO"))
        .current_dir(&course.root)
        .args(["metadata", "--offline", "--format-version", "1"])
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let version = |package: &Value| {
        let mut numbers = package["rust_version"].as_str()?.split('.');
        let mut next = || numbers.next().map_or(0, |number| number.parse().unwrap());
        Some([next(), next(), next()])
    };
    let packages = metadata["packages"].as_array().unwrap();
    let ours = |package: &&Value| package["name"] == "sip-message";
    let ours = version(packages.iter().find(ours).unwrap()).unwrap();
    let mut newest = [0; 3];
    let mut declared = 0;
    for package in packages {
        let Some(needed) = version(package) else {
            continue;
        };
        let name = &package["name"];
        assert!(needed <= ours, "{name} needs Rust {needed:?}, not {ours:?}");
        newest = newest.max(needed);
        declared += 1;
    }
    assert!(declared > 50, "only {declared} packages declare a version");
    assert_eq!(newest, ours, "the workspace declares more than is needed");
}

#[test]
fn nothing_of_a_later_chapter_is_in_an_earlier_one() {
    let course = course();
    for chapter in &course.chapters {
        let packages = built_from(&course, &chapter.package());
        let names = names(&course, chapter);
        for (since, later_packages, later_names) in COMES_WITH {
            if chapter.number.as_str() >= since {
                continue;
            }
            let number = &chapter.number;
            for package in later_packages {
                let early = packages.iter().any(|p| p == package);
                assert!(
                    !early,
                    "chapter {number} is built from {package}, of chapter {since}"
                );
            }
            for name in later_names {
                let early = names.iter().any(|n| n == name);
                assert!(!early, "chapter {number} names {name}, of chapter {since}");
            }
        }
    }
}

/// The identifiers in a chapter's sources; comments and texts are not among them.
fn names(course: &Course, chapter: &Chapter) -> Vec<String> {
    let mut names = Vec::new();
    for path in files(&course.root.join(&chapter.folder), &[".rs"]) {
        let source = fs::read_to_string(path).unwrap();
        identifiers(source.parse().unwrap(), &mut names);
    }
    names
}

fn identifiers(tokens: TokenStream, names: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => names.push(name.to_string()),
            TokenTree::Group(group) => identifiers(group.stream(), names),
            _ => {}
        }
    }
}

#[test]
fn a_chapter_changes_at_most_60_lines_of_the_script() {
    let course = course();
    for pair in course.chapters.windows(2) {
        let [before, after] = [&pair[0], &pair[1]].map(|c| course.read(&c.route()).unwrap());
        let changed = changed_lines(&before, &after);
        let (before, after) = (&pair[0].number, &pair[1].number);
        assert!(
            changed <= 60,
            "{before} to {after}: {changed} changed lines"
        );
    }
}

/// A script has some 150 lines, the rest of a chapter's program some 50. Both are gauges: a few
/// lines more are better than two statements on one.
#[test]
fn a_script_is_read_in_one_sitting() {
    let course = course();
    for chapter in &course.chapters {
        at_most(170, &course, &chapter.route());
        at_most(65, &course, &chapter.folder.join("src/main.rs"));
    }
}

#[test]
fn no_shared_crate_names_a_step() {
    let course = course();
    for path in files(&course.root.join("shared"), &[".rs", ".toml"]) {
        let text = fs::read_to_string(&path).unwrap();
        // This crate's work is to speak of steps; examples in tests and comments may.
        if path.starts_with(course.root.join("shared/x")) || is_test(&path) {
            continue;
        }
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        for line in code.lines() {
            let comment = ["//", "#"].iter().any(|c| line.trim_start().starts_with(c));
            let names = ["step-0", "step_0", "steps/0"]
                .iter()
                .any(|s| line.contains(s));
            assert!(comment || !names, "{}: {line}", path.display());
        }
    }
}

#[test]
fn cargo_run_starts_the_last_chapter_of_the_texts() {
    let course = course();
    let last = course.chapter("7").unwrap().folder.display().to_string();
    let manifest = course.read(Path::new("Cargo.toml")).unwrap();
    let line = format!("default-members = [\"{last}\"]");
    assert!(manifest.contains(&line), "Cargo.toml should say {line}");
}
