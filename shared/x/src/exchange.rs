//! An exchange as a chapter's test keeps it: read from its file, and cut into messages.

use std::path::PathBuf;

use crate::course::{Chapter, Course, entries};
use crate::failure::Failure;

/// An exchange as its test expects it. Below a title come the messages, with CRLF and blank lines.
/// A line above each says when, from where and to where. What else happened is between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The messages and happenings, each with its line above, first to last.
    pub messages: Vec<String>,
}

/// How the line above a message begins, as in `--- +0.001 s`.
const ABOVE: &str = "--- +";

/// How the file of an exchange ends.
const SUFFIX: &str = ".snap.sip";

impl Exchange {
    /// The names of a chapter's exchanges, by their files.
    ///
    /// # Errors
    /// When the chapter has no snapshots.
    pub fn names(course: &Course, chapter: &Chapter) -> Result<Vec<String>, Failure> {
        let files = entries(&course.root.join(snapshots(chapter)))?;
        let names = files.iter().filter_map(|path| {
            let name = path.file_name()?.to_str()?.strip_suffix(SUFFIX)?;
            Some(name.rsplit("__").next().unwrap_or(name).to_owned())
        });
        Ok(names.collect())
    }

    /// Reads the expected exchange of a chapter.
    ///
    /// # Errors
    /// When the chapter has no exchange of that name, with those it has.
    pub fn read(course: &Course, chapter: &Chapter, name: &str) -> Result<Self, Failure> {
        let files = entries(&course.root.join(snapshots(chapter)))?;
        let is_it = |path: &&PathBuf| {
            let file = path
                .file_name()
                .and_then(|f| f.to_str())
                .unwrap_or_default();
            file.strip_suffix(SUFFIX)
                .is_some_and(|stem| stem == name || stem.ends_with(&format!("__{name}")))
        };
        let Some(path) = files.iter().find(is_it) else {
            let known = Self::names(course, chapter)?.join(", ");
            let package = chapter.package();
            return Err(Failure::new(format!(
                "{package} has no exchange {name}; it has {known}"
            )));
        };
        let text = std::fs::read_to_string(path).map_err(|e| Failure::file(path, e))?;
        Ok(Self::parse(&text))
    }

    /// Cuts an exchange into its messages, the title left out.
    pub fn parse(text: &str) -> Self {
        let mut messages: Vec<String> = Vec::new();
        for line in text.split_inclusive('\n') {
            match messages.last_mut() {
                _ if line.starts_with(ABOVE) => messages.push(line.to_owned()),
                Some(message) => message.push_str(line),
                None => {}
            }
        }
        Self { messages }
    }

    /// The messages of those numbers (`3`, `2-4`; all where none is given), for a page: line
    /// ends are the page's, with one blank line between two messages.
    ///
    /// # Errors
    /// When a word is not a number, or not the number of a message.
    pub fn pick(&self, numbers: &[&str]) -> Result<String, Failure> {
        let mut picked = Vec::new();
        if numbers.is_empty() {
            picked.extend(1..=self.messages.len());
        }
        for word in numbers {
            let (first, last) = word.split_once('-').unwrap_or((word, word));
            let number = |text: &str| -> Result<usize, Failure> {
                let found: Option<usize> = text.parse().ok();
                found
                    .filter(|n| (1..=self.messages.len()).contains(n))
                    .ok_or_else(|| {
                        let count = self.messages.len();
                        Failure::new(format!("no message {text}; there are {count}"))
                    })
            };
            picked.extend(number(first)?..=number(last)?);
        }
        let texts: Vec<_> = picked
            .iter()
            .map(|n| {
                self.messages[n - 1]
                    .replace("\r\n", "\n")
                    .trim_end()
                    .to_owned()
            })
            .collect();
        Ok(texts.join("\n\n") + "\n")
    }
}

fn snapshots(chapter: &Chapter) -> PathBuf {
    chapter.folder.join("tests/snapshots")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Title\n=====\n\n--- +1\nA\r\n\r\nbody\n--- +2\nB\r\n\r\n--- +3\nC\r\n\r\n";

    #[test]
    fn messages_are_picked_by_number_and_range() {
        let exchange = Exchange::parse(TEXT);
        assert!(TEXT.ends_with(&exchange.messages.concat()));
        let picked = exchange.pick(&["2-3", "1"]).unwrap();
        assert_eq!(picked, "--- +2\nB\n\n--- +3\nC\n\n--- +1\nA\n\nbody\n");
    }

    #[test]
    fn a_message_that_does_not_exist_is_named() {
        let failure = Exchange::parse(TEXT).pick(&["4"]).unwrap_err();
        assert_eq!(failure.to_string(), "no message 4; there are 3");
    }
}
