//! `cargo x check N`: the exchanges of a chapter against the reader's own routing script.

use std::fmt::Write as _;

use crate::course::Course;
use crate::exchange::Exchange;
use crate::failure::Failure;
use crate::program::Program;

/// The file the exchange is written to, below a folder of its own.
const FILE: &str = "exchange";

/// Plays every exchange of the chapter with the routing script as it is now. Reports which are as
/// expected, and where the others first differ. True when all are as expected.
///
/// # Errors
/// When the chapter does not exist or its script does not compile.
pub fn check(course: &Course, number: &str, mut say: impl FnMut(&str)) -> Result<bool, Failure> {
    let chapter = course.chapter(number)?;
    let names = Exchange::names(course, chapter)?;
    let package = chapter.package();
    let program = Program::built(course, &package, &package)
        .map_err(|e| Failure::new(format!("{e}; the compiler says why above")))?;
    let mut right = 0;
    for name in &names {
        let expected = Exchange::read(course, chapter, name)?;
        let played = play(&program, name)?;
        let difference = first_difference(&expected, &played.exchange);
        let broke_off = played.broke_off.map(|why| format!("        {why}\n"));
        let faults: String = difference.into_iter().chain(broke_off).collect();
        if faults.is_empty() {
            right += 1;
            say(&format!("ok      {name}"));
        } else {
            say(&format!("differs {name}\n{faults}"));
        }
    }
    say(&format!(
        "{right} of {} exchanges are as chapter {} wants them: {}",
        names.len(),
        chapter.number,
        chapter.route().display()
    ));
    Ok(right == names.len())
}

/// What was played, and why it broke off if it did: a phone waited for a message that never came.
struct Played {
    exchange: Exchange,
    broke_off: Option<String>,
}

fn play(program: &Program, name: &str) -> Result<Played, Failure> {
    let folder = tempfile::tempdir()?;
    let output = program.run(folder.path(), &["demo", name, "--text", FILE])?;
    if output.success {
        let path = folder.path().join(FILE);
        let text = std::fs::read_to_string(&path).map_err(|e| Failure::file(&path, e))?;
        return Ok(Played {
            exchange: Exchange::parse(&text),
            broke_off: None,
        });
    }
    Ok(broken_off(&output.stderr))
}

/// Reads what a stage prints when an exchange breaks off: the place and words of a panic, and below
/// them every message until then.
fn broken_off(printed: &str) -> Played {
    let words = printed.split_once(" panicked at ").and_then(|(_, panic)| {
        let (_place, words) = panic.split_once('\n')?;
        Some(words.split("\nnote: ").next().unwrap_or(words))
    });
    Played {
        exchange: Exchange::parse(printed),
        broke_off: Some(words.unwrap_or(printed).trim().to_owned()),
    }
}

/// What a reader needs to know of the first message that is not as expected.
fn first_difference(expected: &Exchange, played: &Exchange) -> Option<String> {
    let (want, got) = (&expected.messages, &played.messages);
    let longer = want.len().max(got.len());
    let at = (0..longer).find(|&at| want.get(at) != got.get(at))?;
    let mut report = String::new();
    // Writing to a String does not fail.
    let _ = match (want.get(at), got.get(at)) {
        (Some(want), None) => writeln!(
            report,
            "        it ends after message {at}; expected next is\n{}",
            shown(want.lines().take(2))
        ),
        (None, Some(got)) => writeln!(
            report,
            "        it should end after message {at}; it goes on with\n{}",
            shown(got.lines().take(2))
        ),
        (Some(want), Some(got)) => {
            // Line ends count, so somewhere they differ.
            let line = |text: &str, n: usize| text.split('\n').nth(n).map(str::to_owned);
            let differs = (0..).find(|&n| line(want, n) != line(got, n)).unwrap_or(0);
            writeln!(
                report,
                "        message {} differs in its line {}\n\
                 {}        expected: {}\n             got: {}",
                at + 1,
                differs + 1,
                shown(got.lines().take(2)),
                line(want, differs)
                    .as_deref()
                    .map_or("(nothing)", str::trim_end),
                line(got, differs)
                    .as_deref()
                    .map_or("(nothing)", str::trim_end),
            )
        }
        (None, None) => Ok(()),
    };
    Some(report)
}

fn shown<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.fold(String::new(), |mut out, line| {
        out.push_str("        | ");
        out.push_str(line);
        out.push('\n');
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(text: &str) -> Exchange {
        Exchange::parse(text)
    }

    #[test]
    fn the_first_differing_line_is_shown_with_its_message() {
        let want = exchange("--- +a\nREGISTER x\r\n--- +b\nSIP/2.0 200 OK\r\nTo: a\r\n");
        let got = exchange("--- +a\nREGISTER x\r\n--- +b\nSIP/2.0 404 Not Found\r\nTo: a\r\n");
        let report = first_difference(&want, &got).unwrap();
        assert!(
            report.contains("message 2 differs in its line 2"),
            "{report}"
        );
        assert!(report.contains("expected: SIP/2.0 200 OK"), "{report}");
        assert!(report.contains("got: SIP/2.0 404 Not Found"), "{report}");
        assert_eq!(first_difference(&want, &want), None);
    }

    #[test]
    fn the_messages_before_an_exchange_breaks_off_are_compared() {
        let printed = "\nthread 'main' (1) panicked at shared/user-agent/src/wanted.rs:1:2:\n\
            phone 10 waited in vain\nnote: run with `RUST_BACKTRACE=1`\n\nPlayed until then:\n\n\
            --- +a\nREGISTER x\r\n--- +b\nSIP/2.0 404 Not Found\r\n";
        let played = broken_off(printed);
        let want = exchange("--- +a\nREGISTER x\r\n--- +b\nSIP/2.0 200 OK\r\n");
        let difference = first_difference(&want, &played.exchange).unwrap();
        assert!(difference.contains("message 2 differs"), "{difference}");
        assert_eq!(played.broke_off.as_deref(), Some("phone 10 waited in vain"));
    }

    #[test]
    fn an_exchange_that_ends_early_is_reported() {
        let want = exchange("--- +a\nREGISTER x\r\n--- +b\nSIP/2.0 200 OK\r\n");
        let report = first_difference(&want, &exchange("--- +a\nREGISTER x\n")).unwrap();
        assert!(
            report.contains("message 1 differs in its line 2"),
            "{report}"
        );
        let report = first_difference(&want, &exchange("--- +a\nREGISTER x\r\n")).unwrap();
        assert!(report.contains("ends after message 1"), "{report}");
        assert!(report.contains("SIP/2.0 200 OK"), "{report}");
    }
}
