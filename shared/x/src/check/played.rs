//! What a chapter's program reports of every exchange it has played.

use serde::Deserialize;

use crate::failure::Failure;
use crate::program::Program;

/// An exchange as it was played.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Played {
    /// The chapter it is of.
    pub chapter: usize,
    /// Its name: `a-whole-call`.
    pub name: String,
    /// What it shows, in one line.
    pub title: String,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// Why it broke off before its end, if it did.
    pub broke_off: Option<String>,
}

/// A message, or something else that happened.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Event {
    /// Milliseconds since the start.
    pub at: u64,
    /// Who sent the message; `log` for a line of the server's log, `scene` for anything else.
    pub from: String,
    /// Who it was for; empty for what is not a message.
    pub to: String,
    /// In one line.
    pub summary: String,
    /// The whole message, or what was seen.
    pub text: String,
    /// Whether it was lost on the way.
    pub is_lost: bool,
}

impl Event {
    /// Whether it is a line of the server's log. Everybody words those as they like.
    pub fn is_log(&self) -> bool {
        self.to.is_empty() && self.from == "log"
    }

    /// Whether it is a message.
    pub fn is_message(&self) -> bool {
        !self.to.is_empty()
    }

    /// What it is, without the values that differ from exchange to exchange: `401 REGISTER`,
    /// `INVITE`.
    pub fn kind(&self) -> String {
        let mut words = self.text.split([' ', '\r']);
        match (self.is_message(), words.next()) {
            (true, Some("SIP/2.0")) => {
                let status = words.next().unwrap_or_default();
                let method = self.field("CSeq").and_then(|cseq| cseq.split(' ').nth(1));
                format!("{status} {}", method.unwrap_or_default())
            }
            (true, Some(method)) => method.to_owned(),
            _ => self.summary.clone(),
        }
    }

    /// The first value of a header field.
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut lines = self.text.split("\r\n").skip(1);
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Plays every exchange until the program's chapter; with a seed, with new values.
///
/// # Errors
/// When the program does not start, or ends early.
pub(crate) fn played(program: &Program, seed: Option<u64>) -> Result<Vec<Played>, Failure> {
    const FILE: &str = "played";
    let folder = tempfile::tempdir()?;
    let seed = seed.map(|seed| seed.to_string());
    let mut arguments = vec!["demo", "--judge", FILE];
    if let Some(seed) = &seed {
        arguments.extend(["--values", seed]);
    }
    let output = program.run(folder.path(), &arguments)?;
    if !output.success {
        return Err(Failure::new(output.stderr.trim()));
    }
    let json = std::fs::read(folder.path().join(FILE))?;
    serde_json::from_slice(&json).map_err(|error| Failure::of("what the program reports", error))
}
