//! What a reader sees of a check: a line for each exchange, the first difference in full, the others
//! counted.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::difference::{Difference, Kind};
use super::played::{Event, Played};
use super::verdict::{Compared, Verdict};

const RED: Style = AnsiColor::Red.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default();
const DIM: Style = Style::new().dimmed();

/// The width of each of the two ladders, in characters.
const COLUMN: usize = 52;

/// How many rows a ladder shows before and after the difference.
const AROUND: usize = 3;

/// The exchanges, each with whether it is right. Those of earlier chapters are counted, and named
/// where they differ.
pub(super) fn list(verdict: &Verdict) -> String {
    let mut out = String::new();
    for one in &verdict.compared {
        let Played { name, chapter, .. } = &one.expected;
        let of = match *chapter == verdict.chapter {
            true => String::new(),
            false => format!("  {DIM}(chapter {chapter}){DIM:#}"),
        };
        // Writing to a String does not fail.
        let _ = match &one.difference {
            Some(it) => writeln!(
                out,
                "{RED}differs{RED:#} {name} at message {}{of}",
                it.message
            ),
            None if *chapter == verdict.chapter => writeln!(out, "{GREEN}ok{GREEN:#}      {name}"),
            None => Ok(()),
        };
    }
    out
}

/// The first difference in full.
pub(super) fn in_full(one: &Compared, difference: &Difference) -> String {
    let Compared {
        expected, actual, ..
    } = one;
    let mut out = format!("\n{}: {}\n", expected.name, expected.title);
    let _ = match &difference.expected {
        Some(event) => writeln!(
            out,
            "Message {} should be: {}",
            difference.message,
            first_line(event)
        ),
        None => writeln!(
            out,
            "Nothing more should come after message {}.",
            difference.message - 1
        ),
    };
    out.push('\n');
    out.push_str(&ladders(expected, actual, difference));
    out.push('\n');
    out.push_str(&lines(difference));
    for (whose, played) in [
        ("Your server's", actual),
        ("The finished server's", expected),
    ] {
        let event = if whose.starts_with("Your") {
            &difference.actual
        } else {
            &difference.expected
        };
        if let Some(reason) = reason(played, event.as_ref()) {
            let _ = writeln!(out, "{whose} log: {reason}");
        }
    }
    if let Some(why) = actual
        .broke_off
        .as_ref()
        .filter(|_| expected.broke_off.is_none())
    {
        let _ = writeln!(out, "There it broke off: {why}.");
    }
    out
}

fn first_line(event: &Event) -> &str {
    let line = event.text.split("\r\n").next();
    line.filter(|_| event.is_message())
        .unwrap_or(&event.summary)
}

/// The server's line in its log about a message: the last one before it, and after the message
/// before that.
fn reason<'a>(played: &'a Played, event: Option<&Event>) -> Option<&'a str> {
    let at = match event {
        Some(event) => played.events.iter().position(|other| other == event)?,
        None => played.events.len(),
    };
    let before = played.events[..at].iter().rev();
    let logs = before.take_while(|event| !event.is_message());
    logs.filter(|event| event.is_log())
        .map(|event| event.summary.as_str())
        .next()
}

/// The rows around the difference, expected on the left and played on the right.
fn ladders(expected: &Played, actual: &Played, difference: &Difference) -> String {
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
        let _ = match row == at {
            true => writeln!(out, "{RED}> {number:2} {line}{RED:#}"),
            false => writeln!(out, "  {number:2} {line}"),
        };
    }
    out
}

/// A message each: `phone 10 ──REGISTER──▶ server`.
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

/// The line in which two messages differ.
fn lines(difference: &Difference) -> String {
    let line = |event: &Option<Event>, name: &str| -> String {
        let event = event.as_ref();
        let found = event.and_then(|event| match name {
            "first line" => Some(first_line(event).to_owned()),
            name => event.field(name).map(|value| format!("{name}: {value}")),
        });
        found.unwrap_or_else(|| "(nothing)".to_owned())
    };
    let name = match &difference.kind {
        Kind::LineMissing(name) | Kind::LineExtra(name) | Kind::LineChanged(name) => name.as_str(),
        Kind::Time => {
            let at = |event: &Option<Event>| event.as_ref().map_or(0, |event| event.at);
            let (expected, actual) = (at(&difference.expected), at(&difference.actual));
            return format!("It should come after {expected} ms, and came after {actual} ms.\n");
        }
        Kind::Missing | Kind::Extra | Kind::Other => "first line",
    };
    format!(
        "  expected: {}\n     yours: {RED}{}{RED:#}\n",
        line(&difference.expected, name),
        line(&difference.actual, name)
    )
}

/// The differences besides the first one, those that look alike together.
pub(super) fn rest(verdict: &Verdict, first: &Difference) -> String {
    let all = verdict.differing();
    let all = all.filter(|(_, difference)| !std::ptr::eq(*difference, first));
    let mut groups: Vec<(String, Vec<&str>)> = vec![(first.sign(), Vec::new())];
    for (one, difference) in all {
        let sign = difference.sign();
        let name = one.expected.name.as_str();
        match groups.iter_mut().find(|(known, _)| *known == sign) {
            Some((_, names)) => names.push(name),
            None => groups.push((sign, vec![name])),
        }
    }
    let mut out = String::new();
    for (at, (sign, names)) in groups.iter().enumerate() {
        let count = names.len();
        let _ = match (at, count) {
            (0, 0) => Ok(()),
            (0, _) => writeln!(out, "{count} more {} at the same place.", differ(count)),
            _ => writeln!(
                out,
                "{count} {} at another: {sign} ({}).",
                differ(count),
                names[0]
            ),
        };
    }
    out
}

fn differ(count: usize) -> &'static str {
    if count == 1 { "differs" } else { "differ" }
}
