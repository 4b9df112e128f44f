//! Transactions that have ended but still absorb retransmissions, bounded in bytes: when they
//! are too many, the oldest are forgotten before their time.

use std::collections::VecDeque;

use tokio::time::Instant;

use super::timers::Owner;

/// What an entry costs beside the message it keeps: map slots, timers.
const OVERHEAD: usize = 384;

#[derive(Debug)]
struct Entry {
    owner: Owner,
    end: Instant,
    bytes: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Finished {
    queue: VecDeque<Entry>,
    bytes: usize,
    /// How many were ever taken off the queue: the number of its first entry.
    first: u64,
}

impl Finished {
    /// Enters a transaction that keeps `bytes` until `end`. Its number tells it from a later
    /// one with the same key.
    pub(crate) fn add(&mut self, owner: Owner, end: Instant, bytes: usize) -> u64 {
        let bytes = bytes + OVERHEAD;
        self.queue.push_back(Entry { owner, end, bytes });
        self.bytes += bytes;
        self.first + self.queue.len() as u64 - 1
    }

    /// The oldest, with its number, when there is more than `limit` bytes. Those whose time was
    /// up have ended by themselves.
    pub(crate) fn excess(&mut self, limit: usize, now: Instant) -> Option<(Owner, u64)> {
        loop {
            let oldest = self.queue.front()?;
            let is_over = oldest.end <= now;
            if !is_over && self.bytes <= limit {
                return None;
            }
            let (owner, number) = (oldest.owner, self.first);
            self.bytes -= oldest.bytes;
            self.queue.pop_front();
            self.first += 1;
            if !is_over {
                return Some((owner, number));
            }
        }
    }
}
