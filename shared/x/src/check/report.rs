//! What a reader sees of a check: a line for each exchange, the first difference in full, the others
//! counted.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::difference::{Difference, Kind};
use super::ladders::ladders;
use super::played::{Event, Played};
use super::verdict::{Compared, Verdict};

const RED: Style = AnsiColor::Red.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default();
const DIM: Style = Style::new().dimmed();

/// How many exchanges of earlier chapters are named; the others are counted.
const NAMED: usize = 5;

/// The exchanges, each with whether it is right. Those of earlier chapters are named where they
/// differ.
pub(super) fn list(verdict: &Verdict) -> String {
    let mut out = String::new();
    let mut earlier = 0;
    for one in &verdict.compared {
        let Played { name, chapter, .. } = &one.expected;
        let is_own = *chapter == verdict.chapter;
        earlier += usize::from(!is_own && one.difference.is_some());
        // Writing to a String does not fail.
        let _ = match &one.difference {
            Some(it) if is_own => {
                writeln!(out, "{RED}differs{RED:#} {name} at message {}", it.message)
            }
            Some(it) if earlier <= NAMED => writeln!(
                out,
                "{RED}differs{RED:#} {name} at message {}  {DIM}(chapter {chapter}){DIM:#}",
                it.message
            ),
            None if is_own => writeln!(out, "{GREEN}ok{GREEN:#}      {name}"),
            _ => Ok(()),
        };
    }
    if earlier > NAMED {
        let more = earlier - NAMED;
        let _ = writeln!(
            out,
            "{RED}differs{RED:#} and {more} more of the chapters before"
        );
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
    if let Some(reason) = reason(actual, difference.actual.as_ref()) {
        let _ = writeln!(out, "Your server's log: {reason}");
    }
    if let Some(reason) = reason(expected, difference.expected.as_ref()) {
        let _ = writeln!(out, "The finished server's log: {reason}");
    }
    if let Some(why) = actual
        .broke_off
        .as_ref()
        .filter(|why| expected.broke_off.is_none() && !why.contains("ends early"))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn event(from: &str, to: &str, text: &str) -> Event {
        Event {
            at: 0,
            from: from.to_owned(),
            to: to.to_owned(),
            summary: text.split("\r\n").next().unwrap_or_default().to_owned(),
            text: text.to_owned(),
            is_lost: false,
        }
    }

    fn played(name: &str, chapter: usize, answer: &str, log: Option<&str>) -> Played {
        let mut events = vec![event(
            "phone 10",
            "server",
            "REGISTER sip:h SIP/2.0\r\n\r\n",
        )];
        events.extend(log.map(|line| event("log", "", line)));
        events.push(event("server", "phone 10", answer));
        Played {
            chapter,
            name: name.to_owned(),
            title: "A title".to_owned(),
            events,
            broke_off: None,
        }
    }

    const CHALLENGE: &str = "SIP/2.0 401 Unauthorized\r\nCSeq: 1 REGISTER\r\n\r\n";
    const REFUSAL: &str = "SIP/2.0 403 Forbidden\r\nCSeq: 1 REGISTER\r\n\r\n";

    fn verdict() -> Verdict {
        let names = [("old", 1), ("first", 2), ("second", 2), ("third", 2)];
        let expected = names.map(|(name, chapter)| played(name, chapter, CHALLENGE, None));
        let answers = [CHALLENGE, REFUSAL, REFUSAL, CHALLENGE];
        let actual = names.iter().zip(answers);
        let actual: Vec<Played> = actual
            .map(|((name, chapter), answer)| played(name, *chapter, answer, Some("403: no reason")))
            .collect();
        Verdict::of(2, expected.to_vec(), &actual)
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn the_chapters_own_exchanges_are_listed_in_order() {
        let shown = plain(&list(&verdict()));
        let expected = "differs first at message 2\ndiffers second at message 2\nok      third\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_first_difference_has_its_number_both_ladders_and_the_servers_reason() {
        let verdict = verdict();
        let (one, difference) = verdict.differing().next().unwrap();
        let shown = plain(&in_full(one, difference));
        assert!(
            shown.contains("Message 2 should be: SIP/2.0 401 Unauthorized\n"),
            "{shown}"
        );
        let row = shown.lines().find(|line| line.starts_with('>')).unwrap();
        let (left, right) = row.split_once('|').unwrap();
        assert!(left.contains("server ─▶ phone 10  SIP/2.0 401"), "{row}");
        assert!(right.contains("server ─▶ phone 10  SIP/2.0 403"), "{row}");
        assert!(
            shown.contains("Your server's log: 403: no reason\n"),
            "{shown}"
        );
    }

    #[test]
    fn the_other_differences_are_counted_by_their_place() {
        let verdict = verdict();
        let (_, first) = verdict.differing().next().unwrap();
        assert_eq!(rest(&verdict, first), "1 more differs at the same place.\n");
    }

    #[test]
    fn many_exchanges_of_the_chapters_before_are_counted() {
        let names: Vec<String> = (0..8).map(|number| format!("old-{number}")).collect();
        let expected = names
            .iter()
            .map(|name| played(name, 1, CHALLENGE, None))
            .collect();
        let actual: Vec<Played> = names
            .iter()
            .map(|name| played(name, 1, REFUSAL, None))
            .collect();
        let shown = plain(&list(&Verdict::of(2, expected, &actual)));
        assert_eq!(shown.lines().count(), NAMED + 1, "{shown}");
        assert!(
            shown.ends_with("differs and 3 more of the chapters before\n"),
            "{shown}"
        );
    }
}
