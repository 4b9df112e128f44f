//! The book and the README say what the code says.

use x::{Course, broken_links, differences, fenced_languages};

#[test]
fn every_block_and_picture_equals_its_source() {
    let differences = differences(&Course::here().unwrap()).unwrap();
    assert!(
        differences.is_empty(),
        "the book and its sources differ; `cargo x docs` renews it\n{differences}"
    );
}

#[test]
fn every_piece_of_code_in_the_book_has_a_source() {
    // What the reader types (sh) and what it prints (console), both played by another test,
    // settings of phones and figures worked out by hand may be written by hand; code and diffs
    // may not.
    const BY_HAND: [&str; 4] = ["sh", "console", "text", "ini"];
    let course = Course::here().unwrap();
    for path in course.pages().unwrap() {
        let page = course.read(&path).unwrap();
        for (line, language) in fenced_languages(&page) {
            assert!(
                BY_HAND.contains(&language),
                "{}:{line}: a `{language}` block that no `<!-- x: ... -->` line owns",
                path.display()
            );
        }
    }
}

#[test]
fn every_link_leads_somewhere() {
    let broken = broken_links(&Course::here().unwrap()).unwrap();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_table_of_contents_names_every_page() {
    let course = Course::here().unwrap();
    let contents = course.read("docs/SUMMARY.md".as_ref()).unwrap();
    for path in course.pages().unwrap() {
        let Ok(page) = path.strip_prefix("docs") else {
            continue;
        };
        let link = format!("]({})", page.display());
        let itself = page == std::path::Path::new("SUMMARY.md");
        assert!(itself || contents.contains(&link), "{link} is not in it");
    }
}

#[test]
fn the_listings_name_rust_that_exists() {
    let course = Course::here().unwrap();
    let page = course.read("docs/listings.md".as_ref()).unwrap();
    let newest = course.chapters.last().unwrap();
    let script = course.read(&newest.route()).unwrap();
    let script = script.split_whitespace().collect::<Vec<_>>().join(" ");
    // Below that is what the texts get wrong, which is not in the script.
    let listings = page.split("\n## Small things").next().unwrap();
    for line in listings.lines().filter(|line| line.starts_with('|')) {
        let here = line.trim_end_matches('|').rsplit('|').next().unwrap();
        for span in here.split('`').skip(1).step_by(2) {
            // Flags, crates, folders and `;lr` are not in the script.
            let elsewhere = ["--", "sip", "shared/", ";"];
            let elsewhere = elsewhere.iter().any(|s| span.starts_with(s));
            assert!(elsewhere || script.contains(span), "`{span}` in: {line}");
        }
    }
}
