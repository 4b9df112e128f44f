//! A line in parts: known pieces have a kind, the text between them has none.

use serde::Serialize;

/// A piece of a line. The pieces of a line together are the whole line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Piece {
    pub(crate) text: String,
    /// `plain`, `branch`, `tag`, `nonce`, ...
    pub(crate) kind: &'static str,
    /// The party that made the value.
    pub(crate) maker: Option<usize>,
    /// The same for the same value anywhere.
    pub(crate) key: Option<String>,
}

/// A line whose pieces are being found.
pub(super) struct Marked<'a> {
    line: &'a str,
    /// Where each piece is, its kind, and whether its value is worth a key.
    found: Vec<(usize, usize, &'static str, bool)>,
}

impl<'a> Marked<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        Self {
            line,
            found: Vec::new(),
        }
    }

    /// Marks a part of the line. A text from elsewhere is not marked.
    pub(super) fn mark(&mut self, part: &str, kind: &'static str) {
        self.put(part, kind, false);
    }

    /// Marks a value that is looked for in other messages, too.
    pub(super) fn value(&mut self, part: &str, kind: &'static str) {
        self.put(part, kind, true);
    }

    fn put(&mut self, part: &str, kind: &'static str, is_value: bool) {
        let line = self.line.as_ptr() as usize;
        let start = (part.as_ptr() as usize).wrapping_sub(line);
        let is_inside = start + part.len() <= self.line.len() && start < self.line.len();
        if is_inside && !part.is_empty() && self.line.get(start..start + part.len()) == Some(part) {
            self.found.push((start, start + part.len(), kind, is_value));
        }
    }

    /// The pieces in order. `maker` names who made a value.
    pub(super) fn pieces(mut self, maker: impl Fn(&str) -> Option<usize>) -> Vec<Piece> {
        self.found.sort_by_key(|(start, end, ..)| (*start, *end));
        let mut pieces = Vec::new();
        let mut at = 0;
        for (start, end, kind, is_value) in self.found {
            if start < at {
                continue; // inside the one before
            }
            push_plain(&mut pieces, &self.line[at..start]);
            let text = &self.line[start..end];
            pieces.push(Piece {
                text: text.to_owned(),
                kind,
                maker: is_value.then(|| maker(text)).flatten(),
                key: is_value.then(|| format!("{kind}:{text}")),
            });
            at = end;
        }
        push_plain(&mut pieces, &self.line[at..]);
        pieces
    }
}

fn push_plain(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece {
            text: text.to_owned(),
            kind: "plain",
            maker: None,
            key: None,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_are_the_line_and_foreign_text_is_left_out() {
        let line = "Call-ID: abc@h";
        let mut marked = Marked::new(line);
        marked.value(&line[9..], "call-id");
        marked.mark(&line[..7], "name");
        marked.mark("abc@h from elsewhere", "tag");
        let pieces = marked.pieces(|value| (value == "abc@h").then_some(3));
        let texts: Vec<&str> = pieces.iter().map(|piece| &*piece.text).collect();
        assert_eq!(texts, ["Call-ID", ": ", "abc@h"]);
        assert_eq!(pieces[2].maker, Some(3));
        assert_eq!(pieces[2].key.as_deref(), Some("call-id:abc@h"));
    }
}
