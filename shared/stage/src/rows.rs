//! A recording as the rows of a ladder, before it becomes text or a picture.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use sip_message::Transport;

use crate::recording::{Entry, Fate, Recorded, Recording};
use crate::summary::label;

/// One row of a ladder.
pub(crate) enum Row {
    Arrow(Arrow),
    Scene { at: Duration, text: String },
}

/// A message from one lane to another.
pub(crate) struct Arrow {
    /// The message's number, from 1.
    pub(crate) number: usize,
    pub(crate) at: Duration,
    pub(crate) from: usize,
    /// `None` for an address without a node.
    pub(crate) to: Option<usize>,
    pub(crate) label: String,
    pub(crate) kind: Kind,
    pub(crate) transport: Transport,
    pub(crate) is_lost: bool,
}

/// Whether a message is a request or a response: the OpenSER paper gives each its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Request,
    Response,
}

impl Kind {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        match bytes.starts_with(b"SIP/2.0 ") {
            true => Self::Response,
            false => Self::Request,
        }
    }
}

impl Recording {
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row> {
        let mut sent = HashSet::new();
        self.numbered()
            .filter_map(move |(number, entry)| match entry {
                Entry::Message(message) => {
                    let is_repeated =
                        !sent.insert((message.sender, message.receiver, &message.bytes));
                    Some(Row::Arrow(arrow(number, message, is_repeated)))
                }
                Entry::Scene { at, text } => Some(Row::Scene {
                    at: *at,
                    text: text.clone(),
                }),
                Entry::View { at, title, .. } => Some(Row::Scene {
                    at: *at,
                    text: format!("A look at {title}."),
                }),
                Entry::Log { .. } => None,
            })
    }
}

fn arrow(number: usize, message: &Recorded, is_repeated: bool) -> Arrow {
    let again = if is_repeated { " again" } else { "" };
    let label = format!("{}{again}", label(&message.bytes));
    let label = match message.receiver {
        Some(_) => label,
        None => format!("{label} to {}", short(message.to)),
    };
    Arrow {
        number,
        at: message.at,
        from: message.sender,
        to: message.receiver,
        label,
        kind: Kind::of(&message.bytes),
        transport: message.transport,
        is_lost: message.fate == Fate::Lost,
    }
}

/// An address, without the default port.
pub(crate) fn short(address: SocketAddr) -> String {
    match address.port() {
        5060 => address.ip().to_string(),
        _ => address.to_string(),
    }
}
