//! What leaves the server in one turn: messages to any peers, notes for the log, and what becomes
//! of connections. Messages and notes lie in one piece of memory, and each has its span there.

use std::fmt::{self, Write};
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use sip_message::{Connection, Flow};

/// Messages that gather at most, and about how many bytes of them; then they should leave.
const GATHERED: usize = 128;
const GATHERED_BYTES: usize = 256 * 1024;

/// Everything that leaves in one turn, for the transport to take as a whole.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// The bytes of messages and notes, one behind the other.
    pub(crate) bytes: Vec<u8>,
    pub(crate) messages: Vec<Envelope>,
    notes: Vec<(SocketAddr, Range<usize>)>,
    keeps: Vec<(Connection, Duration)>,
    hang_ups: Vec<Connection>,
}

/// A message: where it goes, and where its bytes are.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub(crate) flow: Flow,
    pub(crate) span: Range<usize>,
    pub(crate) order: Order,
}

/// Whether a message leaves in its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Before later messages to the same peer.
    Kept,
    /// At the end, among others of its size, since nothing follows from it.
    Free,
}

impl Outgoing {
    /// Sends a message.
    pub fn send(&mut self, flow: &Flow, bytes: &[u8]) {
        self.push(flow, bytes, Order::Kept);
    }

    /// Sends the server's own final answer to a request. Nothing follows from it, so it may leave
    /// after the other messages of this turn.
    pub fn answer(&mut self, flow: &Flow, bytes: &[u8]) {
        self.push(flow, bytes, Order::Free);
    }

    fn push(&mut self, flow: &Flow, bytes: &[u8], order: Order) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.messages.push(Envelope {
            flow: *flow,
            span: start..self.bytes.len(),
            order,
        });
    }

    /// Notes a line for the log about a peer.
    pub(crate) fn note(&mut self, from: SocketAddr, text: fmt::Arguments<'_>) {
        let start = self.bytes.len();
        let _ = Printer(&mut self.bytes).write_fmt(text); // writing to memory cannot fail
        self.notes.push((from, start..self.bytes.len()));
    }

    /// Keeps a connection open for so long from now: a binding or a call needs it.
    pub(crate) fn keep(&mut self, connection: Connection, time: Duration) {
        self.keeps.push((connection, time));
    }

    /// Closes a connection whose peer cannot be understood, once these messages have left.
    pub(crate) fn hang_up(&mut self, connection: Connection) {
        self.hang_ups.push(connection);
    }

    /// The messages, in the order they were sent.
    pub fn messages(&self) -> impl Iterator<Item = (&Flow, &[u8])> {
        let messages = self.messages.iter();
        messages.map(|message| (&message.flow, &self.bytes[message.span.clone()]))
    }

    /// The lines for the log, each with the peer that it is about. A line says why something is
    /// done, so it comes before the messages.
    pub fn notes(&self) -> impl Iterator<Item = (SocketAddr, &str)> {
        let text = |span: &Range<usize>| std::str::from_utf8(&self.bytes[span.clone()]);
        let notes = self.notes.iter();
        notes.map(move |(from, span)| (*from, text(span).unwrap_or_default()))
    }

    /// Connections that a binding or a call needs, and for how long from now. Until then they may
    /// be silent, and others are closed before them.
    pub fn keeps(&self) -> &[(Connection, Duration)] {
        &self.keeps
    }

    /// Connections to close once the messages have left.
    pub fn hang_ups(&self) -> &[Connection] {
        &self.hang_ups
    }

    /// Whether nothing leaves.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
            && self.notes.is_empty()
            && self.keeps.is_empty()
            && self.hang_ups.is_empty()
    }

    /// Whether so much has gathered that it should leave before more is done.
    pub(crate) fn is_full(&self) -> bool {
        self.messages.len() >= GATHERED || self.bytes.len() >= GATHERED_BYTES
    }

    /// Forgets everything that has left. The memory is used again, but for what a burst took.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(GATHERED_BYTES);
        self.messages.clear();
        self.messages.shrink_to(4 * GATHERED);
        self.notes.clear();
        self.keeps.clear();
        self.hang_ups.clear();
    }

    /// Moves the messages of another turn behind those that are here.
    pub(crate) fn append_messages(&mut self, other: &mut Self) {
        if self.messages.is_empty() {
            std::mem::swap(&mut self.bytes, &mut other.bytes);
            std::mem::swap(&mut self.messages, &mut other.messages);
            return;
        }
        let behind = self.bytes.len();
        self.bytes.append(&mut other.bytes);
        let moved = other.messages.drain(..).map(|message| Envelope {
            span: message.span.start + behind..message.span.end + behind,
            ..message
        });
        self.messages.extend(moved);
    }
}

/// Writes text into bytes.
struct Printer<'a>(&'a mut Vec<u8>);

impl Write for Printer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
