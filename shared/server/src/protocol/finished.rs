//! Transactions that have ended but still absorb retransmissions, bounded in bytes: when they
//! are too many, the oldest are forgotten before their time. A source that has more than its
//! share loses its own first.

use std::collections::{HashMap, VecDeque};

use foldhash::fast::RandomState;
use std::time::Instant;

use super::timers::Owner;
use crate::account::Source;
use crate::table::{shrink, shrink_queue};

/// What an entry costs beside the message it keeps: map slots, timers.
const OVERHEAD: usize = 384;

/// The number of a transaction among all that have finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number(u64);

#[derive(Debug)]
struct Entry {
    number: Number,
    owner: Owner,
    source: Source,
    end: Instant,
    /// What it counts for; nothing once it is forgotten.
    bytes: usize,
}

/// What one source has among the entries.
#[derive(Debug, Default)]
struct Part {
    bytes: usize,
    /// The numbers of its entries, the oldest first.
    numbers: VecDeque<Number>,
}

#[derive(Debug)]
pub(crate) struct Finished {
    most: usize,
    bytes: usize,
    /// The oldest first.
    queue: VecDeque<Entry>,
    /// How many in the queue are forgotten: at most half, then they leave it.
    forgotten: usize,
    parts: HashMap<Source, Part, RandomState>,
    /// How many were ever entered: the number of the next.
    count: u64,
    /// Forgotten, and not yet handed out.
    excess: Vec<(Owner, Number)>,
}

impl Finished {
    /// Keeps at most so many bytes.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            bytes: 0,
            queue: VecDeque::new(),
            forgotten: 0,
            parts: HashMap::default(),
            count: 0,
            excess: Vec::new(),
        }
    }

    /// Enters a transaction that keeps `bytes` until `end` for a source. By its number it is known
    /// from a later one with the same key.
    pub(crate) fn add(
        &mut self,
        owner: Owner,
        source: Source,
        end: Instant,
        bytes: usize,
    ) -> Number {
        let number = Number(self.count);
        let bytes = bytes + OVERHEAD;
        self.count += 1;
        self.bytes += bytes;
        self.queue.push_back(Entry {
            number,
            owner,
            source,
            end,
            bytes,
        });
        let part = self.parts.entry(source).or_default();
        part.bytes += bytes;
        part.numbers.push_back(number);
        while self.has_too_much(source) {
            self.forget_oldest_of(source);
        }
        number
    }

    /// One that is to be forgotten before its time, with its number. Those whose time was up have
    /// ended by themselves.
    pub(crate) fn excess(&mut self, now: Instant) -> Option<(Owner, Number)> {
        while let Some(oldest) = self.queue.front() {
            let is_over = oldest.end <= now || oldest.bytes == 0;
            if !is_over && self.bytes <= self.most {
                break;
            }
            let (owner, number) = (oldest.owner, oldest.number);
            self.take_first();
            if !is_over {
                self.excess.push((owner, number));
            }
        }
        self.excess.pop()
    }

    /// Whether a source holds more than is free for all others, and more than they do: where
    /// thousands of sources hold a little each, none of them is to blame.
    fn has_too_much(&self, source: Source) -> bool {
        let free = self.most.saturating_sub(self.bytes);
        if self.bytes <= free {
            return false; // nobody holds more than all together do
        }
        let held = self.parts.get(&source).map_or(0, |part| part.bytes);
        held > free && held > self.bytes / self.parts.len().max(1)
    }

    fn forget_oldest_of(&mut self, source: Source) {
        let number = self.parts.get(&source).and_then(|it| it.numbers.front());
        let Some(&number) = number else { return };
        let at = self.queue.partition_point(|entry| entry.number < number);
        let Some(entry) = self.queue.get_mut(at) else {
            return;
        };
        let bytes = std::mem::take(&mut entry.bytes);
        self.excess.push((entry.owner, number));
        self.forgotten += 1;
        self.give_back(source, bytes);
        if self.forgotten > self.queue.len() / 2 {
            self.queue.retain(|entry| entry.bytes > 0);
            self.forgotten = 0;
        }
    }

    fn take_first(&mut self) {
        let Some(first) = self.queue.pop_front() else {
            return;
        };
        shrink_queue(&mut self.queue);
        match first.bytes {
            0 => self.forgotten -= 1,
            bytes => self.give_back(first.source, bytes),
        }
    }

    /// The oldest of a source is gone.
    fn give_back(&mut self, source: Source, bytes: usize) {
        self.bytes -= bytes;
        let Some(part) = self.parts.get_mut(&source) else {
            return;
        };
        part.bytes -= bytes;
        part.numbers.pop_front();
        shrink_queue(&mut part.numbers);
        if part.numbers.is_empty() {
            self.parts.remove(&source);
            shrink(&mut self.parts);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::keys::ServerKey;

    fn source(number: u32) -> Source {
        Source::of(std::net::Ipv4Addr::from(number).into())
    }

    #[test]
    fn what_is_entered_leaves_when_its_time_is_up_and_nothing_is_left_of_it() {
        let (began, wait) = (Instant::now(), Duration::from_secs(32));
        let mut finished = Finished::new(1 << 20);
        let mut forgotten = 0;
        for number in 0..20_000_u32 {
            // One source is a thousand times as busy as the others.
            let from = if number % 1000 == 0 { number } else { 1 };
            finished.add(Owner::Server(ServerKey(0)), source(from), began + wait, 100);
            while let Some((_, entry)) = finished.excess(began) {
                assert_ne!(entry.0 % 1000, 0, "one of a source with a single one");
                forgotten += 1;
            }
            assert!(finished.bytes <= 1 << 20);
            assert!(finished.queue.len() < 4 * (1 << 20) / (OVERHEAD + 100));
        }
        assert!(forgotten > 17_000, "{forgotten}");
        assert_eq!(finished.excess(began + wait), None);
        assert!(finished.queue.is_empty() && finished.parts.is_empty());
        assert_eq!((finished.bytes, finished.forgotten), (0, 0));
    }
}
