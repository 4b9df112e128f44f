//! The book is read in an evening: short sentences, short chapters, sections that end with
//! something to do.

#![cfg(test)]

mod reading;

use std::path::{Path, PathBuf};

use reading::{Part, parts, sentences, words};
use x::Course;

/// The longest sentence, in words; a piece of code is one.
const LONGEST: usize = 35;
/// Half of the sentences have fewer words than this.
const MEDIAN: usize = 16;
/// The longest chapter, in words without code.
const CHAPTER: usize = 2_500;
/// The longest section: with its code it takes ten minutes.
const SECTION: usize = 600;
/// How the last paragraph of a section begins that ends with something to do.
const TO_DO: &str = "Now you.";
/// The languages of blocks with commands.
const COMMANDS: [&str; 3] = ["sh", "console", "text"];
/// The sections of a chapter that only introduce it, and the one that is nothing but work.
const WITHOUT: [&str; 3] = ["What you will have", "Your turn", "By hand"];

/// The pages that are prose, each with its text.
fn pages() -> Vec<(PathBuf, String)> {
    let course = Course::here().unwrap();
    let pages = course.pages().unwrap().into_iter();
    pages
        .map(|path| {
            let text = course.read(&path).unwrap();
            (path, text)
        })
        .collect()
}

fn chapters() -> impl Iterator<Item = (PathBuf, Vec<Part>)> {
    let is_chapter = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap();
        name.starts_with("0") && path.starts_with("docs")
    };
    let chapters = pages()
        .into_iter()
        .filter(move |(path, _)| is_chapter(path));
    chapters.map(|(path, text)| (path, parts(&text)))
}

#[test]
fn a_sentence_is_short() {
    let mut too_long = Vec::new();
    for (path, page) in pages() {
        let mut lengths = Vec::new();
        for part in parts(&page) {
            let (Part::Text(text, _) | Part::Cell(text, _)) = &part else {
                continue;
            };
            for sentence in sentences(text) {
                let length = words(&sentence);
                if length > LONGEST {
                    too_long.push(format!("{}: {length}: {sentence}", path.display()));
                }
                if length > 0 && matches!(part, Part::Text(..)) {
                    lengths.push(length);
                }
            }
        }
        lengths.sort_unstable();
        if let Some(median) = lengths.get(lengths.len() / 2)
            && *median >= MEDIAN
        {
            too_long.push(format!("{}: median {median}", path.display()));
        }
    }
    assert!(too_long.is_empty(), "{}", too_long.join("\n"));
}

#[test]
fn a_chapter_is_read_in_an_evening() {
    let mut seen = 0;
    for (path, parts) in chapters() {
        let count: usize = parts.iter().map(length).sum();
        assert!(count <= CHAPTER, "{}: {count} words", path.display());
        assert!(count > 500, "{}: {count} words", path.display());
        seen += 1;
    }
    assert_eq!(seen, Course::here().unwrap().chapters.len());
}

#[test]
fn a_section_takes_ten_minutes_and_ends_with_something_to_do() {
    let mut wrong = Vec::new();
    for (path, parts) in chapters() {
        let sections = parts.split(|part| matches!(part, Part::Heading(..)));
        let headings = parts.iter().filter_map(|part| match part {
            Part::Heading(level, text) => Some((*level, text)),
            _ => None,
        });
        for ((level, heading), section) in headings.zip(sections.skip(1)) {
            let count: usize = section.iter().map(length).sum();
            if count > SECTION {
                wrong.push(format!("{}: {heading}: {count} words", path.display()));
            }
            let end = &section[section.len().saturating_sub(4)..];
            let ends = end.iter().any(|part| match part {
                Part::Code(language) => COMMANDS.contains(&language.as_str()),
                Part::Text(text, _) => text.starts_with(TO_DO),
                _ => false,
            });
            if level > 1 && !ends && !WITHOUT.contains(&heading.as_str()) {
                wrong.push(format!("{}: {heading}: nothing to do", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_experiment_that_changes_the_code_says_how_to_undo_it() {
    let mut experiments = 0;
    for (path, page) in pages() {
        let Some((_, rest)) = page.split_once("\n## Break it\n") else {
            continue;
        };
        let section = rest.split("\n## ").next().unwrap();
        for paragraph in section.split("\n\n**") {
            let changes = paragraph.contains("/src/") && paragraph.contains(".rs`");
            let undone = paragraph.contains("git restore");
            assert!(undone || !changes, "{}: {paragraph}", path.display());
            experiments += usize::from(changes);
        }
    }
    assert!(experiments >= 8, "{experiments} experiments");
}

#[test]
fn no_page_ends_processes_by_their_name() {
    for (path, page) in pages() {
        for command in ["pkill", "killall"] {
            assert!(!page.contains(command), "{}: {command}", path.display());
        }
    }
}

fn length(part: &Part) -> usize {
    match part {
        Part::Heading(_, text) | Part::Text(text, _) | Part::Cell(text, _) => words(text),
        Part::Code(_) => 0,
    }
}

#[test]
fn a_page_is_cut_into_its_parts() {
    let page = "# A `b`\n\nOne **two** three. Four\n`five six`.\n\n- seven\n\n| h |\n|---|\n| cell |\n\n\
                ```sh\nls\n```\n<!-- t: begin -->\nnot this\n\n<!-- t: end -->\n\n\
                <div class=\"tasks\">\n\nnor this\n\n</div>\n";
    let two = vec!["two".to_owned()];
    let text = |text: &str| Part::Text(text.to_owned(), Vec::new());
    let expected = [
        Part::Heading(1, "A CODE".to_owned()),
        Part::Text("One two three. Four CODE.".to_owned(), two),
        text("seven"),
        Part::Cell("h".to_owned(), Vec::new()),
        Part::Cell("cell".to_owned(), Vec::new()),
        Part::Code("sh".to_owned()),
    ];
    assert_eq!(parts(page), expected);
    assert_eq!(
        sentences("One two. Three CODE."),
        ["One two. ", "Three CODE. "]
    );
    assert_eq!(words("One – two `x`"), 3);
}
