//! Which letters mean a line end: `\r\n` or `\n` as programs write them, whole JSON, `#015#012` as
//! rsyslog writes them. Each line is judged alone: a message may be pasted beside the configuration
//! `append_hf("P-hint: x\r\n");`, which is not a message.

use crate::anchors;
use crate::fields::is_param_name;
use crate::json;

/// How programs write a carriage return and a line feed.
const CODES: [[&str; 2]; 6] = [
    ["#015", "#012"],
    ["\\015", "\\012"],
    ["\\x0d", "\\x0a"],
    ["\\x0D", "\\x0A"],
    ["<CR>", "<LF>"],
    ["␍", "␊"],
];

/// The lines inside one line.
pub(crate) fn lines(line: &str) -> Vec<String> {
    if let Some(lines) = json::lines(line) {
        return lines;
    }
    let has_escaped_quotes = has_escaped_quotes(line);
    if has_backslashes(line) {
        return if has_escaped_quotes {
            of_program(line)
        } else {
            of_quoted_lines(line)
        };
    }
    if has_escaped_quotes {
        return vec![unescaped(line)];
    }
    for [cr, lf] in CODES {
        // Most lines lack one of its bytes, and that is quicker to see.
        if !lf.bytes().all(|byte| line.as_bytes().contains(&byte)) {
            continue;
        }
        let is_end = |at: usize| line[..at].ends_with(cr);
        if line.match_indices(lf).any(|(at, _)| is_end(at)) || is_before_header(line, lf) {
            let line = line.replace(cr, "").replace("#011", " ");
            let line = line.strip_suffix(lf).unwrap_or(&line);
            return line.split(lf).map(str::to_owned).collect();
        }
    }
    // ngrep without -W byline prints a dot for each of the two.
    if is_before_header(line, "..") {
        return line.split("..").map(str::to_owned).collect();
    }
    vec![line.to_owned()]
}

/// Whether a header field's name follows this mark. Inside a value the mark may be anything, such
/// as in the user `DOMAIN\name`.
fn is_before_header(line: &str, mark: &str) -> bool {
    let mut behind = line.match_indices(mark).map(|(at, _)| at + mark.len());
    behind.any(|at| anchors::begins(&line[at..]))
}

/// Whether `\n` ends lines here.
fn has_backslashes(line: &str) -> bool {
    if !line.contains('\\') {
        return false;
    }
    let is_string = line.trim_start().starts_with(['"', '\'']) || line.starts_with("b'");
    let ends = |line: &str| {
        line.trim_end_matches(['"', '\'', '+', ',', ';', ' ', '\\'])
            .ends_with("\\n")
    };
    line.contains("\\r\\n")
        || is_before_header(line, "\\n")
        || line.ends_with("\\n") && !line.ends_with("\\\\n")
        || is_string && ends(line)
}

/// Whether the quotes of a digest's parameters are escaped, as in a program's string.
fn has_escaped_quotes(line: &str) -> bool {
    let mut quotes = line.match_indices("=\\\"").map(|(at, _)| at);
    quotes.any(|at| is_param_name(&line[..at]))
}

/// The lines of a program's text, each of which may be in quotes.
fn of_quoted_lines(line: &str) -> Vec<String> {
    let line = line.trim_end_matches(['"', '\'', '+', ',', ';', '\\', ' ']);
    let line = line.strip_suffix("\\n").unwrap_or(line);
    let line = line.replace("\\r", "");
    let bare = |part: &str| part.trim_start().trim_start_matches('"').to_owned();
    line.split("\\n").map(bare).collect()
}

/// The text with `\"` and `\\` read.
fn unescaped(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => out.push(rest.next_if(|c| "\"\\".contains(*c)).unwrap_or(c)),
            _ => out.push(c),
        }
    }
    out
}

/// The lines in the strings of a program's line, or of JSON with a part missing.
fn of_program(line: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut part = String::new();
    // What separates two strings is not a line, and neither is an empty string.
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

    fn all(text: &str) -> Vec<String> {
        text.lines().flat_map(lines).collect()
    }

    #[test]
    fn letters_that_mean_a_line_end_are_one() {
        for text in [
            "To: <sip:10@h>\\r\\nCSeq: 1 INVITE\\r\\n",
            "To: <sip:10@h>\\nCSeq: 1 INVITE\\n",
            "To: <sip:10@h>\\nCSeq: 1 INVITE",
            "\"To: <sip:10@h>\\n\" +\n\"CSeq: 1 INVITE\\n\";",
            "To: <sip:10@h>#015#012CSeq: 1 INVITE#015#012",
            "To: <sip:10@h>#012CSeq: 1 INVITE",
            "To: <sip:10@h>\\x0d\\x0aCSeq: 1 INVITE\\x0d\\x0a",
            "To: <sip:10@h><CR><LF>CSeq: 1 INVITE<CR><LF>",
            "{\"t\":\"1\",\"log\":\"To: <sip:10@h>\\n\"}\n{\"log\":\"CSeq: 1 INVITE\\n\"}",
        ] {
            assert_eq!(all(text), ["To: <sip:10@h>", "CSeq: 1 INVITE"], "{text}");
        }
    }

    #[test]
    fn a_body_alone_has_lines_too() {
        assert_eq!(all("v=0\\r\\no=- 1"), ["v=0", "o=- 1"]);
    }

    #[test]
    fn letters_inside_a_value_are_not() {
        for text in [
            "Authorization: Digest username=\"a\\nb\", realm=\"#012\"",
            "Authorization: Digest username=\"DOMAIN\\name: x\"",
            "Authorization: Digest username=\"DOMAIN\\\\n\"",
            "Authorization: Digest username=\"a\\n\"",
            "Authorization: Digest realm=\"a=\\\"b\\\"\"",
        ] {
            assert_eq!(all(text), [text]);
        }
    }

    #[test]
    fn a_line_of_configuration_does_not_change_the_lines_around_it() {
        let header = "Authorization: Digest realm=\"a\\\"b\", nonce=\"n\\n\"";
        let text = format!("append_hf(\"P-hint: x\\r\\n\");\n{header}");
        assert_eq!(all(&text).last().map(String::as_str), Some(header));
    }

    #[test]
    fn a_part_of_json_is_read_as_a_programs_text() {
        let text =
            r#"time":"1","msg":"To: <sip:10@h>\nVia: Digest realm=\"c\"\n\nBYE sip:\/\/x\n"}"#;
        let wanted = [
            "time",
            "1",
            "msg",
            "To: <sip:10@h>",
            "Via: Digest realm=\"c\"",
            "",
            "BYE sip://x",
        ];
        assert_eq!(all(text), wanted);
    }
}
