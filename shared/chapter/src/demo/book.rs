//! Where a chapter's page of the book shows an exchange.

use std::fs;
use std::path::Path;

use crate::chapter::Chapter;

/// A chapter's page of the book: its sections, and the exchanges that each shows.
#[derive(Debug)]
pub(crate) struct Page {
    name: String,
    sections: Vec<Section>,
}

#[derive(Debug)]
struct Section {
    title: String,
    text: String,
}

impl Page {
    /// The page of a chapter, which has the name of its folder. `None` where the program runs
    /// without the book.
    pub(crate) fn of(chapter: &Chapter) -> Option<Self> {
        let folder = Path::new(chapter.folder);
        let name = format!("docs/{}.md", folder.file_name()?.to_str()?);
        let text = fs::read_to_string(folder.join("../..").join(&name)).ok()?;
        Some(Self::read(name, &text))
    }

    /// Reads headings and text, and the commands that a reader types. Other blocks do not count: the
    /// list of exchanges is one itself.
    fn read(name: String, text: &str) -> Self {
        let mut sections: Vec<Section> = Vec::new();
        let mut block = None;
        for line in text.lines() {
            if let Some(language) = line.strip_prefix("```") {
                block = block.is_none().then_some(language);
                continue;
            }
            if let Some(title) = heading(line).filter(|_| block.is_none()) {
                let (title, text) = (title.to_owned(), String::new());
                sections.push(Section { title, text });
                continue;
            }
            let is_read = matches!(block, None | Some("sh"));
            if let Some(section) = sections.last_mut().filter(|_| is_read) {
                section.text.push_str(line);
                section.text.push('\n');
            }
        }
        Self { name, sections }
    }

    /// `docs/01-plain-registrar.md`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The titles of the sections.
    pub(crate) fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|section| section.title.as_str())
    }

    /// The first section that names an exchange.
    pub(crate) fn section(&self, exchange: &str) -> Option<&str> {
        let names = |section: &&Section| has_name(&section.text, exchange);
        let found = self.sections.iter().find(names);
        found.map(|section| section.title.as_str())
    }
}

fn heading(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches('#');
    let depth = line.len() - rest.len();
    (depth >= 2).then(|| rest.trim())
}

/// Whether a text has the name whole, not as a part of a longer one.
fn has_name(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# 1. Title\n\n## Run it\n\n```console\n## no heading\n1.1 the-call\n```\n\n\
                        ```sh\ndemo a-call-for-11\n```\n\n\
                        ## Break it\n\n`demo a-whole-call --ladder` and\n\n\
                        <!-- x: exchange 01 the-call 1-2 -->\n";

    #[test]
    fn the_section_of_an_exchange_is_the_first_that_names_it_in_its_text() {
        let page = Page::read("docs/01.md".to_owned(), PAGE);
        assert_eq!(page.sections().collect::<Vec<_>>(), ["Run it", "Break it"]);
        assert_eq!(page.section("the-call"), Some("Break it"));
        assert_eq!(page.section("a-whole-call"), Some("Break it"));
        assert_eq!(page.section("a-call-for-11"), Some("Run it"));
        assert_eq!(page.section("whole-call"), None);
        assert_eq!(page.section("a-whole"), None);
    }
}
