//! The blocks of a Markdown page: those this crate owns, and the others.

use crate::failure::Failure;

/// Rewrites every block of the page that is below a marker. `generate` takes the text of a marker
/// and returns the new block.
///
/// # Errors
/// What `generate` could not do, with the line of the marker.
pub fn rewrite(
    page: &str,
    mut generate: impl FnMut(&str) -> Result<String, Failure>,
) -> Result<String, Failure> {
    let mut out = String::with_capacity(page.len());
    let mut lines = Lines::new(page);
    while let Some((line, place)) = lines.next_line() {
        out.push_str(line);
        let Place::Text(number) = place else { continue };
        if let Some(spec) = marker(line) {
            let block = generate(spec).map_err(|p| p.at(format!("line {number}")))?;
            lines.skip_owned();
            out.push_str(&block);
        }
    }
    Ok(out)
}

/// The languages of the fenced blocks no marker owns, each with its line.
pub fn fenced_languages(page: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut lines = Lines::new(page);
    while let Some((line, place)) = lines.next_line() {
        match place {
            Place::Text(_) if marker(line).is_some() => lines.skip_owned(),
            Place::Opens(number) => found.push((number, line.trim().trim_matches('`'))),
            _ => {}
        }
    }
    found
}

/// The text of a marker line, `<!-- x: TEXT -->`.
pub(crate) fn marker(line: &str) -> Option<&str> {
    let inner = line.trim_end().strip_prefix("<!-- x:")?;
    Some(inner.strip_suffix("-->")?.trim())
}

/// The elements of HTML that hold a block: how each begins, and the line it ends with. Markdown
/// between empty lines inside them is read as such.
const ELEMENTS: [(&str, &str); 2] = [
    ("<details>", "</details>"),
    ("<div class=\"tasks\">", "</div>"),
];

/// A block of Markdown that a reader opens, below a line that is always visible.
pub(crate) fn folded(summary: &str, block: &str) -> String {
    let ((open, end), block) = (ELEMENTS[0], block.trim_end());
    format!("{open}\n<summary>{summary}</summary>\n\n{block}\n\n{end}\n")
}

/// A block of Markdown that holds the tasks of a chapter.
pub(crate) fn tasks(block: &str) -> String {
    let ((open, end), block) = (ELEMENTS[1], block.trim_end());
    format!("{open}\n\n{block}\n\n{end}\n")
}

/// What a line is part of. Line numbers count from 1.
pub(crate) enum Place {
    Text(usize),
    Opens(usize),
    Inside(usize),
    Closes,
}

/// The lines of a page, with their line ends, knowing fenced blocks from text.
pub(crate) struct Lines<'a> {
    rest: &'a str,
    number: usize,
    fence: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(page: &'a str) -> Self {
        Self {
            rest: page,
            number: 0,
            fence: 0,
        }
    }

    pub(crate) fn next_line(&mut self) -> Option<(&'a str, Place)> {
        let end = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
        if end == 0 {
            return None;
        }
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.number += 1;
        let ticks = line.len() - line.trim_start_matches('`').len();
        let place = match self.fence {
            0 if ticks >= 3 => {
                self.fence = ticks;
                Place::Opens(self.number)
            }
            0 => Place::Text(self.number),
            open if ticks >= open && line.trim().len() == ticks => {
                self.fence = 0;
                Place::Closes
            }
            _ => Place::Inside(self.number),
        };
        Some((line, place))
    }

    /// Passes the block below a marker: a fenced block, a line that is a picture, tables, or an element.
    pub(crate) fn skip_owned(&mut self) {
        let element = ELEMENTS
            .iter()
            .find(|(open, _)| self.rest.starts_with(open));
        if let Some((_, end)) = element {
            while let Some((line, place)) = self.next_line() {
                if matches!(place, Place::Text(_)) && line.trim_end() == *end {
                    break;
                }
            }
        } else if self.rest.starts_with("![") {
            self.next_line();
        } else if self.rest.starts_with('|') {
            while self.rest.starts_with('|') || self.rest.starts_with("\n|") {
                self.next_line();
            }
        } else if self.rest.starts_with("```") {
            while let Some((_, place)) = self.next_line() {
                if matches!(place, Place::Closes) {
                    break;
                }
            }
        }
    }
}

/// A fenced block of that language, its fence longer than any inside it.
pub(crate) fn fence(language: &str, text: &str) -> String {
    let longest = text
        .lines()
        .map(|line| line.len() - line.trim_start_matches('`').len())
        .max()
        .unwrap_or(0);
    let ticks = "`".repeat(longest.max(2) + 1);
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{ticks}{language}\n{text}{end}{ticks}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# T\n\n<!-- x: code a.rs -->\n```rust\nold\n```\n\nText.\n\n<!-- x: picture 01 call -->\n![old](old.svg)\nAfter.\n";

    #[test]
    fn a_block_below_a_marker_is_replaced_and_the_rest_stays() {
        let page = rewrite(PAGE, |spec| Ok(format!("[{spec}]\n"))).unwrap();
        assert_eq!(
            page,
            "# T\n\n<!-- x: code a.rs -->\n[code a.rs]\n\nText.\n\n<!-- x: picture 01 call -->\n[picture 01 call]\nAfter.\n"
        );
    }

    #[test]
    fn a_marker_without_a_block_receives_one() {
        let page = rewrite("<!-- x: code a.rs -->\n\nText.\n", |_| {
            Ok("new\n".to_owned())
        });
        assert_eq!(page.unwrap(), "<!-- x: code a.rs -->\nnew\n\nText.\n");
    }

    #[test]
    fn an_element_is_replaced_to_its_end_with_the_blocks_inside() {
        let block = folded("Open", &fence("text", "</details>\n"));
        let page = format!("<!-- x: folded code a.rs -->\n{block}\nAfter.\n");
        let renewed = rewrite(&page, |_| Ok("new\n".to_owned())).unwrap();
        assert_eq!(renewed, "<!-- x: folded code a.rs -->\nnew\n\nAfter.\n");
        assert_eq!(fenced_languages(&page), []);
    }

    #[test]
    fn tables_below_a_marker_are_replaced_too() {
        let page = "<!-- x: rfcs -->\n| a |\n|---|\n\n| b |\n|---|\n\nText.\n";
        let page = rewrite(page, |_| Ok("| c |\n".to_owned()));
        assert_eq!(page.unwrap(), "<!-- x: rfcs -->\n| c |\n\nText.\n");
    }

    #[test]
    fn a_marker_inside_a_fenced_block_is_only_text() {
        let page = "```text\n<!-- x: code a.rs -->\n```\n";
        let same = rewrite(page, |_| panic!("asked for a block"));
        assert_eq!(same.unwrap(), page);
    }

    #[test]
    fn a_fence_is_longer_than_those_inside() {
        assert_eq!(
            fence("text", "```\na\n```"),
            "````text\n```\na\n```\n````\n"
        );
    }

    #[test]
    fn blocks_that_nobody_owns_are_found() {
        let page = format!("{PAGE}\n```rust\nmine\n```\n");
        assert_eq!(fenced_languages(&page), [(14, "rust")]);
    }
}
