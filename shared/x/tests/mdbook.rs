//! The pages as mdBook makes them: the same files, in a browser.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use mdbook_driver::MDBook;
use x::Course;

/// The book, built into a folder of its own.
fn build(course: &Course) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut book = MDBook::load(course.root.join("docs")).unwrap();
    book.config.build.build_dir = folder.path().to_owned();
    book.build().unwrap();
    folder
}

/// Every page of the built book, by its name.
fn pages(folder: &Path) -> BTreeMap<PathBuf, String> {
    let files = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let pages = files.filter(|path| path.extension().is_some_and(|e| e == "html"));
    pages
        .map(|path| {
            let name = path.file_name().unwrap().into();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The values of an attribute. In code and text a quote is written `&quot;`, so that text
/// between quotes is an attribute.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let begin = format!(" {attribute}=\"");
    let rest = page.split(&begin).skip(1);
    rest.filter_map(|rest| Some(rest.split_once('"')?.0))
        .collect()
}

#[test]
fn every_page_is_in_the_built_book() {
    let course = Course::here().unwrap();
    let folder = build(&course);
    for path in course.pages().unwrap() {
        let Ok(page) = path.strip_prefix("docs") else {
            continue;
        };
        let name = match page.to_str().unwrap() {
            "SUMMARY.md" => continue,
            "README.md" => "index.html".into(),
            _ => page.with_extension("html"),
        };
        let built = folder.path().join(&name);
        assert!(built.exists(), "{} is missing", name.display());
    }
}

#[test]
fn every_link_and_picture_of_the_built_book_leads_somewhere() {
    let folder = build(&Course::here().unwrap());
    let pages = pages(folder.path());
    let (mut broken, mut followed) = (Vec::new(), 0);
    for (name, page) in &pages {
        for link in [values(page, "href"), values(page, "src")].concat() {
            if link.contains(':') {
                continue; // the world outside
            }
            followed += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => name.clone(),
                file => PathBuf::from(file),
            };
            let has_anchor = |page: &String| values(page, "id").contains(&anchor);
            let leads = folder.path().join(&target).exists()
                && (anchor.is_empty() || pages.get(&target).is_some_and(has_anchor));
            if !leads {
                broken.push(format!("{}: {link}", name.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(followed > 100, "{followed} links, which cannot be all");
}

#[test]
fn every_page_scrolls_its_wide_parts_inside_themselves() {
    let folder = build(&Course::here().unwrap());
    let mut tables = 0;
    for (name, page) in pages(folder.path()) {
        let styles = values(&page, "href");
        let style = styles.iter().find(|link| link.contains("theme/book"));
        // The page that only leads on to another has no style at all.
        assert!(
            style.is_some() || !page.contains("<main>"),
            "{}",
            name.display()
        );
        if let Some(style) = style {
            let css = fs::read_to_string(folder.path().join(style)).unwrap();
            for wide in [".table-wrapper", ".content pre", "p:has(img)"] {
                assert!(css.contains(wide), "{style} says nothing of {wide}");
            }
        }
        let wrapped = page.matches("<div class=\"table-wrapper\">").count();
        assert_eq!(
            wrapped,
            page.matches("<table").count(),
            "{}",
            name.display()
        );
        tables += wrapped;
    }
    assert!(tables > 50, "{tables} tables, which cannot be all");
}
