//! What a page names as evidence exists: exchanges, tests and the files that hold them.

#![cfg(test)]

mod common;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use common::files;
use x::Course;

/// The pages that name a test or an exchange for what they claim.
const CLAIMS: [&str; 3] = ["docs/security.md", "docs/limits.md", "CONTRIBUTING.md"];

/// The page that names functions with their files.
const ARCHITECTURE: &str = "docs/architecture.md";

/// The text between single backquotes in a page, its code blocks left out.
fn spans(page: &str) -> Vec<String> {
    let mut is_block = false;
    let mut text = String::new();
    for line in page.lines() {
        if line.starts_with("```") {
            is_block = !is_block;
        } else if !is_block {
            text.push_str(line);
            text.push('\n');
        }
    }
    let spans = text.split('`').skip(1).step_by(2);
    // A span may go over the end of a line.
    spans
        .map(|span| span.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

/// The names of all functions that are tests.
fn tests(sources: &[PathBuf]) -> HashSet<String> {
    let mut names = HashSet::new();
    for path in sources {
        let text = fs::read_to_string(path).unwrap();
        let mut is_test = false;
        for line in text.lines().map(str::trim_start) {
            is_test |= line.contains("test]") || line.contains("test(") || line == "proptest! {";
            let function = line.strip_prefix("async ").unwrap_or(line);
            if let Some(rest) = function.strip_prefix("fn ") {
                let name = rest
                    .split(|c: char| c != '_' && !c.is_alphanumeric())
                    .next();
                names.extend(name.filter(|_| is_test).map(str::to_owned));
                is_test = false;
            }
        }
    }
    names
}

/// Whether a chapter, or any where none is given, plays an exchange.
fn is_played(course: &Course, number: Option<&str>, exchange: &str) -> bool {
    let file = format!("tests/snapshots/exchanges__{exchange}.snap.sip");
    let mut chapters = course.chapters.iter();
    chapters.any(|chapter| {
        let is_it = number.is_none_or(|number| number == chapter.number);
        is_it && course.root.join(&chapter.folder).join(&file).exists()
    })
}

/// The chapter and the exchange of `cargo run -p step-05 -- demo NAME`, `step-05 demo NAME` or
/// `demo NAME`.
fn exchange(span: &str) -> Option<(Option<&str>, &str)> {
    let (before, after) = span.split_once("demo ")?;
    let name = after.split(' ').next()?;
    let is_name = name.contains('-') && !name.starts_with('-');
    let number = before.split("step-").nth(1).and_then(|n| n.get(..2));
    is_name.then_some((number, name))
}

#[test]
fn every_exchange_that_a_page_names_exists() {
    let course = Course::here().unwrap();
    let mut named = 0;
    for path in course.pages().unwrap() {
        let own = path.file_name().unwrap().to_str().unwrap();
        let own = own.get(..2).filter(|number| number.parse::<u8>().is_ok());
        for span in spans(&course.read(&path).unwrap()) {
            let Some((number, name)) = exchange(&span) else {
                continue;
            };
            named += 1;
            // The page of a chapter means its own exchanges where it says nothing else.
            let exists = is_played(&course, number.or(own), name);
            assert!(exists, "{}: no exchange for `{span}`", path.display());
        }
    }
    assert!(named > 40, "{named} exchanges, which cannot be all");
}

#[test]
fn every_test_and_file_that_the_security_pages_name_exists() {
    let course = Course::here().unwrap();
    let files = files(&course.root, &[".rs"]);
    let tests = tests(&files);
    let mut named = 0;
    for page in CLAIMS {
        for span in spans(&course.read(Path::new(page)).unwrap()) {
            let is_word = span.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
            if is_word && span.matches('_').count() >= 3 {
                named += 1;
                assert!(tests.contains(&span), "{page}: no test is named {span}");
            } else if span.ends_with(".rs") {
                let exists = files.iter().any(|file| file.ends_with(&span));
                assert!(exists, "{page}: no file is named {span}");
            }
        }
    }
    assert!(named > 60, "{named} tests, which cannot be all");
}

/// Pages about the names of other programs.
const OF_OTHER_PROGRAMS: [&str; 4] = ["kamailio.md", "listings.md", "phones.md", "tables.md"];

/// Names of other programs that the other pages mention, and no code block shows.
const OF_OTHERS: [&str; 4] = ["calculate_hal", "fifo_db_url", "remove_hf", "use_uri_table"];

/// The words of a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c != '_' && !c.is_ascii_alphanumeric())
}

/// The function or field that a span names: `save`, `Core::receive(...)`, `relay_in_dialog`. Names
/// without an underscore may be words.
fn name(span: &str) -> Option<&str> {
    let path = span.split('(').next()?;
    let name = path.rsplit([':', '.']).next()?;
    let is_name = |c: char| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit();
    let has_letters = name.contains(|c: char| c.is_ascii_lowercase());
    (name.contains('_') && has_letters && name.chars().all(is_name)).then_some(name)
}

#[test]
fn every_function_that_a_page_names_exists() {
    let course = Course::here().unwrap();
    let rust = files(&course.root, &[".rs"]);
    let mut known = tests(&rust);
    let programs = rust
        .iter()
        .filter(|path| path.iter().any(|part| part == "src"));
    for path in programs {
        let text = fs::read_to_string(path).unwrap();
        let program = text.split("#[cfg(test)]").next().unwrap();
        known.extend(words(program).map(str::to_owned));
    }
    let pages = files(&course.root, &[".md"]);
    for path in &pages {
        let text = fs::read_to_string(path).unwrap();
        let blocks = text.split("\n```").skip(1).step_by(2);
        known.extend(blocks.flat_map(words).map(str::to_owned));
    }
    for path in files(&course.root, &[".cfg"]) {
        let text = fs::read_to_string(path).unwrap();
        known.extend(words(&text).map(str::to_owned));
    }
    known.extend(OF_OTHERS.map(str::to_owned));
    let is_about_others = |path: &PathBuf| OF_OTHER_PROGRAMS.iter().any(|it| path.ends_with(it));
    let mut named = 0;
    for path in pages.iter().filter(|path| !is_about_others(path)) {
        for span in spans(&course.read(path).unwrap()) {
            let Some(name) = name(&span) else { continue };
            named += 1;
            assert!(
                known.contains(name),
                "{}: there is no `{name}`",
                path.display()
            );
        }
    }
    assert!(named > 200, "{named} names, which cannot be all");
}

/// The functions a page names with their file, as in `Core::receive` (`core/receive.rs`).
fn functions(page: &str) -> Vec<(String, String)> {
    let text = page.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts: Vec<&str> = text.split('`').collect();
    let pairs = parts.windows(4).filter(|part| part[1] == " (");
    pairs
        .filter(|part| part[2].ends_with(".rs") && part[3].starts_with(')'))
        .map(|part| (part[0].to_owned(), part[2].to_owned()))
        .collect()
}

#[test]
fn the_architecture_page_names_functions_that_exist() {
    let course = Course::here().unwrap();
    let named = functions(&course.read(Path::new(ARCHITECTURE)).unwrap());
    for (name, file) in &named {
        let text = course.read(Path::new(file));
        let text = text.unwrap_or_else(|error| panic!("{ARCHITECTURE}: {error}"));
        let function = name.rsplit("::").next().unwrap();
        let ends = ["(", "<"].map(|end| format!("fn {function}{end}"));
        let exists = ends.iter().any(|end| text.contains(end));
        assert!(exists, "{ARCHITECTURE}: {file} has no function {name}");
    }
    assert!(
        named.len() > 20,
        "{} functions, which cannot be all",
        named.len()
    );
}

#[test]
fn functions_are_named_with_their_files() {
    let page = "It goes to `Core::receive`\n(`core/receive.rs`), to `a` and `b.rs`, (`c.rs`).";
    let expected = ("Core::receive".to_owned(), "core/receive.rs".to_owned());
    assert_eq!(functions(page), [expected]);
}

#[test]
fn a_span_may_go_over_the_end_of_a_line_and_a_block_holds_none() {
    let page = "See `step-05 demo\nthe-open-relay-is-closed`.\n```sh\necho `a`\n```\nAnd `b`.\n";
    let found = spans(page);
    assert_eq!(found, ["step-05 demo the-open-relay-is-closed", "b"]);
    let read = exchange(&found[0]);
    assert_eq!(read, Some((Some("05"), "the-open-relay-is-closed")));
    assert_eq!(exchange("cargo run -p step-06 -- demo"), None);
}
