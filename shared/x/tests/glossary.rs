//! A word of the glossary is explained where a reader meets it first.

#![cfg(test)]

mod reading;

use std::path::{Path, PathBuf};

use reading::{Part, parts};
use x::Course;

/// Words that also have an everyday meaning, in which they may come first.
const EVERYDAY: [&str; 5] = ["Chapter", "Location", "Account", "Share", "Group"];

/// Words that the first page explains, with what a newcomer needs for chapter 1.
const FIRST: [&str; 20] = [
    "ACK",
    "CANCEL",
    "OPTIONS",
    "INFO",
    "MESSAGE",
    "CSeq",
    "Max-Forwards",
    "SDP",
    "hop",
    "provisional",
    "final",
    "challenge",
    "digest",
    "NAT",
    "REGISTER",
    "INVITE",
    "BYE",
    "Via",
    "branch",
    "tags",
];

/// The words that the glossary explains, as it writes them.
fn glossary(page: &str) -> Vec<String> {
    let items = page.lines().filter_map(|line| line.strip_prefix("- **"));
    let names = items.filter_map(|line| Some(line.split_once(".**")?.0));
    let names = names.flat_map(|names| names.split([',', '(', ')']));
    let names = names.map(|name| name.trim().trim_matches('*').to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

/// The pages of the course in the order of the contents: the first page and the chapters.
fn in_order(course: &Course) -> Vec<PathBuf> {
    let contents = course.read(Path::new("docs/SUMMARY.md")).unwrap();
    let links = contents
        .lines()
        .filter_map(|line| line.split_once("](")?.1.strip_suffix(')'));
    let is_course = |link: &&str| link.starts_with("README") || link.starts_with('0');
    links
        .filter(is_course)
        .map(|link| Path::new("docs").join(link))
        .collect()
}

/// Whether a text has a word, in whatever number; small letters and capitals are the same unless
/// the word is all capitals.
fn has(text: &str, word: &str) -> bool {
    let is_name = !word.contains(char::is_lowercase);
    let [text, word] = [text, word].map(|s| {
        if is_name {
            s.to_owned()
        } else {
            s.to_lowercase()
        }
    });
    let is_letter = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    text.match_indices(&word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = &text[at + word.len()..];
        let after = after.strip_prefix('s').unwrap_or(after).chars().next();
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    })
}

#[test]
fn a_word_of_the_glossary_is_explained_where_it_comes_first() {
    let course = Course::here().unwrap();
    let terms = glossary(&course.read(Path::new("docs/glossary.md")).unwrap());
    assert!(terms.len() > 60, "{terms:?}");
    let pages: Vec<(PathBuf, Vec<Part>)> = in_order(&course)
        .into_iter()
        .map(|path| {
            let page = course.read(&path).unwrap();
            (path, parts(&page))
        })
        .collect();
    assert_eq!(pages.len(), course.chapters.len() + 1);
    let mut early = Vec::new();
    for term in terms
        .iter()
        .filter(|term| !EVERYDAY.contains(&term.as_str()))
    {
        let texts = pages.iter().flat_map(|(path, parts)| {
            parts.iter().filter_map(move |part| match part {
                Part::Text(text, bold) | Part::Cell(text, bold) => Some((path, text, bold)),
                _ => None,
            })
        });
        let first = texts.into_iter().find(|(_, text, _)| has(text, term));
        if let Some((path, text, bold)) = first
            && !bold.iter().any(|bold| has(bold, term))
        {
            early.push(format!("{}: {term}: {text}", path.display()));
        }
    }
    assert!(
        early.is_empty(),
        "used before they are explained in bold:\n{}",
        early.join("\n")
    );
}

#[test]
fn the_first_page_explains_the_first_words() {
    let course = Course::here().unwrap();
    let page = course.read(Path::new("docs/README.md")).unwrap();
    let parts = parts(&page);
    let bold: Vec<&String> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(_, bold) | Part::Cell(_, bold) => Some(bold),
            _ => None,
        })
        .flatten()
        .collect();
    for word in FIRST {
        assert!(bold.iter().any(|b| has(b, word)), "{word} is not explained");
    }
}

#[test]
fn a_word_is_found_in_the_singular_and_the_plural() {
    assert!(has("Two Routes.", "Route") && has("a route", "Route"));
    assert!(!has("Record-Route", "Route") && !has("acknowledge", "ACK") && !has("ack", "ACK"));
    assert_eq!(
        glossary("- **Peer.** One.\n- **HA1, HA2.** Two.\n- **Address (AOR).** Three.\n- plain\n"),
        ["Peer", "HA1", "HA2", "Address", "AOR"]
    );
}
