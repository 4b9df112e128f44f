//! The book and the chapters' exchanges, pasted into `explain`: every answer that a page prints
//! is found, nothing else is, and each matches unless the page is about its mistake.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::calculator;

/// Who answers in the book, and their passwords.
const USERS: [(&str, &str); 4] = [
    ("10", "abc10"),
    ("11", "abc11"),
    ("bob", "bobspassword"),
    ("99", "abc99"),
];

/// Pages with answers that are wrong on purpose, and a part of what is said of those.
const WRONG: [(&str, &str); 10] = [
    // Bob's page hashed the domain in place of the machine.
    ("listings.md", "the uri sips:biloxi.example.com"),
    ("bob-hashed-another-uri", "the uri sips:biloxi.example.com"),
    ("a-wrong-password", UNEXPLAINED),
    ("a-wrong-pair-of-answers", UNEXPLAINED),
    ("an-unknown-user-is-offered-the-same", UNEXPLAINED),
    ("strangers-see-no-difference", UNEXPLAINED),
    // Made up, for another realm.
    ("06-consume-credentials.md", UNEXPLAINED),
    ("credentials-for-another-realm-stay", UNEXPLAINED),
    // The paper's answer to a challenge, in another request.
    ("a-phone-at-a-carriers-address", UNEXPLAINED),
    // An answer to the registrar, in a call.
    (
        "an-answer-to-a-registrar",
        "the method REGISTER, but the request is INVITE",
    ),
];

/// What a verdict has that names no mistake: how many were tried.
const UNEXPLAINED: &str = "\"tried\"";

#[test]
fn a_ladder_holds_no_answer_and_none_is_found_in_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let ladders = files(&root.join("docs/ladders"), "svg");
    assert!(ladders.len() > 3, "the book has pictures");
    for ladder in ladders {
        let text = fs::read_to_string(&ladder).unwrap();
        assert_eq!(responses(&text).count(), 0, "{}", ladder.display());
        let file = ladder.to_str().unwrap();
        let run = calculator(&["explain", file, "--password", "abc10"], "");
        assert_eq!(run.code, 2, "{file}: {}", run.out);
        assert!(run.err.contains("no Authorization"), "{file}: {}", run.err);
    }
}

#[test]
fn every_page_and_every_exchange_is_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut pages = files(&root.join("docs"), "md");
    for step in fs::read_dir(root.join("steps")).unwrap() {
        pages.extend(files(&step.unwrap().path().join("tests/snapshots"), "sip"));
    }
    // An answer that nothing explains takes a second, so two threads share the pages.
    let (some, others) = pages.split_at(pages.len() / 2);
    let count = |pages: &[PathBuf]| -> usize { pages.iter().map(|page| answers_of(page)).sum() };
    let answers = std::thread::scope(|scope| {
        let some = scope.spawn(|| count(some));
        count(others) + some.join().unwrap()
    });
    assert!(
        pages.len() > 80 && answers > 60,
        "{} pages, {answers} answers",
        pages.len()
    );
}

/// How many answers a page has; each is what it should be.
fn answers_of(page: &Path) -> usize {
    let text = fs::read_to_string(page).unwrap();
    let printed: BTreeSet<String> = responses(&text).collect();
    let mut found = BTreeSet::new();
    for (user, password) in USERS {
        if !text.contains(&format!("username=\"{user}\"")) {
            continue;
        }
        let file = page.to_str().unwrap();
        let arguments = [
            "explain",
            file,
            "--username",
            user,
            "--password",
            password,
            "--json",
        ];
        let run = calculator(&arguments, "");
        let report: Value = serde_json::from_str(&run.out).unwrap_or_else(|error| {
            panic!("{file}: {error} {}", run.err);
        });
        for answer in report["answers"].as_array().unwrap() {
            found.insert(judged(answer, file));
        }
    }
    assert_eq!(found, printed, "{}", page.display());
    found.len()
}

/// The response of an answer that is right, or wrong as it is meant to be.
fn judged(answer: &Value, file: &str) -> String {
    let given = answer["given"].as_str().unwrap();
    let verdict = &answer["verdict"];
    if verdict["matches"] != true {
        let verdict = verdict.to_string();
        let is_meant = WRONG
            .iter()
            .any(|(page, words)| file.contains(page) && verdict.contains(words));
        assert!(is_meant, "{file}: {answer:#}");
    }
    given.to_owned()
}

fn files(directory: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    paths.sort();
    paths
}

/// The responses that a text prints.
fn responses(text: &str) -> impl Iterator<Item = String> {
    let places = text.match_indices("response=\"");
    places.filter_map(|(at, mark)| {
        let (value, _) = text.get(at + mark.len()..)?.split_once('"')?;
        let is_hash = value.len() >= 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hash.then(|| value.to_owned())
    })
}
