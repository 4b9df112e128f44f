use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use sip_message::{Connection, Transport};

/// Somebody on the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// `phone 10`, `server`.
    pub name: String,
    /// Where it listens.
    pub address: SocketAddr,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrived.
    Delivered,
    /// It was lost on the way, or nobody listened.
    Lost,
}

/// One message as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// When it was sent, since the beginning.
    pub at: Duration,
    /// The address it was sent from.
    pub from: SocketAddr,
    /// The address it was sent to.
    pub to: SocketAddr,
    /// The index in [`Recording::nodes`] of who sent it.
    pub sender: usize,
    /// The index of who it was for, when there is somebody at its address.
    pub receiver: Option<usize>,
    /// How it travelled.
    pub transport: Transport,
    /// Its connection, where the transport has them.
    pub connection: Option<Connection>,
    /// The message.
    pub bytes: Vec<u8>,
    /// What became of it.
    pub fate: Fate,
    /// What the exchange says of it.
    pub explanation: Option<String>,
}

/// What happened on a stage, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A message was sent.
    Message(Recorded),
    /// Something happened that is no message: the server stopped, a new scene began.
    Scene {
        /// When, since the beginning.
        at: Duration,
        /// What.
        text: String,
    },
    /// Something was looked at: a table, a state.
    View {
        /// When, since the beginning.
        at: Duration,
        /// What it is.
        title: String,
        /// What it showed, line by line.
        text: String,
    },
    /// The server wrote a line into its log.
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
    /// What it shows, in a line.
    pub title: String,
    /// The time of day when it began.
    pub start: SystemTime,
    /// Who was on the stage, in the order a ladder shows them.
    pub nodes: Vec<Node>,
    /// What happened.
    pub entries: Vec<Entry>,
}

impl Recording {
    /// The messages alone.
    pub fn messages(&self) -> impl Iterator<Item = &Recorded> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Message(message) => Some(message),
            _ => None,
        })
    }
}

impl Node {
    pub(crate) fn is_phone(&self, user: &str) -> bool {
        let name = self.name.strip_prefix("phone ").unwrap_or_default();
        name.split(' ').next() == Some(user)
    }
}
