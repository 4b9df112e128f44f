//! Links between the pages, and the headings they point at.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::course::Course;
use crate::failure::Failure;

/// Every link of the README and the book that leads nowhere, as `page: link: why`.
///
/// A page of the book links only to files below `docs`, because the book is also read where the
/// rest of the workspace is not. Links to the world are not followed.
///
/// # Errors
/// When a page cannot be read.
pub fn broken_links(course: &Course) -> Result<Vec<String>, Failure> {
    let mut broken = Vec::new();
    let mut headings: HashMap<PathBuf, HashSet<String>> = HashMap::new();
    for path in course.pages()? {
        for link in links(&course.read(&path)?) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() {
                path.clone()
            } else {
                joined(path.parent().unwrap_or(Path::new("")), file)
            };
            let why = if path.starts_with("docs") && !target.starts_with("docs") {
                Some("leads out of the book")
            } else if !course.root.join(&target).exists() {
                Some("this file does not exist")
            } else if !anchor.is_empty() {
                if !headings.contains_key(&target) {
                    headings.insert(target.clone(), anchors(&course.read(&target)?));
                }
                (!headings[&target].contains(anchor)).then_some("this heading does not exist")
            } else {
                None
            };
            if let Some(why) = why {
                broken.push(format!("{}: {link}: {why}", path.display()));
            }
        }
    }
    Ok(broken)
}

fn parser(page: &str) -> Parser<'_> {
    Parser::new_ext(page, Options::ENABLE_TABLES)
}

fn links(page: &str) -> Vec<String> {
    parser(page)
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                Some(dest_url.into_string())
            }
            _ => None,
        })
        .collect()
}

/// The anchors of a page's headings, as GitHub and mdBook both make them: lower case, spaces to
/// dashes, other punctuation away, `-1` on the second of a name.
fn anchors(page: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut heading: Option<String> = None;
    for event in parser(page) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let text = heading.take().unwrap_or_default();
                let kept = text.chars().filter_map(|c| match c {
                    ' ' => Some('-'),
                    c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
                    _ => None,
                });
                let name: String = kept.flat_map(char::to_lowercase).collect();
                let again = (1..).map(|n| format!("{name}-{n}"));
                let free = std::iter::once(name.clone()).chain(again);
                if let Some(free) = free.into_iter().find(|n| !found.contains(n)) {
                    found.insert(free);
                }
            }
            _ => {}
        }
    }
    found
}

/// `folder/link` with its `..` resolved.
fn joined(folder: &Path, link: &str) -> PathBuf {
    let mut path = folder.to_owned();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_made_as_github_makes_them() {
        let found = anchors("# In SER, OpenSER and Kamailio\n## `route`\n## Run it\n## Run it\n");
        let mut found: Vec<_> = found.iter().map(String::as_str).collect();
        found.sort_unstable();
        assert_eq!(
            found,
            ["in-ser-openser-and-kamailio", "route", "run-it", "run-it-1"]
        );
    }

    #[test]
    fn a_link_up_leaves_its_folder() {
        assert_eq!(joined(Path::new("docs"), "../a/b.md"), Path::new("a/b.md"));
    }

    #[test]
    fn links_and_pictures_are_both_found() {
        assert_eq!(links("[a](b.md) ![c](d.svg) `[e](f)`"), ["b.md", "d.svg"]);
    }
}
