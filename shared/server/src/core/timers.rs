//! The agenda: what is due when. Entries are hints; the transaction they name says whether they
//! still hold, so nothing is ever taken off the agenda early.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use tokio::time::Instant;

/// Whose timer it is, by the transaction's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    Server(u64),
    Client(u64),
}

/// A point in time a transaction waits for, at most one of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Timers A, E and G: send again.
    Retransmit,
    /// Timers B, D, F, H, I, J, K, L and M: the state ends.
    End,
    /// A 100 is due: after 200 ms to an INVITE (RFC 3261 §17.2.1), when Timer E has reached T2
    /// to anything else (RFC 4320 §4.1).
    Trying,
    /// Timer C: it has rung long enough (§16.8).
    Ring,
}

type Entry = Reverse<(Instant, Owner, Kind)>;

#[derive(Debug, Default)]
pub(crate) struct Agenda {
    heap: BinaryHeap<Entry>,
}

impl Agenda {
    pub(crate) fn add(&mut self, at: Instant, owner: Owner, kind: Kind) {
        self.heap.push(Reverse((at, owner, kind)));
    }

    /// When to look again.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, ..))| *at)
    }

    /// The next entry that is due.
    pub(crate) fn due(&mut self, now: Instant) -> Option<(Instant, Owner, Kind)> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(entry)| entry)
    }

    /// Forgets the entries of transactions that are gone, when they have become many: under
    /// load most transactions end long before their timers.
    pub(crate) fn tidy(&mut self, live: usize, is_live: impl Fn(Owner) -> bool) {
        if self.heap.len() > 1024 + 6 * live {
            self.heap.retain(|Reverse((_, owner, _))| is_live(*owner));
        }
    }
}

/// The next interval of a retransmission that doubles up to `limit` (§17.1.2.2).
pub(crate) fn doubled(interval: Duration, limit: Duration) -> Duration {
    (interval * 2).min(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_transactions_that_are_gone_do_not_pile_up() {
        let mut agenda = Agenda::default();
        let later = Instant::now() + Duration::from_secs(32);
        for key in 0..100_000 {
            agenda.add(later, Owner::Server(key), Kind::End);
            agenda.tidy(1, |owner| owner == Owner::Server(0));
        }
        assert!(agenda.heap.len() <= 1031, "{}", agenda.heap.len());
        assert_eq!(agenda.next(), Some(later), "the one that lives is kept");
    }
}
