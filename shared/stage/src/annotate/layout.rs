//! How notes are set below the lines of a message.

use anstyle::Style;

/// Below the line that it is about.
const NOTE: Style = Style::new().italic();

/// The width of a note, in characters: a terminal's, without the indent.
const WIDTH: usize = 90;

/// The text of an annotated message.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    pub(super) fn text(self) -> String {
        self.0
    }

    /// A line of the message, or several.
    pub(super) fn line(&mut self, style: Style, text: &str) {
        for text in text.split('\n') {
            let line = match text {
                "" => "\n".to_owned(),
                text => format!("    {style}{text}{style:#}\n"),
            };
            self.0.push_str(&line);
        }
    }

    /// Notes about the line above.
    pub(super) fn notes(&mut self, notes: Vec<String>) {
        for note in notes {
            for (index, line) in wrapped(&note).into_iter().enumerate() {
                let sign = if index == 0 { "·" } else { " " };
                self.0 += &format!("      {sign} {NOTE}{line}{NOTE:#}\n");
            }
        }
    }
}

/// Cuts between words. A word that is longer than a line stays whole.
fn wrapped(note: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in note.split('\n') {
        let words = part.trim_start();
        let indent = &part[..part.len() - words.len()];
        let mut line = indent.to_owned();
        for word in words.split(' ') {
            let is_begun = line.len() > indent.len();
            if is_begun && line.chars().count() + 1 + word.chars().count() > WIDTH {
                lines.push(std::mem::replace(&mut line, indent.to_owned()));
            } else if is_begun {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_cut_between_words_and_hashes_stay_whole() {
        let hash = "f".repeat(120);
        let note = format!("{} {hash} end\n  = x", "word ".repeat(30).trim_end());
        let lines = wrapped(&note);
        assert!(lines.contains(&hash), "{lines:?}");
        assert_eq!(lines.last().map(String::as_str), Some("  = x"));
        let short = lines.iter().filter(|line| **line != hash);
        assert!(short.into_iter().all(|line| line.chars().count() <= WIDTH));
        let joined = lines.join(" ");
        assert_eq!(
            joined.split_whitespace().count(),
            note.split_whitespace().count()
        );
    }
}
