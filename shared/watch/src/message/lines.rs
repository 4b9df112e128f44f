//! A message as lines, each with what it is for and its parts.

use serde::Serialize;
use sip_message::full_name;
use sip_stage::purpose;

use super::marked::{Marked, Piece};
use super::values;

/// A line of a message, with the lines that continue it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// The header field's name; `None` for the first line and in a body.
    pub(crate) name: Option<String>,
    /// `start`, `header` or `body`, or a name in lower case: `via`, `from`.
    pub(crate) part: String,
    /// What it is for.
    pub(crate) help: Option<&'static str>,
    pub(crate) segments: Vec<Piece>,
}

/// The lines of the head, and those of the body. `maker` names who made a value.
pub(crate) fn lines(bytes: &[u8], maker: impl Fn(&str) -> Option<usize>) -> (Vec<Line>, Vec<Line>) {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = Vec::new();
    for line in unfolded(head) {
        let is_first = lines.is_empty();
        lines.push(if is_first {
            first(line, &maker)
        } else {
            header(line, &maker)
        });
    }
    let plain = |line: &str| Line {
        name: None,
        part: "body".to_owned(),
        help: None,
        segments: Marked::new(line).pieces(|_| None),
    };
    let body = body.lines().map(plain).collect();
    (lines, body)
}

/// The lines of a head, each with those that continue it.
fn unfolded(head: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = Vec::new();
    let mut start = 0;
    for (at, _) in head.match_indices("\r\n") {
        if head[at + 2..].starts_with([' ', '\t']) {
            continue;
        }
        lines.push(&head[start..at]);
        start = at + 2;
    }
    lines.push(&head[start..]);
    lines
}

fn first(line: &str, maker: impl Fn(&str) -> Option<usize>) -> Line {
    let mut marked = Marked::new(line);
    values::mark_first(&mut marked, line);
    Line {
        name: None,
        part: "start".to_owned(),
        help: None,
        segments: marked.pieces(maker),
    }
}

fn header(line: &str, maker: impl Fn(&str) -> Option<usize>) -> Line {
    let mut marked = Marked::new(line);
    let (name, value) = line.split_once(':').unwrap_or((line, ""));
    marked.mark(name, "name");
    values::mark(&mut marked, name.trim(), value.trim());
    let full = String::from_utf8_lossy(full_name(name.trim().as_bytes())).into_owned();
    Line {
        part: full.to_ascii_lowercase(),
        help: purpose(&full),
        name: Some(full),
        segments: marked.pieces(maker),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITE: &[u8] = b"INVITE sip:11@192.168.1.15 SIP/2.0\r\n\
        v: SIP/2.0/UDP 192.168.1.10:5060;rport;branch=z9hG4bK7\r\n\
        From: \"Ten\" <sip:10@192.168.1.15>;tag=a1\r\n\
        Subject: <script>alert(1)</script>,\r\n two lines\r\n\
        Proxy-Authorization: Digest username=\"10\", realm=\"r\", nonce=\"n1\", cnonce=\"n2\"\r\n\
        \r\nv=0\r\no=-\r\n";

    #[test]
    fn the_parts_of_a_line_are_the_line_and_those_known_have_a_kind() {
        let (lines, body) = lines(INVITE, |value| (value == "a1").then_some(2));
        let text = |line: &Line| {
            line.segments
                .iter()
                .map(|it| it.text.as_str())
                .collect::<String>()
        };
        let head: Vec<String> = lines.iter().map(text).collect();
        let whole = format!("{}\r\n\r\n", head.join("\r\n"));
        assert!(INVITE.starts_with(whole.as_bytes()), "{whole}");
        assert_eq!(body.len(), 2);

        let kinds = |line: &Line| -> Vec<(&'static str, String)> {
            let known = line.segments.iter().filter(|it| it.kind != "plain");
            known.map(|it| (it.kind, it.text.clone())).collect()
        };
        let has = |index: usize, kind, text: &str| {
            let kinds = kinds(&lines[index]);
            assert!(kinds.contains(&(kind, text.to_owned())), "{kinds:?}");
        };
        has(0, "method", "INVITE");
        has(0, "uri", "sip:11@192.168.1.15");
        has(1, "name", "v");
        has(1, "transport", "UDP");
        has(1, "host", "192.168.1.10:5060");
        has(1, "branch", "z9hG4bK7");
        has(2, "user", "10");
        has(2, "tag", "a1");
        has(4, "nonce", "n1");
        has(4, "cnonce", "n2");
        assert_eq!(lines[1].name.as_deref(), Some("Via"));
        assert!(lines[1].help.is_some());
        let tag = lines[2]
            .segments
            .iter()
            .find(|it| it.kind == "tag")
            .unwrap();
        assert_eq!(tag.maker, Some(2));
    }

    #[test]
    fn something_that_is_not_sip_is_lines_without_parts() {
        let (lines, _) = lines(b"\xff\xfe\r\n\r\n", |_| None);
        assert_eq!(lines.len(), 1);
        assert!(super::lines(b"", |_| None).0[0].segments.is_empty());
    }
}
