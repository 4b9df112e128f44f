//! Transactions that have ended but still absorb retransmissions, bounded in bytes: when they
//! are too many, the oldest are forgotten before their time.

use std::collections::VecDeque;

use super::timers::Owner;

/// What an entry costs beside the message it keeps: map slots, timers.
const OVERHEAD: usize = 256;

#[derive(Debug, Default)]
pub(crate) struct Finished {
    queue: VecDeque<(Owner, usize)>,
    bytes: usize,
}

impl Finished {
    pub(crate) fn add(&mut self, owner: Owner, bytes: usize) {
        self.queue.push_back((owner, bytes + OVERHEAD));
        self.bytes += bytes + OVERHEAD;
    }

    /// The oldest, when there is more than `limit` bytes.
    pub(crate) fn excess(&mut self, limit: usize) -> Option<Owner> {
        if self.bytes <= limit {
            return None;
        }
        let (owner, bytes) = self.queue.pop_front()?;
        self.bytes -= bytes;
        Some(owner)
    }
}
