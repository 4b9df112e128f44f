//! Which messages are new, and which are repetitions of earlier ones.

use std::collections::VecDeque;

use sip_message::{Arrival, Flow, Message, Packet};
use sip_server::{Event, Network};

use crate::wanted::{Wanted, first_line};

/// How many unread messages, and how many answers to repetitions, a phone keeps.
const KEPT: usize = 256;

/// A message and the flow it goes on.
pub(crate) type Outgoing = (Flow, Vec<u8>);

/// The messages that a phone has received.
#[derive(Default)]
pub(crate) struct Inbox {
    unread: VecDeque<Packet>,
    /// The bytes of each message, and the answer to its repetitions.
    heard: VecDeque<(Vec<u8>, Option<Outgoing>)>,
}

impl Inbox {
    /// Takes a message from the network and returns it if it is new. A repetition gets its old
    /// answer; bytes that cannot be parsed are dropped.
    pub(crate) fn take_in(&mut self, network: &mut dyn Network, event: Event) -> Option<&Packet> {
        let Event::Message { bytes, arrival } = event else {
            return None;
        };
        if let Some((_, answer)) = self.heard.iter().find(|(heard, _)| *heard == bytes) {
            if let Some((flow, bytes)) = answer {
                network.send(flow, bytes);
            }
            return None;
        }
        self.keep(bytes, arrival)
    }

    fn keep(&mut self, bytes: Vec<u8>, arrival: Arrival) -> Option<&Packet> {
        let packet = sip_message::parse(bytes.clone(), arrival).ok()?;
        push_bounded(&mut self.heard, (bytes, None));
        push_bounded(&mut self.unread, packet);
        self.unread.back()
    }

    /// Remembers the answer to a message for its repetitions (RFC 3261 §17.2, §13.2.2.4).
    pub(crate) fn answered(&mut self, message: &Message, answer: Outgoing) {
        let bytes = message.to_bytes();
        if let Some(heard) = self.heard.iter_mut().find(|(heard, _)| *heard == bytes) {
            heard.1 = Some(answer);
        }
    }

    /// The oldest unread message that is wanted.
    pub(crate) fn take(&mut self, wanted: &Wanted) -> Option<Packet> {
        let at = self.unread.iter().position(|packet| wanted.is(packet))?;
        let packet = self.unread.remove(at)?;
        if matches!(&packet, Packet::Response(response) if response.status().is_final()) {
            // After the final response, the provisional ones are of no use.
            self.unread.retain(|other| !wanted.is_provisional_of(other));
        }
        Some(packet)
    }

    /// Whether the wanted message cannot come any more.
    pub(crate) fn is_hopeless(&self, wanted: &Wanted) -> bool {
        self.unread.iter().any(|p| wanted.is_excluded_by(p))
    }

    /// The first lines of the unread messages, oldest first.
    pub(crate) fn unread_lines(&self) -> Vec<String> {
        self.unread.iter().map(first_line).collect()
    }

    /// Takes out all unread messages, oldest first.
    pub(crate) fn take_all(&mut self) -> Vec<Packet> {
        self.unread.drain(..).collect()
    }
}

fn push_bounded<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() == KEPT {
        queue.pop_front();
    }
    queue.push_back(item);
}
