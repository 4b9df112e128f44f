//! Line ends that stand in a line as letters: `\r\n` or `\n` as programs write them, whole JSON,
//! `#015#012` as rsyslog does.

use serde_json::Value;

use super::anchors;
use super::characters::characters;

/// How a text writes what ends a line.
pub(super) struct Letters {
    /// `\n`, perhaps behind `\r`.
    backslashes: bool,
    /// `#012`, perhaps behind `#015`.
    octal: bool,
    /// `\"` for a quote: those without a backslash are of the program around it.
    quotes: bool,
}

impl Letters {
    pub(super) fn of(text: &str) -> Self {
        // `\n` may be the n of a quoted string; before a header field it is none.
        let ends = |mark: &str| {
            let mut behind = text.match_indices(mark).map(|(at, _)| at + mark.len());
            behind.any(|at| anchors::begins(&text[at..]))
        };
        Self {
            backslashes: text.contains("\\r\\n") || ends("\\n"),
            octal: text.contains("#015#012") || ends("#012"),
            quotes: text.contains("=\\\""),
        }
    }

    /// The lines that one line holds.
    pub(super) fn lines(&self, line: &str) -> Vec<String> {
        if let Some(lines) = json(line, DEEPEST) {
            return lines;
        }
        match (self.backslashes, self.octal, self.quotes) {
            (true, _, true) => of_program(line),
            (true, ..) => {
                // Each line of a program's text may stand in quotes of its own.
                let line = line.trim_end_matches(['"', '+', ',', ';', '\\', ' ']);
                let line = line.strip_suffix("\\n").unwrap_or(line);
                let line = line.replace("\\r", "");
                let bare = |part: &str| part.trim_start().trim_start_matches('"').to_owned();
                line.split("\\n").map(bare).collect()
            }
            (_, true, _) => {
                let line = line.replace("#015", "").replace("#011", " ");
                let line = line.strip_suffix("#012").unwrap_or(&line);
                line.split("#012").map(str::to_owned).collect()
            }
            (.., true) => vec![line.replace("\\\"", "\"")],
            _ => vec![line.to_owned()],
        }
    }
}

/// Logs in logs are read this deep: a container's, of a program that writes JSON.
const DEEPEST: usize = 3;

/// The lines of the strings in a line of JSON; `None` where no string has a line end.
fn json(line: &str, depth: usize) -> Option<Vec<String>> {
    let at = line.find('{').filter(|_| depth > 0)?;
    // Something may stand before it, and behind.
    let mut values = serde_json::Deserializer::from_str(&line[at..]).into_iter::<Value>();
    let mut lines = Vec::new();
    strings(&values.next()?.ok()?, &mut |text| {
        if let Some(inner) = json(text, depth - 1) {
            return lines.extend(inner);
        }
        if !text.contains('\n') {
            return;
        }
        let text = characters(text);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        lines.extend(
            text.split('\n')
                .map(|line| line.trim_end_matches('\r').to_owned()),
        );
        if text.contains('\n') {
            // What comes next is no part of this message.
            lines.push(String::new());
        }
    });
    (!lines.is_empty()).then_some(lines)
}

fn strings(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => found(text),
        Value::Array(values) => values.iter().for_each(|value| strings(value, found)),
        Value::Object(members) => members.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

/// The lines in the strings of a program's line, or of JSON of which a part is missing.
fn of_program(line: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut part = String::new();
    // What stands between two strings is no line, and neither is its absence.
    let is_text = |part: &str| part.contains(char::is_alphanumeric);
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match (c, rest.as_str().chars().next()) {
            ('"', _) => {
                let part = std::mem::take(&mut part);
                lines.extend(Some(part).filter(|part| is_text(part)));
                continue;
            }
            ('\\', Some('n')) => lines.push(std::mem::take(&mut part)),
            ('\\', Some('r')) => {}
            ('\\', Some('t')) => part.push(' '),
            ('\\', Some(itself @ ('"' | '\'' | '\\' | '/'))) => part.push(itself),
            _ => {
                part.push(c);
                continue;
            }
        }
        rest.next();
    }
    lines.extend(Some(part).filter(|part| is_text(part)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        let letters = Letters::of(text);
        text.lines().flat_map(|line| letters.lines(line)).collect()
    }

    #[test]
    fn letters_that_stand_for_a_line_end_are_one() {
        for text in [
            "To: <sip:10@h>\\r\\nCSeq: 1 INVITE\\r\\n",
            "To: <sip:10@h>\\nCSeq: 1 INVITE\\n",
            "To: <sip:10@h>\\nCSeq: 1 INVITE",
            "To: <sip:10@h>#015#012CSeq: 1 INVITE#015#012",
            "To: <sip:10@h>#012CSeq: 1 INVITE",
            "{\"t\":\"1\",\"log\":\"To: <sip:10@h>\\n\"}\n{\"log\":\"CSeq: 1 INVITE\\n\"}",
        ] {
            assert_eq!(lines(text), ["To: <sip:10@h>", "CSeq: 1 INVITE"], "{text}");
        }
    }

    #[test]
    fn letters_inside_a_value_are_none() {
        for text in [
            "Authorization: Digest username=\"a\\nb\", realm=\"#012\"",
            "Authorization: Digest username=\"DOMAIN\\name: x\"",
        ] {
            assert_eq!(lines(text), [text]);
        }
    }

    #[test]
    fn escapes_of_json_are_read_and_a_log_may_stand_in_a_log() {
        let text = r#"{"level":"info","msg":"To: \u003csip:10@h\u003e\r\nA: \"a\\\\b\"\r\n\r\n"}"#;
        let wanted = ["To: <sip:10@h>", r#"A: "a\\b""#, "", ""];
        assert_eq!(lines(text), wanted);
        let outer = serde_json::json!({ "log": format!("{text}\n"), "stream": "stdout" });
        assert_eq!(lines(&format!("app_1 | {outer}")), wanted);
    }

    #[test]
    fn a_part_of_json_is_read_as_a_programs_text() {
        let text = r#"time":"1","msg":"To: <sip:10@h>\nVia: Digest b=\"c\"\n\nBYE sip:\/\/x\n"}"#;
        let wanted = [
            "time",
            "1",
            "msg",
            "To: <sip:10@h>",
            "Via: Digest b=\"c\"",
            "",
            "BYE sip://x",
        ];
        assert_eq!(lines(text), wanted);
    }
}
