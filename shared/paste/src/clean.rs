//! What is taken off the lines of a paste, and in which order. Each line is judged alone or by the
//! lines next to it, never by the whole text.

use crate::characters::characters;
use crate::line::Line;
use crate::{ends, html, letters, mail, numbers, prefix};

/// The lines without line numbers, quote marks, colours and the prefixes of logs.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut mail = mail::Lines::default();
    // A text that was cut off after an equals sign does not go on.
    let end = text.ends_with('=').then_some("");
    for (index, line) in text.split('\n').chain(end).enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let Some((number, line)) = mail.next(index + 1, line) else {
            continue;
        };
        let line = characters(&line);
        for line in html::lines(&line) {
            let held = letters::lines(&line).into_iter();
            lines.extend(held.map(|text| Line {
                number,
                text: characters(&text),
            }));
        }
    }
    ends::without(&mut lines);
    for line in &mut lines {
        without_marks(line);
        without_doubled_quotes(line);
    }
    numbers::without(&mut lines);
    prefix::without(&mut lines);
    join_cut_names(&mut lines);
    lines
}

/// Marks that mails and tables put before a line.
const MARKS: [char; 4] = ['>', '|', '»', '#'];

/// Frames that terminals draw around a column.
const FRAMES: [char; 4] = ['│', '┃', '║', '¦'];

/// Takes off `> `, `| ` and the like, and all columns of a frame but the last, which holds the
/// message.
fn without_marks(line: &mut Line) {
    if line.text.contains(FRAMES) {
        let mut columns = line.text.split(FRAMES);
        let last = columns.rfind(|column| !column.trim().is_empty());
        line.text = last.unwrap_or_default().trim_end().to_owned();
    }
    let text = line.text.trim_start();
    if text.starts_with(MARKS) {
        let rest = text.trim_start_matches(MARKS).trim_start_matches(' ');
        let rest = rest.trim_start_matches(|c| c == ' ' || MARKS.contains(&c));
        line.text = rest.trim_end_matches(['|', ' ']).to_owned();
    }
}

/// Turns `""10""`, as CSV writes quotes, into `"10"`. A lone `opaque=""` is an empty value.
fn without_doubled_quotes(line: &mut Line) {
    let mut doubled = line
        .text
        .match_indices("=\"\"")
        .map(|(at, mark)| at + mark.len());
    let is_doubled = doubled.any(|at| {
        let next = line.text[at..].chars().next();
        next.is_some_and(|c| c == '"' || c.is_alphanumeric())
    });
    if is_doubled {
        line.text = line.text.replace("\"\"", "\"");
    }
}

/// Joins a name that was cut at its hyphen: `Proxy-` at the end of a line, `Authorization:` on the
/// next one.
fn join_cut_names(lines: &mut [Line]) {
    for index in (1..lines.len()).rev() {
        let start = lines[index - 1].text.trim_end();
        let rest = lines[index].text.trim_start();
        let is_cut = ["Proxy-", "WWW-"].iter().any(|cut| start.ends_with(cut))
            && ["auth", "Auth"].iter().any(|name| rest.starts_with(name));
        if is_cut {
            lines[index - 1].text = format!("{start}{rest}");
            lines[index].text = String::from("-");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> Vec<String> {
        lines(text).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn doubled_quotes_of_a_table_go_and_an_empty_value_stays() {
        let cell = "Authorization: Digest username=\"\"10\"\", opaque=\"\"\"\"";
        assert_eq!(
            cleaned(cell),
            ["Authorization: Digest username=\"10\", opaque=\"\""]
        );
        let empty = "Authorization: Digest opaque=\"\", username=\"10\"";
        assert_eq!(cleaned(empty), [empty]);
    }

    #[test]
    fn the_last_column_in_a_frame_holds_the_message() {
        let screen = "10:00 │ ──REGISTER──> │ │REGISTER sip:h SIP/2.0  │";
        assert_eq!(cleaned(screen), ["REGISTER sip:h SIP/2.0"]);
    }

    #[test]
    fn a_name_that_was_cut_at_its_hyphen_is_joined() {
        let cut = "Proxy-\nAuthorization: Digest a=\"b\"";
        assert_eq!(cleaned(cut)[0], "Proxy-Authorization: Digest a=\"b\"");
    }
}
