//! Messages in TCP streams: segments in their order, cut into messages.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use sip_control::watch::Message;
use sip_message::{Frame, Framer};

/// Segments that may wait for one that is missing.
const WAITING: usize = 64;

/// A part of a stream.
pub(super) struct Segment<'a> {
    /// When, in microseconds since 1970.
    pub(super) at: u64,
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) sequence: u32,
    /// It opens the connection.
    pub(super) begins: bool,
    pub(super) bytes: &'a [u8],
}

/// The streams of a capture, one for each direction of a connection.
#[derive(Default)]
pub(super) struct Streams {
    streams: HashMap<[SocketAddr; 2], Stream>,
    /// The number of each connection, under both directions.
    connections: HashMap<[SocketAddr; 2], u64>,
}

#[derive(Default)]
struct Stream {
    framer: Framer,
    /// The sequence number of the next byte; `None` before the first segment.
    next: Option<u32>,
    waiting: BTreeMap<u32, Vec<u8>>,
}

impl Streams {
    /// Takes a segment, and returns the messages that end in it.
    pub(super) fn take(&mut self, segment: &Segment<'_>) -> Vec<Message> {
        let Segment { from, to, .. } = *segment;
        let connection = self.connection(from, to);
        let stream = self.streams.entry([from, to]).or_default();
        stream.take(segment);
        let messages = stream.messages().into_iter();
        let message = |bytes| Message {
            at: segment.at,
            direction: None,
            from: from.to_string(),
            to: to.to_string(),
            transport: "TCP".to_owned(),
            connection: Some(connection),
            lost: false,
            explanation: None,
            bytes,
        };
        messages.map(message).collect()
    }

    fn connection(&mut self, from: SocketAddr, to: SocketAddr) -> u64 {
        let next = self.connections.len() as u64 + 1;
        let ends = [from.min(to), from.max(to)];
        *self.connections.entry(ends).or_insert(next)
    }
}

impl Stream {
    fn take(&mut self, segment: &Segment<'_>) {
        if segment.begins {
            *self = Self::default();
            self.next = Some(segment.sequence.wrapping_add(1));
        }
        if segment.bytes.is_empty() {
            return;
        }
        let next = *self.next.get_or_insert(segment.sequence);
        match order(segment.sequence, next) {
            Ordering::Greater => {
                self.waiting
                    .insert(segment.sequence, segment.bytes.to_vec());
            }
            _ => self.push(segment.sequence, segment.bytes, next),
        }
        if self.waiting.len() > WAITING {
            self.skip_gap();
        }
        self.take_waiting();
    }

    /// Adds bytes that begin at or before the next one; those that came before are left out.
    fn push(&mut self, sequence: u32, bytes: &[u8], next: u32) {
        let known = next.wrapping_sub(sequence) as usize;
        let Some(new) = bytes.get(known..) else {
            return; // all of it is known
        };
        self.framer.push(new);
        self.next = Some(next.wrapping_add(new.len() as u32));
    }

    fn take_waiting(&mut self) {
        while let Some(next) = self.next
            && let Some(first) = self
                .waiting
                .keys()
                .copied()
                .find(|at| order(*at, next).is_le())
            && let Some(bytes) = self.waiting.remove(&first)
        {
            self.push(first, &bytes, next);
        }
    }

    /// Goes on behind a segment that was never captured.
    fn skip_gap(&mut self) {
        let next = self.next.unwrap_or_default();
        let distance = |at: &u32| at.wrapping_sub(next);
        self.framer = Framer::default();
        self.next = self.waiting.keys().copied().min_by_key(distance);
    }

    fn messages(&mut self) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        loop {
            match self.framer.next_frame() {
                Ok(Some(Frame::Message(message))) => messages.push(message),
                Ok(Some(Frame::Ping)) => {}
                Ok(None) => return messages,
                Err(_) => {
                    // Not SIP, or the capture began inside a message: the next segment may begin
                    // one.
                    self.framer = Framer::default();
                    return messages;
                }
            }
        }
    }
}

/// Whether a sequence number is before or behind another; they wrap around.
fn order(one: u32, other: u32) -> Ordering {
    (one.wrapping_sub(other) as i32).cmp(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: &[u8] = b"OPTIONS sip:h SIP/2.0\r\nContent-Length: 0\r\n\r\n";

    fn segment(sequence: u32, bytes: &[u8]) -> Segment<'_> {
        Segment {
            at: 1,
            from: "192.0.2.1:40000".parse().unwrap(),
            to: "192.0.2.2:5060".parse().unwrap(),
            sequence,
            begins: false,
            bytes,
        }
    }

    #[test]
    fn segments_out_of_order_and_sent_twice_make_each_message_once() {
        let mut streams = Streams::default();
        let start = u32::MAX - 20; // it wraps around inside the message
        let piece =
            |from: usize, to: usize| segment(start.wrapping_add(from as u32), &OPTIONS[from..to]);
        let mut messages = streams.take(&piece(0, 10));
        let end = OPTIONS.len();
        for (from, to) in [(30, end), (5, 20), (0, 10), (20, 30), (30, end)] {
            messages.extend(streams.take(&piece(from, to)));
        }
        let bytes: Vec<&[u8]> = messages.iter().map(|message| &*message.bytes).collect();
        assert_eq!(bytes, [OPTIONS]);
        assert_eq!(messages[0].connection, Some(1));
    }

    #[test]
    fn what_is_not_sip_is_skipped_until_a_message_begins() {
        let mut streams = Streams::default();
        let rest = b"n the middle\r\n\r\n";
        assert!(streams.take(&segment(7, rest)).is_empty());
        let next = 7 + rest.len() as u32;
        assert_eq!(streams.take(&segment(next, OPTIONS)).len(), 1);
    }
}
