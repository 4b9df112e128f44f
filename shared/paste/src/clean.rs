//! What surrounds the lines of a message that was copied from somewhere. Nothing here is decided
//! for the whole text: a line is judged by itself, or by the lines next to it.

use super::characters::characters;
use super::line::Line;
use super::{ends, html, letters, mail, prefix};

/// The lines without line numbers, quote marks, colours and prefixes of logs.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut mail = mail::Lines::default();
    // A text that was cut off behind an equals sign does not go on.
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
    without_numbers(&mut lines);
    prefix::without(&mut lines);
    join_cut_names(&mut lines);
    lines
}

/// Marks that mail and tables put before a line.
const MARKS: [char; 4] = ['>', '|', '»', '#'];

/// Frames that terminals draw around a column.
const FRAMES: [char; 4] = ['│', '┃', '║', '¦'];

/// `> `, `| ` and the like, and columns in frames, of which the last one holds the message.
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

/// `""10""`, as a table of comma-separated values writes a quote. `opaque=""` alone is empty.
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

/// Fewer lines that count up may be a list, or a chance.
const FEWEST_NUMBERED: usize = 3;

/// A numbered line may be wrapped into this many more.
const MOST_WRAPPED: usize = 3;

/// Line numbers that count up.
fn without_numbers(lines: &mut [Line]) {
    let mut run: Vec<(usize, u64, usize)> = Vec::new();
    for index in 0..=lines.len() {
        let line = lines.get(index);
        let numbered = line.and_then(|line| number(&line.text));
        if let (Some((value, start)), Some((_, before, _))) = (numbered, run.last())
            && value == before + 1
        {
            run.push((index, value, start));
            continue;
        }
        let last = run.last().map_or(0, |(at, ..)| *at);
        let goes_on = numbered.is_none() && line.is_some() && index - last <= MOST_WRAPPED;
        if !run.is_empty() && goes_on {
            continue;
        }
        if run.len() >= FEWEST_NUMBERED {
            for (at, _, start) in &run {
                let rest = lines[*at].text[*start..].trim_start_matches([':', '.', ')', '|']);
                lines[*at].text = rest.to_owned();
            }
        }
        run.clear();
        run.extend(numbered.map(|(value, start)| (index, value, start)));
    }
}

/// The number that a line begins with, and where what follows it begins.
fn number(line: &str) -> Option<(u64, usize)> {
    let text = line.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let value = text[..digits].parse().ok()?;
    let rest = &text[digits..];
    let ends = rest.is_empty() || rest.starts_with([' ', ':', '.', ')', '|']);
    ends.then_some((value, line.len() - rest.len()))
}

/// A name that was cut at its hyphen: `Proxy-` at the end of a line, `Authorization:` on the
/// next one.
fn join_cut_names(lines: &mut [Line]) {
    for index in (1..lines.len()).rev() {
        let start = lines[index - 1].text.trim_end();
        let rest = lines[index].text.trim_start();
        let is_cut = ["Proxy-", "WWW-"].iter().any(|cut| start.ends_with(cut))
            && ["auth", "Auth"].iter().any(|name| rest.starts_with(name));
        if is_cut {
            let joined = format!("{start}{rest}");
            lines[index - 1].text = joined;
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
    fn line_numbers_that_count_up_go_and_other_numbers_stay() {
        let numbered = "9 To: <sip:10@h>\n10 CSeq: 1 INVITE\n11  nonce=\"x\"";
        assert_eq!(cleaned(numbered)[2].trim(), "nonce=\"x\"");
        let beside = format!("a list\nof words\nand more\n\nof them\n{numbered}\nexpires 12\n5 x");
        assert_eq!(cleaned(&beside)[7].trim(), "nonce=\"x\"");
        assert_eq!(cleaned(&beside)[9], "5 x");
        let value = "Expires: 3\n34fd11b1 x";
        assert_eq!(cleaned(value)[1], "34fd11b1 x");
    }

    #[test]
    fn quotes_that_a_table_doubled_go_and_an_empty_value_stays() {
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
