//! Two ladders side by side: what was expected, and what the reader's server has sent.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::difference::Difference;
use super::played::Played;

const RED: Style = AnsiColor::Red.on_default().bold();

/// The width of each of the two ladders, in characters.
const COLUMN: usize = 52;

/// How many rows a ladder shows before and after the difference.
const AROUND: usize = 3;

/// The rows around the difference, expected on the left and played on the right.
pub(super) fn ladders(expected: &Played, actual: &Played, difference: &Difference) -> String {
    let (left, right) = (rows(expected), rows(actual));
    let at = difference.message - 1;
    let first = at.saturating_sub(AROUND);
    let last = (at + AROUND).min(left.len().max(right.len()));
    let mut out = format!("    {:COLUMN$} | {}\n", "expected", "yours");
    for row in first..last {
        let cell = |rows: &[String]| rows.get(row).cloned().unwrap_or_default();
        let line = format!("{:COLUMN$} | {}", fit(&cell(&left)), fit(&cell(&right)));
        let line = line.trim_end();
        let number = row + 1;
        // Writing to a String does not fail.
        let _ = if row == at {
            writeln!(out, "{RED}> {number:2} {line}{RED:#}")
        } else {
            writeln!(out, "  {number:2} {line}")
        };
    }
    out
}

/// A message each: `phone 10 ─▶ server  REGISTER 10@192.168.1.15`.
fn rows(played: &Played) -> Vec<String> {
    let messages = played.events.iter().filter(|event| event.is_message());
    messages
        .map(|event| format!("{} ─▶ {}  {}", event.from, event.to, event.summary))
        .collect()
}

fn fit(text: &str) -> String {
    match text.char_indices().nth(COLUMN) {
        Some(_) => text.chars().take(COLUMN - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}
