//! What changed, in order. Readers have a place in this log; one that falls behind its beginning
//! has missed something.

use std::collections::VecDeque;

/// The most changes kept: some seconds of a busy server.
const MOST: usize = 32_768;

/// Something that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Whether the source is connected, or what it is called.
    Source,
    /// Everything: the server was started again.
    Reset,
    /// A party came or changed.
    Party(usize),
    /// A group came or changed.
    Group(usize),
    /// A message came or changed.
    Row(u64),
    /// A note came.
    Note(u64),
    /// Old messages were forgotten.
    Dropped,
    /// So many messages never came here, after a message.
    Missed { count: u64, after: u64 },
    /// A table changed.
    Tables,
}

#[derive(Debug, Default)]
pub(crate) struct Changes {
    first: u64,
    log: VecDeque<Change>,
}

impl Changes {
    pub(crate) fn push(&mut self, change: Change) {
        self.log.push_back(change);
        if self.log.len() > MOST {
            self.log.pop_front();
            self.first += 1;
        }
    }

    /// The place behind the last change.
    pub(crate) fn end(&self) -> u64 {
        self.first + self.log.len() as u64
    }

    /// The changes from a place on; `None` if some of them are forgotten.
    pub(crate) fn since(&self, place: u64) -> Option<impl Iterator<Item = Change>> {
        let skip = usize::try_from(place.checked_sub(self.first)?).ok()?;
        Some(self.log.iter().skip(skip).copied())
    }
}
