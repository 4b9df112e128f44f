//! Every exchange until a chapter, played for `cargo x check` and written to a file.

use std::fs;
use std::path::Path;

use serde::Serialize;
use sip_stage::{Entry, Exchange, Fate, Recorded, Recording, Values, summary};

use crate::chapter::Chapter;
use crate::failure::Failure;
use crate::program::Program;

/// An exchange as it was played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Milliseconds since the start.
    pub at: u64,
    /// Who sent the message, or a server's log line (`log`), or what was seen (`scene`).
    pub from: String,
    /// Who it was for; empty for what is not a message.
    pub to: String,
    /// In one line.
    pub summary: String,
    /// Every byte of it that is text; a byte that is not becomes U+FFFD.
    pub text: String,
    /// Whether the message was lost.
    pub is_lost: bool,
}

/// Plays every exchange until the chapter, in the order of the book.
pub fn judge(chapter: &Chapter, program: &Program, values: &Values) -> Vec<Played> {
    let chapters = chapter.exchanges.iter().zip(1..);
    let exchanges = chapters.flat_map(|(all, number)| all.iter().map(move |one| (number, one)));
    exchanges
        .map(|(number, exchange)| one(program, number, exchange, values))
        .collect()
}

/// Plays one exchange of a chapter.
pub fn one(program: &Program, chapter: usize, exchange: &Exchange, values: &Values) -> Played {
    let recording = program.play(exchange, values.clone(), sip_exchanges::logins(chapter));
    let events = recording
        .entries
        .iter()
        .map(|entry| event(&recording, entry))
        .collect();
    Played {
        chapter,
        name: recording.name.clone(),
        title: recording.title.clone(),
        events,
        broke_off: recording.broke_off,
    }
}

/// Plays as [`judge`] does, and writes it as JSON.
pub(crate) fn write(
    chapter: &Chapter,
    program: &Program,
    values: &Values,
    file: &Path,
) -> Result<(), Failure> {
    let played = judge(chapter, program, values);
    let json = serde_json::to_vec(&played)?;
    fs::write(file, json).map_err(|error| Failure::of(file.display(), error))
}

fn event(recording: &Recording, entry: &Entry) -> Event {
    let other = |from: &str, at: std::time::Duration, summary: &str, text: &str| Event {
        at: at.as_millis() as u64,
        from: from.to_owned(),
        to: String::new(),
        summary: summary.to_owned(),
        text: text.to_owned(),
        is_lost: false,
    };
    match entry {
        Entry::Message(message) => sent(recording, message),
        Entry::Scene { at, text } => other("scene", *at, text, ""),
        Entry::View { at, title, text } => other("scene", *at, title, text),
        Entry::Log { at, text } => other("log", *at, text, ""),
    }
}

fn sent(recording: &Recording, message: &Recorded) -> Event {
    let name = |node: usize| recording.nodes.get(node).map(|node| node.name.clone());
    Event {
        at: message.at.as_millis() as u64,
        from: name(message.sender).unwrap_or_default(),
        to: message
            .receiver
            .and_then(name)
            .unwrap_or_else(|| message.to.to_string()),
        summary: summary(&message.bytes),
        text: String::from_utf8_lossy(&message.bytes).into_owned(),
        is_lost: message.fate == Fate::Lost,
    }
}
