//! `demo NAME --step`: one message at a time, each with the question what comes next.

use std::io::{self, BufRead, Write};

use sip_stage::{Headline, Piece};

/// How far a reader came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Progress {
    shown: usize,
    guessed: usize,
    right: usize,
}

/// Shows the pieces. Before each message it asks and reads a line: an empty line shows the message,
/// a guess is judged first, `q` or the end of the input ends it. Returns whether all were shown.
///
/// # Errors
/// If `input` or `out` fails.
pub(crate) fn step(
    pieces: &[Piece],
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> io::Result<bool> {
    let mut progress = Progress::default();
    for Piece { message, text } in pieces {
        if let Some(headline) = message {
            ask(headline.number, out)?;
            let Some(guess) = answer(input)? else {
                let count = pieces
                    .iter()
                    .filter(|piece| piece.message.is_some())
                    .count();
                let shown = progress.shown;
                writeln!(
                    out,
                    "\nStopped after {shown} of {count} messages.{}",
                    score(progress)
                )?;
                return Ok(false);
            };
            progress.shown += 1;
            judge(&guess, headline, &mut progress, out)?;
        }
        out.write_all(text.as_bytes())?;
    }
    writeln!(out, "That was the last message.{}\n", score(progress))?;
    Ok(true)
}

fn ask(number: usize, out: &mut impl Write) -> io::Result<()> {
    match number {
        1 => write!(
            out,
            "What comes next? Who sends what to whom? Enter shows it, q ends.\n\
             You may type a guess first, such as INVITE or 200.\n\nMessage 1? "
        )?,
        _ => write!(out, "What comes next? Message {number}? ")?,
    }
    out.flush()
}

/// The line typed; `None` to end.
fn answer(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    let length = input.read_line(&mut line)?;
    let typed = line.trim();
    let is_end = length == 0 || typed.eq_ignore_ascii_case("q");
    Ok((!is_end).then(|| typed.to_owned()))
}

/// Says whether a guess names the message. Nobody has to guess.
fn judge(
    guess: &str,
    headline: &Headline,
    progress: &mut Progress,
    out: &mut impl Write,
) -> io::Result<()> {
    if guess.is_empty() {
        return writeln!(out);
    }
    progress.guessed += 1;
    let Headline {
        sender,
        what,
        receiver,
        ..
    } = headline;
    let mut words = guess.split(|c: char| !c.is_alphanumeric());
    if words.any(|word| word.eq_ignore_ascii_case(what)) {
        progress.right += 1;
        return writeln!(out, "Yes: {what}.\n");
    }
    writeln!(out, "No: {sender} sends {what} to {receiver}.\n")
}

fn score(progress: Progress) -> String {
    match progress.guessed {
        0 => String::new(),
        guessed => format!(" {} of {guessed} guesses were right.", progress.right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces() -> Vec<Piece> {
        let message = |number, what: &str| Piece {
            message: Some(Headline {
                number,
                sender: "phone 10".to_owned(),
                what: what.to_owned(),
                receiver: "server".to_owned(),
            }),
            text: format!("[{number} {what}]\n"),
        };
        let scene = Piece {
            message: None,
            text: "[scene]\n".to_owned(),
        };
        vec![message(1, "INVITE"), scene, message(2, "100")]
    }

    fn stepped(typed: &str) -> (bool, String) {
        let mut out = Vec::new();
        let ended = step(&pieces(), &mut typed.as_bytes(), &mut out).unwrap();
        (ended, String::from_utf8(out).unwrap())
    }

    #[test]
    fn each_message_comes_after_its_question() {
        let (ended, text) = stepped("\n\n");
        assert!(ended);
        let expected = "Message 1? \n[1 INVITE]\n[scene]\nWhat comes next? Message 2? \n[2 100]\n\
                        That was the last message.\n\n";
        assert!(text.ends_with(expected), "{text}");
    }

    #[test]
    fn a_guess_is_judged_by_method_or_code() {
        let (_, text) = stepped("phone 10 sends an invite\nserver: 180\n");
        assert!(text.contains("Yes: INVITE.\n"), "{text}");
        assert!(
            text.contains("No: phone 10 sends 100 to server.\n"),
            "{text}"
        );
        assert!(text.ends_with(" 1 of 2 guesses were right.\n\n"), "{text}");
    }

    #[test]
    fn q_and_the_end_of_the_input_end_it() {
        for typed in ["\nq\n", "\n", "\nQ"] {
            let (ended, text) = stepped(typed);
            assert!(
                !ended && text.ends_with("\nStopped after 1 of 2 messages.\n"),
                "{text}"
            );
            assert!(!text.contains("[2 100]"), "{text}");
        }
    }
}
