//! Two snapshots side by side, for a test that found a difference. It is plain text, so that a log
//! is enough to see what changed.

use std::fmt::Write;
use std::path::Path;

use similar::{Algorithm, capture_diff_slices};
use sip_message::printable;

/// The width of a column, in characters. Longer lines continue below.
const COLUMN: usize = 76;

/// How many messages are shown, starting at the first difference.
const SHOWN: usize = 2;

/// Compares a snapshot with the file that keeps it. Where they differ, the result shows the first
/// message that differs and the one after it, expected on the left and actual on the right, with
/// the first difference marked. `None` if they are equal or the file does not exist.
pub fn side_by_side(kept: &Path, actual: &[u8]) -> Option<String> {
    let expected = std::fs::read(kept).ok()?;
    (expected != actual).then(|| format!("{}\n{}", kept.display(), compare(&expected, actual)))
}

fn compare(expected: &[u8], actual: &[u8]) -> String {
    let (old, new) = (messages(expected), messages(actual));
    let differ = |at: &usize| old.get(*at) != new.get(*at);
    let count = old.len().max(new.len());
    let first = (0..count).find(differ).unwrap_or_default();
    let changed = (0..count).filter(differ).count();
    let longer = if old.len() > new.len() { &old } else { &new };
    let mut out = format!(
        "{changed} of {count} entries differ; the first is {}\n",
        name(longer, first)
    );
    rule(&mut out, "expected", "actual");
    let mut is_marked = false;
    for at in first..count.min(first + SHOWN) {
        let lines = |messages: &[Vec<Line>]| messages.get(at).cloned().unwrap_or_default();
        let (old, new) = (lines(&old), lines(&new));
        for pair in pairs(&old, &new) {
            row(&mut out, pair);
            if pair.0 != pair.1 && !is_marked {
                mark(&mut out, pair);
                is_marked = true;
            }
        }
        rule(&mut out, "", "");
    }
    out
}

/// `message 3`, by the number that a ladder shows, or what happened after it.
fn name(entries: &[Vec<Line>], at: usize) -> String {
    let is_message = |entry: &Vec<Line>| entry.first().is_some_and(|line| line.contains(" -> "));
    let number = entries
        .iter()
        .take(at + 1)
        .filter(|it| is_message(it))
        .count();
    match entries.get(at) {
        Some(entry) if is_message(entry) => format!("message {number}"),
        _ => format!("what happened after message {number}"),
    }
}

/// A line in printable form. A line feed without its carriage return is marked.
type Line = String;

/// The messages, each below the line that says when and where it went.
fn messages(snapshot: &[u8]) -> Vec<Vec<Line>> {
    let mut messages: Vec<Vec<Line>> = Vec::new();
    let mut is_sip = false;
    for line in snapshot.split_inclusive(|byte| *byte == b'\n') {
        let title = line.starts_with(b"--- ");
        if title || messages.is_empty() {
            messages.push(Vec::new());
        }
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let shown = match text.strip_suffix(b"\r") {
            Some(text) => printable(text),
            None if is_sip && !title && !text.is_empty() => format!("{} (no CR)", printable(text)),
            None => printable(text),
        };
        if let Some(message) = messages.last_mut() {
            is_sip = !title && (is_sip || line.ends_with(b"\r\n"));
            message.push(shown);
        }
    }
    messages
}

/// The lines of two messages, each beside its counterpart.
fn pairs<'a>(old: &'a [Line], new: &'a [Line]) -> Vec<(Option<&'a Line>, Option<&'a Line>)> {
    let mut pairs = Vec::new();
    for change in capture_diff_slices(Algorithm::Myers, old, new) {
        let (_, left, right) = change.as_tag_tuple();
        for at in 0..left.len().max(right.len()) {
            pairs.push((old[left.clone()].get(at), new[right.clone()].get(at)));
        }
    }
    pairs
}

fn rule(out: &mut String, left: &str, right: &str) {
    // Writing to a String does not fail.
    let _ = writeln!(out, "  {left:-<COLUMN$}-+-{right:-<COLUMN$}");
}

/// A pair of lines, with `>` in front if they differ.
fn row(out: &mut String, (old, new): (Option<&Line>, Option<&Line>)) {
    let sign = if old == new { ' ' } else { '>' };
    let pieces = |line: Option<&Line>| {
        let all: Vec<char> = line.map_or(Vec::new(), |line| line.chars().collect());
        let pieces = all.chunks(COLUMN).map(|piece| piece.iter().collect());
        pieces.collect::<Vec<String>>()
    };
    let (old, new) = (pieces(old), pieces(new));
    let empty = String::new();
    for at in 0..old.len().max(new.len()).max(1) {
        let piece = |side: &[String]| side.get(at).unwrap_or(&empty).clone();
        let (left, right) = (piece(&old), piece(&new));
        let line = format!("{sign} {left:COLUMN$} | {right}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// The place of the first difference in a line.
fn mark(out: &mut String, (old, new): (Option<&Line>, Option<&Line>)) {
    let _ = match (old, new) {
        (Some(old), Some(new)) => {
            let same = old.chars().zip(new.chars()).take_while(|(a, b)| a == b);
            let same = same.count();
            let column = same % COLUMN;
            let place = format!("{:column$}^ first difference, character {}", "", same + 1);
            writeln!(out, "  {place}")
        }
        (Some(_), None) => writeln!(out, "  ^ first difference: this line is missing"),
        _ => writeln!(
            out,
            "  {:COLUMN$} | ^ first difference: this line is new",
            ""
        ),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: &[u8] =
        b"--- +0.000 s  a -> b  (UDP)\nOPTIONS sip:h SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n\
        --- +0.001 s  b -> a  (UDP)\nSIP/2.0 200 OK\r\nCSeq: 1 OPTIONS\r\n\r\n";

    fn changed(from: &str, to: &str) -> String {
        let text = String::from_utf8_lossy(KEPT).replacen(from, to, 1);
        compare(KEPT, text.as_bytes())
    }

    #[test]
    fn the_first_difference_is_marked_in_both_columns() {
        let shown = changed("200 OK", "202 OK");
        let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
        assert_eq!(lines[0], "1 of 2 entries differ; the first is message 2");
        let row = format!("> {:76} | SIP/2.0 202 OK", "SIP/2.0 200 OK");
        let at = lines.iter().position(|line| *line == row);
        let at = at.unwrap_or_else(|| panic!("{shown}"));
        assert_eq!(
            lines[at + 1],
            format!("  {:10}^ first difference, character 11", "")
        );
        assert_eq!(shown.matches("\n>").count(), 1, "{shown}");
    }

    #[test]
    fn messages_have_the_numbers_of_a_ladder() {
        let scene = b"--- +0.000 s  The server stops.\n\n";
        let kept = [scene, KEPT, scene].concat();
        let text = String::from_utf8_lossy(&kept).into_owned();
        let first = |text: String| {
            let shown = compare(&kept, text.as_bytes());
            shown.lines().next().unwrap_or_default().to_owned()
        };
        let expected = "1 of 4 entries differ; the first is message 2";
        assert_eq!(first(text.replace("200 OK", "202 OK")), expected);
        let expected = "2 of 4 entries differ; the first is what happened after message 0";
        assert_eq!(first(text.replace("stops", "starts")), expected);
    }

    #[test]
    fn a_message_that_is_missing_or_new_is_shown() {
        let second = KEPT.windows(5).rposition(|text| text == b"\n--- ");
        let second = second.unwrap_or_default();
        let shown = compare(KEPT, &KEPT[..=second]);
        assert!(shown.contains("this line is missing"), "{shown}");
        let shown = compare(&KEPT[..=second], KEPT);
        assert!(shown.contains("this line is new"), "{shown}");
        assert!(shown.contains("| SIP/2.0 200 OK"), "{shown}");
    }

    #[test]
    fn the_lines_after_a_new_one_are_not_marked() {
        let shown = changed("CSeq: 1", "Expires: 60\r\nCSeq: 1");
        assert_eq!(shown.matches("\n>").count(), 1, "{shown}");
        assert!(shown.contains("| Expires: 60\n"), "{shown}");
    }

    #[test]
    fn a_line_end_that_changed_can_be_seen() {
        let shown = changed("CSeq: 1 OPTIONS\r\n", "CSeq: 1 OPTIONS\n");
        assert!(shown.contains("| CSeq: 1 OPTIONS (no CR)"), "{shown}");
    }

    #[test]
    fn long_lines_continue_below_and_nothing_can_move_the_cursor() {
        let long = format!("X: {}\u{1b}", "y".repeat(200));
        let shown = changed("CSeq: 1 OPTIONS", &long);
        assert!(
            shown
                .lines()
                .all(|line| line.chars().count() <= 2 * COLUMN + 5)
        );
        assert!(!shown.contains('\u{1b}'));
    }
}
