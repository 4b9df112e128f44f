//! The messages that are kept, by their numbers.

use std::collections::VecDeque;

use sip_control::watch::{Decision, Message};

use super::Limits;
use crate::message::Facts;
use crate::view::Row;

/// What a message costs besides its bytes.
const MESSAGE_BYTES: usize = 2_048;

/// A message that is kept.
#[derive(Debug)]
pub(crate) struct Kept {
    /// As it came.
    pub(crate) message: Message,
    pub(crate) facts: Facts,
    /// As the page shows it.
    pub(crate) row: Row,
    /// What the script decided about it.
    pub(crate) decision: Option<Decision>,
    /// The responses to it.
    pub(crate) responses: Vec<u64>,
}

impl Kept {
    /// When it was seen, in microseconds since 1970.
    pub(crate) fn at(&self) -> u64 {
        self.message.at
    }

    fn cost(&self) -> usize {
        MESSAGE_BYTES + self.message.bytes.len()
    }
}

/// Messages with consecutive numbers from 1; the oldest go when there are too many.
#[derive(Debug)]
pub(crate) struct Ring {
    limits: Limits,
    first: u64,
    bytes: usize,
    messages: VecDeque<Kept>,
}

impl Ring {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            first: 1,
            bytes: 0,
            messages: VecDeque::new(),
        }
    }

    /// The number of the oldest message kept.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// The number of the next message.
    pub(crate) fn next(&self) -> u64 {
        self.first + self.messages.len() as u64
    }

    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }

    pub(crate) fn get(&self, n: u64) -> Option<&Kept> {
        self.messages.get(self.index(n)?)
    }

    pub(crate) fn get_mut(&mut self, n: u64) -> Option<&mut Kept> {
        let index = self.index(n)?;
        self.messages.get_mut(index)
    }

    fn index(&self, n: u64) -> Option<usize> {
        usize::try_from(n.checked_sub(self.first)?).ok()
    }

    /// The messages in order.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Kept> {
        self.messages.iter()
    }

    pub(crate) fn push(&mut self, kept: Kept) {
        self.bytes += kept.cost();
        self.messages.push_back(kept);
    }

    /// Takes the oldest message away if there are too many.
    pub(crate) fn excess(&mut self) -> Option<Kept> {
        let Limits {
            messages, bytes, ..
        } = self.limits;
        if self.messages.len() <= messages && self.bytes <= bytes {
            return None;
        }
        let oldest = self.messages.pop_front()?;
        self.first += 1;
        self.bytes -= oldest.cost();
        Some(oldest)
    }
}
