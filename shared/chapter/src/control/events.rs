//! Something the server reported, before and after it becomes an event of the control socket.

use std::time::SystemTime;

use sip_control::watch::{self, Decision, Event, Note, NoteKind};
use sip_message::Flow;
use sip_server::Direction;
use sip_stage::micros;

/// What an event costs besides its text, in bytes.
const EVENT_BYTES: usize = 256;

/// Something the server reported. It becomes an event on another thread.
#[derive(Clone)]
pub(crate) enum Seen {
    /// A message on the wire.
    Message {
        direction: Direction,
        flow: Flow,
        at: SystemTime,
        bytes: Vec<u8>,
    },
    /// A decision of the script.
    Decision(Box<Decision>),
    /// A line of the log.
    Note { at: SystemTime, text: String },
    /// So many events did not fit.
    Missed(u64),
}

impl Seen {
    /// What it takes while it waits, in bytes. What is missing takes nothing.
    pub(crate) fn cost(&self) -> usize {
        EVENT_BYTES
            + match self {
                Self::Message { bytes, .. } => bytes.len(),
                Self::Decision(decision) => {
                    let because = decision.because.as_ref().map_or(0, String::len);
                    decision.call_id.len() + decision.branch.len() + because
                }
                Self::Note { text, .. } => text.len(),
                Self::Missed(_) => return 0,
            }
    }

    /// The event that a watcher reads.
    pub(crate) fn event(self) -> Event {
        match self {
            Self::Message {
                direction,
                flow,
                at,
                bytes,
            } => Event::Message(message(direction, &flow, at, bytes)),
            Self::Decision(decision) => Event::Decision(*decision),
            Self::Note { at, text } => Event::Note(Note {
                at: micros(at),
                kind: NoteKind::Log,
                title: None,
                text,
            }),
            Self::Missed(count) => Event::Missed(count),
        }
    }
}

fn message(direction: Direction, flow: &Flow, at: SystemTime, bytes: Vec<u8>) -> watch::Message {
    let (from, to, direction) = match direction {
        Direction::In => (flow.remote, flow.local, watch::Direction::In),
        Direction::Out => (flow.local, flow.remote, watch::Direction::Out),
    };
    watch::Message {
        at: micros(at),
        direction: Some(direction),
        from: from.to_string(),
        to: to.to_string(),
        transport: flow.transport.to_string(),
        connection: flow.connection.map(|connection| connection.0),
        lost: false,
        explanation: None,
        bytes,
    }
}
