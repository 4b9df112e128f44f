//! The agenda: what is due when. Entries are hints; the transaction they name says whether they
//! still hold, so nothing is ever taken off the agenda early.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

use std::time::Instant;

use crate::keys::{CallKey, ClientKey, ServerKey};
use crate::table::shrink_queue;

/// Whose timer it is, by the key of the transaction or call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    Server(ServerKey),
    Client(ClientKey),
    Call(CallKey),
}

/// A point in time a transaction waits for, at most one of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Timers A, E and G: send again.
    Retransmit,
    /// Timers B, D, F, H, I, J, K, L and M: the state ends. A call leaves the table of calls.
    End,
    /// A 100 is due: after 200 ms to an INVITE (RFC 3261 §17.2.1), when Timer E has reached T2
    /// to anything else (RFC 4320 §4.1).
    Trying,
    /// Timer C: it has rung long enough (§16.8).
    Ring,
}

type Entry = (Instant, Owner, Kind);

/// As many as there are durations: T1 to 64*T1 doubling, T2, T4, the two of a 100, Timer C, and
/// the lifetime of a call.
const LANES: usize = 13;

/// Nearly all entries wait one of a few durations, and those of one come due in the order they
/// are made. So an entry goes to the end of the first lane where it is not too early, which sorts
/// the durations into lanes by itself, the longest first; what fits nowhere is put in order.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    lanes: [VecDeque<Entry>; LANES],
    others: BinaryHeap<Reverse<Entry>>,
    /// The earliest, which every turn of the server asks for.
    next: Option<Instant>,
    len: usize,
}

impl Agenda {
    pub(crate) fn add(&mut self, at: Instant, owner: Owner, kind: Kind) {
        let entry = (at, owner, kind);
        let is_fit = |lane: &&mut VecDeque<Entry>| lane.back().is_none_or(|last| last.0 <= at);
        match self.lanes.iter_mut().find(is_fit) {
            Some(lane) => lane.push_back(entry),
            None => self.others.push(Reverse(entry)),
        }
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
        self.len += 1;
    }

    /// When to look again.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.next
    }

    fn earliest(&self) -> Option<Instant> {
        let firsts = self.lanes.iter().filter_map(VecDeque::front);
        let other = self.others.peek().map(|Reverse(entry)| entry);
        firsts.chain(other).map(|(at, ..)| *at).min()
    }

    /// The next entry that is due.
    pub(crate) fn due(&mut self, now: Instant) -> Option<Entry> {
        let next = self.next.filter(|at| *at <= now)?;
        let is_next = |lane: &&mut VecDeque<Entry>| lane.front().is_some_and(|e| e.0 == next);
        let due = match self.lanes.iter_mut().find(is_next) {
            Some(lane) => {
                shrink_queue(lane);
                lane.pop_front()
            }
            None => self.others.pop().map(|Reverse(entry)| entry),
        };
        self.next = self.earliest();
        self.len -= 1;
        due
    }

    /// Forgets the entries of transactions that are gone, when they have become many: under
    /// load most transactions end long before their timers.
    pub(crate) fn tidy(&mut self, live: usize, is_live: impl Fn(Owner) -> bool) {
        if self.len <= 1024 + 6 * live {
            return;
        }
        self.len = 0;
        for lane in &mut self.lanes {
            lane.retain(|(_, owner, _)| is_live(*owner));
            shrink_queue(lane);
            self.len += lane.len();
        }
        self.others.retain(|Reverse((_, owner, _))| is_live(*owner));
        self.len += self.others.len();
        self.next = self.earliest();
    }
}

/// Whether a timer that runs has come due.
pub(crate) fn is_due(timer: Option<Instant>, now: Instant) -> bool {
    timer.is_some_and(|at| at <= now)
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
            agenda.add(later, Owner::Server(ServerKey(key)), Kind::End);
            agenda.tidy(1, |owner| owner == Owner::Server(ServerKey(0)));
        }
        assert!(agenda.len <= 1031, "{}", agenda.len);
        assert_eq!(agenda.next(), Some(later), "the one that lives is kept");
    }

    #[test]
    fn entries_come_due_in_the_order_of_their_times_whatever_they_were_made_in() {
        let began = Instant::now();
        let at = |seconds| began + Duration::from_secs(seconds);
        let mut agenda = Agenda::default();
        let times = (0..500).map(|number| number * 7919 % 499);
        for (key, seconds) in (0..).zip(times.clone()) {
            agenda.add(at(seconds), Owner::Client(ClientKey(key)), Kind::Ring);
        }
        assert!(!agenda.others.is_empty(), "more orders than lanes");
        let mut expected: Vec<_> = times.collect();
        expected.sort_unstable();
        for seconds in expected {
            assert_eq!(agenda.next(), Some(at(seconds)));
            assert!(seconds == 0 || agenda.due(at(seconds - 1)).is_none());
            let due = agenda.due(at(500)).map(|(at, ..)| at);
            assert_eq!(due, Some(at(seconds)));
        }
        assert_eq!(agenda.due(at(500)), None);
        assert_eq!(agenda.len, 0);
    }

    #[test]
    fn the_durations_of_transactions_need_no_sorting() {
        let began = Instant::now();
        let mut agenda = Agenda::default();
        for now in 0..1000 {
            let now = began + Duration::from_millis(now);
            for wait in [
                200, 500, 1000, 2000, 3500, 4000, 5000, 8000, 16_000, 32_000, 181_000, 43_200_000,
            ] {
                let at = now + Duration::from_millis(wait);
                agenda.add(at, Owner::Client(ClientKey(wait)), Kind::End);
            }
        }
        assert!(agenda.others.is_empty());
    }
}
