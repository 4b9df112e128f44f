//! A recording as a demonstration in the terminal.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use sip_message::printable;

use crate::explain::Explainer;
use crate::recording::{Entry, Fate, Recorded, Recording};
use crate::rows::Kind;
use crate::snapshot::moment;
use crate::summary::summary;

/// Green and cyan, as in the OpenSER paper's printouts.
const REQUEST: Style = AnsiColor::Green.on_default();
const RESPONSE: Style = AnsiColor::Cyan.on_default();
const QUIET: Style = Style::new().dimmed();
const HEADING: Style = Style::new().bold();
const SCENE: Style = AnsiColor::Yellow.on_default().bold();
const LOST: Style = AnsiColor::Red.on_default().bold();

/// The colour of a message, which shows at a glance whether it is a request or a response.
pub fn colour_of(message: &[u8]) -> Style {
    match Kind::of(message) {
        Kind::Request => REQUEST,
        Kind::Response => RESPONSE,
    }
}

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

impl Recording {
    /// The recording message by message, each with a line of explanation, in colour. `anstream`
    /// removes the colours where a terminal does not want them.
    pub fn terminal(&self) -> String {
        let mut out = format!("{HEADING}{}{HEADING:#}\n\n", self.title);
        let mut explainer = Explainer::new(self);
        for (number, entry) in self.numbered() {
            match entry {
                Entry::Message(message) => {
                    let explanation = explainer.explain(message);
                    out.push_str(&self.message(number, message, &explanation));
                }
                Entry::Scene { at, text } => {
                    let time = moment(*at);
                    let _ = writeln!(
                        out,
                        "{QUIET}{time}{QUIET:#}  {SCENE}── {text} ──{SCENE:#}\n"
                    );
                }
                Entry::View { at, title, text } => {
                    let time = moment(*at);
                    let _ = writeln!(out, "{QUIET}{time}{QUIET:#}  {HEADING}{title}{HEADING:#}");
                    for line in text.lines() {
                        let _ = writeln!(out, "    {}", printable(line.as_bytes()));
                    }
                    out.push('\n');
                }
                Entry::Log { at, text } => {
                    let time = moment(*at);
                    let text = printable(text.as_bytes());
                    let _ = writeln!(out, "{QUIET}{time}  the server's log: {text}{QUIET:#}\n");
                }
            }
        }
        out
    }

    fn message(&self, number: usize, message: &Recorded, explanation: &str) -> String {
        let name = |node: usize| self.nodes[node].name.as_str();
        let to = match message.receiver {
            Some(receiver) => name(receiver).to_owned(),
            None => message.to.to_string(),
        };
        let colour = colour_of(&message.bytes).bold();
        let time = moment(message.at);
        let mut out = format!(
            "{HEADING}{number}{HEADING:#}  {QUIET}{time}{QUIET:#}  {HEADING}{} → {to}{HEADING:#}  {colour}{}{colour:#}",
            name(message.sender),
            summary(&message.bytes)
        );
        if message.fate == Fate::Lost {
            let _ = write!(out, "  {LOST}lost{LOST:#}");
        }
        let explanation = printable(explanation.as_bytes());
        let _ = writeln!(out, "\n          {explanation}\n");
        out.push_str(&coloured(&message.bytes, "    "));
        out.push('\n');
        out
    }
}
