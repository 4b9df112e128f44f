//! What was recorded of an exchange: messages, notes and explanations in their order.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use sip_control::watch::Decision;
use sip_message::{Connection, Transport};

/// A phone, a server or another node on the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// `phone 10`, `server`.
    pub name: String,
    /// Where it listens.
    pub address: SocketAddr,
}

/// Whether a message arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrived.
    Delivered,
    /// It was lost on the way, or nothing listened at its address.
    Lost,
}

/// One message as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// When it was sent, since the start.
    pub at: Duration,
    /// The address it was sent from.
    pub from: SocketAddr,
    /// The address it was sent to.
    pub to: SocketAddr,
    /// The index of its sender in [`Recording::nodes`].
    pub sender: usize,
    /// The index of its receiver, if there is a node at its address.
    pub receiver: Option<usize>,
    /// How it travelled.
    pub transport: Transport,
    /// Its connection, where the transport has them.
    pub connection: Option<Connection>,
    /// The message.
    pub bytes: Vec<u8>,
    /// Whether it arrived.
    pub fate: Fate,
    /// What the exchange says about it.
    pub explanation: Option<String>,
}

/// What happened on a stage, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A message was sent.
    Message(Recorded),
    /// Something happened that is not a message: the server stopped, a new scene started.
    Scene {
        /// When, since the beginning.
        at: Duration,
        /// What.
        text: String,
    },
    /// The exchange looked at something: a table, a state.
    View {
        /// When, since the beginning.
        at: Duration,
        /// What it looked at.
        title: String,
        /// What it showed, line by line.
        text: String,
    },
    /// The server wrote a line to its log.
    Log {
        /// When, since the beginning.
        at: Duration,
        /// The line, printable.
        text: String,
    },
}

/// An exchange as it was played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The exchange's name.
    pub name: String,
    /// What it shows, in one line.
    pub title: String,
    /// The time of day when it started.
    pub start: SystemTime,
    /// The nodes on the stage, in the order a ladder shows them.
    pub nodes: Vec<Node>,
    /// What happened.
    pub entries: Vec<Entry>,
    /// What the server's script decided, and how many entries there were before.
    pub decisions: Vec<(usize, Decision)>,
    /// Why the exchange broke off before its end, if it did: a phone waited in vain.
    pub broke_off: Option<String>,
}

impl Recording {
    /// Only the messages.
    pub fn messages(&self) -> impl Iterator<Item = &Recorded> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Message(message) => Some(message),
            _ => None,
        })
    }

    /// What happened, each with a number: that of the message, counted from 1, or of the last
    /// message before. Ladders, demonstrations, the checker and the book use these numbers.
    pub fn numbered(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().scan(0, |count, entry| {
            *count += usize::from(matches!(entry, Entry::Message(_)));
            Some((*count, entry))
        })
    }
}

impl Node {
    pub(crate) fn is_phone(&self, user: &str) -> bool {
        let name = self.name.strip_prefix("phone ").unwrap_or_default();
        name.split(' ').next() == Some(user)
    }
}
