//! A recording as a demonstration in the terminal.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use sip_message::printable;

use crate::annotate::{Annotator, essence};
use crate::colour::colour_of;
use crate::explain::Explainer;
use crate::recording::{Entry, Fate, Recorded, Recording};
use crate::snapshot::moment;
use crate::summary::summary;

const QUIET: Style = Style::new().dimmed();
const HEADING: Style = Style::new().bold();
const SCENE: Style = AnsiColor::Yellow.on_default().bold();
const LOST: Style = AnsiColor::Red.on_default().bold();

/// A whole message in its colour, with each line indented and control bytes escaped.
pub fn coloured(message: &[u8], indent: &str) -> String {
    let colour = colour_of(message);
    let text = message.trim_ascii_end();
    let mut out = String::new();
    for (index, line) in text.split(|b| *b == b'\n').enumerate() {
        let line = printable(line.strip_suffix(b"\r").unwrap_or(line));
        let style = if index == 0 { colour.bold() } else { colour };
        // Writing to a String does not fail.
        let _ = match line.as_str() {
            "" => writeln!(out),
            line => writeln!(out, "{indent}{style}{line}{style:#}"),
        };
    }
    out
}

/// How much a demonstration says about each message.
#[derive(Debug, Clone, Copy)]
pub enum Notes<'a> {
    /// A sentence.
    Brief,
    /// What each header field is for, too, who wrote it, and how a response to a challenge comes
    /// about if it was made with one of these passwords.
    EachHeaderField(&'a [&'a str]),
}

/// A piece of a demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The message it shows; `None` if it is not a message.
    pub message: Option<Headline>,
    /// What is shown, in colour.
    pub text: String,
}

/// What there is to guess about a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// Its number, from 1.
    pub number: usize,
    /// `phone 10`.
    pub sender: String,
    /// `INVITE`, or `180`.
    pub what: String,
    /// `server`; an address if nobody is there.
    pub receiver: String,
}

impl Recording {
    /// The recording message by message, each with a line of explanation, in colour. `anstream`
    /// removes the colours where a terminal does not want them.
    pub fn terminal(&self) -> String {
        let pieces = self.pieces(Notes::Brief);
        let texts: String = pieces.into_iter().map(|piece| piece.text).collect();
        format!("{}{texts}", heading(&self.title))
    }

    /// The same piece by piece.
    pub fn pieces(&self, notes: Notes<'_>) -> Vec<Piece> {
        let mut explainer = Explainer::new(self);
        let mut annotator = match notes {
            Notes::Brief => None,
            Notes::EachHeaderField(passwords) => Some(Annotator::new(self, passwords)),
        };
        let mut pieces = Vec::with_capacity(self.entries.len());
        for (number, entry) in self.numbered() {
            let Entry::Message(message) = entry else {
                let text = happening(entry);
                pieces.push(Piece {
                    message: None,
                    text,
                });
                continue;
            };
            let headline = self.headline(number, message);
            let mut text = above(&headline, message, &explainer.explain(message));
            text += &match &mut annotator {
                Some(annotator) => annotator.message(number, message),
                None => coloured(&message.bytes, "    "),
            };
            text.push('\n');
            pieces.push(Piece {
                message: Some(headline),
                text,
            });
        }
        pieces
    }

    fn headline(&self, number: usize, message: &Recorded) -> Headline {
        let name = |node: usize| self.nodes[node].name.clone();
        Headline {
            number,
            sender: name(message.sender),
            what: essence(&message.bytes),
            receiver: message
                .receiver
                .map_or_else(|| message.to.to_string(), name),
        }
    }
}

/// A heading and the blank line below it.
pub fn heading(text: &str) -> String {
    format!("{HEADING}{text}{HEADING:#}\n\n")
}

/// What happened that is not a message.
fn happening(entry: &Entry) -> String {
    match entry {
        Entry::Message(_) => String::new(),
        Entry::Scene { at, text } => {
            let time = moment(*at);
            format!("{QUIET}{time}{QUIET:#}  {SCENE}── {text} ──{SCENE:#}\n\n")
        }
        Entry::View { at, title, text } => {
            let time = moment(*at);
            let mut out = format!("{QUIET}{time}{QUIET:#}  {HEADING}{title}{HEADING:#}\n");
            for line in text.lines() {
                out += &format!("    {}\n", printable(line.as_bytes()));
            }
            out + "\n"
        }
        Entry::Log { at, text } => {
            let time = moment(*at);
            let text = printable(text.as_bytes());
            format!("{QUIET}{time}  the server's log: {text}{QUIET:#}\n\n")
        }
    }
}

/// The lines above a message: who sends what to whom, and what it means.
fn above(headline: &Headline, message: &Recorded, explanation: &str) -> String {
    let Headline {
        number,
        sender,
        receiver,
        ..
    } = headline;
    let colour = colour_of(&message.bytes).bold();
    let time = moment(message.at);
    let mut out = format!(
        "{HEADING}{number}{HEADING:#}  {QUIET}{time}{QUIET:#}  {HEADING}{sender} → \
         {receiver}{HEADING:#}  {colour}{}{colour:#}",
        summary(&message.bytes)
    );
    if message.fate == Fate::Lost {
        out += &format!("  {LOST}lost{LOST:#}");
    }
    let explanation = printable(explanation.as_bytes());
    format!("{out}\n          {explanation}\n\n")
}
