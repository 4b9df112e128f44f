//! What a watcher of a server sees: messages, decisions and lines of the log.
//!
//! A watcher calls [`crate::method::WATCH`]. The server answers with [`Watched`], and from then on
//! it writes one [`Event`] a line for everything that happens. `demo --json` writes the same
//! events, inside [`Played`].

use serde::{Deserialize, Serialize};

use crate::bytes;

/// The answer to a watcher: who the server is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// The package it was started as: `step-07`.
    pub package: String,
    /// The folder of that package, where its script is.
    pub folder: String,
    /// Its database, if it has one.
    pub database: Option<String>,
    /// When it started, in microseconds since 1970: another number is another server.
    pub since: u64,
}

/// Something that happened. Times are microseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A message was sent or received.
    Message(Message),
    /// The script decided about a request.
    Decision(Decision),
    /// A line of the log, a heading, or a table that was looked at.
    Note(Note),
    /// So many events are missing here, because the watcher read too slowly.
    Missed(u64),
}

/// A message on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// When.
    pub at: u64,
    /// Whether the server received it or sent it; `None` if neither is known.
    pub direction: Option<Direction>,
    /// The address it was sent from, `IP:PORT`.
    pub from: String,
    /// The address it was sent to.
    pub to: String,
    /// `UDP` or `TCP`.
    pub transport: String,
    /// The number of its TCP connection.
    pub connection: Option<u64>,
    /// It never arrived.
    #[serde(default)]
    pub lost: bool,
    /// A sentence about it.
    #[serde(default)]
    pub explanation: Option<String>,
    /// The message, byte for byte.
    #[serde(with = "bytes")]
    pub bytes: Vec<u8>,
}

/// Which way a message went, as the server sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The server received it.
    In,
    /// The server sent it.
    Out,
}

/// What a script decided about a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// When.
    pub at: u64,
    /// The address the request came from.
    pub from: String,
    /// Its Call-ID.
    pub call_id: String,
    /// Its CSeq number and method: `2 INVITE`.
    pub cseq: String,
    /// The branch of its first Via.
    pub branch: String,
    /// What was decided.
    pub verdict: Verdict,
    /// The status and reason of the answer, if the script answered.
    pub answer: Option<(u16, String)>,
    /// The cause in words, which is never sent to the phone.
    pub because: Option<String>,
    /// The lines that may have decided, the likeliest first: `FILE:LINE` in parts.
    pub places: Vec<(String, u32)>,
}

/// The kinds of decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Answered with less than 300.
    Answered,
    /// Answered with 300 or more.
    Refused,
    /// Sent on to its targets.
    Relayed,
    /// Sent on inside its call.
    RelayedInDialog,
    /// Nothing was said.
    Dropped,
}

/// A line beside the messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// When.
    pub at: u64,
    /// What it is.
    pub kind: NoteKind,
    /// What was looked at, for a view.
    #[serde(default)]
    pub title: Option<String>,
    /// The text, of several lines for a view.
    pub text: String,
}

/// What a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoteKind {
    /// A line of the server's log.
    Log,
    /// A heading between messages.
    Scene,
    /// A table that was looked at.
    View,
}

/// An exchange of a chapter as it was played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Played {
    /// The chapter's package.
    pub package: String,
    /// The folder of that package.
    pub folder: String,
    /// The exchange's name.
    pub name: String,
    /// What it shows, in one line.
    pub title: String,
    /// Who takes part, in the order of the ladder's lanes.
    pub nodes: Vec<Node>,
    /// What happened.
    pub events: Vec<Event>,
}

/// A phone or a server of an exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// `phone 10`, `server`.
    pub name: String,
    /// Where it listens, `IP:PORT`.
    pub address: String,
}

/// The list of a chapter's exchanges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchanges {
    /// The chapter's package.
    pub package: String,
    /// The chapter in one line.
    pub title: String,
    /// Its exchanges, in the order of the book: name and title.
    pub exchanges: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_message_arrives() {
        let bytes: Vec<u8> = (0..=255).collect();
        let sent = Event::Message(Message {
            at: 1,
            direction: Some(Direction::In),
            from: "192.0.2.1:5060".to_owned(),
            to: "192.0.2.2:5060".to_owned(),
            transport: "UDP".to_owned(),
            connection: None,
            lost: false,
            explanation: None,
            bytes,
        });
        let text = serde_json::to_string(&sent).unwrap();
        assert!(!text.contains('\n'), "an event is one line");
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), sent);
    }
}
