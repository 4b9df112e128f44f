//! An exchange as a chapter's test keeps it: read from its file, and cut into messages.

use std::path::PathBuf;

use crate::course::{Chapter, Course, entries};
use crate::failure::Failure;

/// An exchange as its test expects it. Below a title come the messages, with CRLF and blank lines.
/// A line above each says when, from where and to where. What else happened is between them. A
/// message's number is its place among the messages alone, as in a ladder and in the demonstration.
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

    /// Each message and happening with its number: the message's own, or that of the last message
    /// before.
    fn numbered(&self) -> impl Iterator<Item = (usize, &str)> {
        self.messages.iter().scan(0, |count, text| {
            *count += usize::from(is_message(text));
            Some((*count, text.as_str()))
        })
    }

    /// What the entry of that index is called: `message 3`, or what happened after it.
    pub fn name_of(&self, index: usize) -> String {
        match self.numbered().nth(index) {
            Some((number, text)) if is_message(text) => format!("message {number}"),
            Some((number, _)) => format!("what happened after message {number}"),
            None => "the end".to_owned(),
        }
    }

    /// The messages of those numbers, for a page: line ends are the page's, with one blank line
    /// between two messages, and each with its number. `3` is a message, `2-4` are messages and
    /// what happened between them, `4+` is what happened right after message 4. Without numbers it
    /// is all.
    ///
    /// # Errors
    /// When a word is not one of these, or not the number of a message.
    pub fn pick(&self, numbers: &[&str]) -> Result<String, Failure> {
        let all: Vec<(usize, &str)> = self.numbered().collect();
        let mut picked = Vec::new();
        if numbers.is_empty() {
            picked.extend(all.clone());
        }
        for word in numbers {
            if let Some(number) = word.strip_suffix('+') {
                let number = self.number(number)?;
                let after = |(n, text): &(usize, &str)| *n == number && !is_message(text);
                picked.extend(all.iter().copied().filter(after));
                continue;
            }
            let (first, last) = word.split_once('-').unwrap_or((word, word));
            let (first, last) = (self.number(first)?, self.number(last)?);
            let inside = |(n, text): &(usize, &str)| {
                // What happened after the last message is not asked for.
                (first..last).contains(n) || (*n == last && is_message(text))
            };
            picked.extend(all.iter().copied().filter(inside));
        }
        let texts: Vec<_> = picked
            .into_iter()
            .map(|(number, text)| for_a_page(number, text))
            .collect();
        Ok(texts.join("\n\n") + "\n")
    }

    fn number(&self, text: &str) -> Result<usize, Failure> {
        let count = self.messages.iter().filter(|it| is_message(it)).count();
        let number = text.parse().ok();
        number
            .filter(|number| (1..=count).contains(number))
            .ok_or_else(|| Failure::new(format!("no message {text}; there are {count}")))
    }
}

/// Whether it is a message: the line above says from where to where it went.
fn is_message(entry: &str) -> bool {
    let above = entry.lines().next().unwrap_or_default();
    above.contains(" -> ")
}

fn for_a_page(number: usize, entry: &str) -> String {
    let text = entry.replace("\r\n", "\n").trim_end().to_owned();
    if is_message(entry) {
        text.replacen("--- ", &format!("--- {number}  "), 1)
    } else {
        text
    }
}

fn snapshots(chapter: &Chapter) -> PathBuf {
    chapter.folder.join("tests/snapshots")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Title\n=====\n\n--- +1 a -> b\nA\r\n\r\nbody\n--- +2 b -> a\nB\r\n\r\n\
                        --- +3 A look\nrow\n\n--- +4 a -> b\nC\r\n\r\n";

    #[test]
    fn messages_are_picked_by_number_and_range() {
        let exchange = Exchange::parse(TEXT);
        assert!(TEXT.ends_with(&exchange.messages.concat()));
        let picked = |numbers: &[&str]| exchange.pick(numbers).unwrap();
        let second = "--- 2  +2 b -> a\nB\n";
        let look = "--- +3 A look\nrow\n";
        let third = "--- 3  +4 a -> b\nC\n";
        let expected = format!("{second}\n{look}\n{third}\n--- 1  +1 a -> b\nA\n\nbody\n");
        assert_eq!(picked(&["2-3", "1"]), expected);
        assert_eq!(picked(&["2"]), second);
        assert_eq!(picked(&["2", "2+"]), format!("{second}\n{look}"));
        assert_eq!(exchange.name_of(1), "message 2");
        assert_eq!(exchange.name_of(2), "what happened after message 2");
        assert_eq!(exchange.name_of(3), "message 3");
    }

    #[test]
    fn a_message_that_does_not_exist_is_named() {
        let failure = Exchange::parse(TEXT).pick(&["4"]).unwrap_err();
        assert_eq!(failure.to_string(), "no message 4; there are 3");
    }
}
