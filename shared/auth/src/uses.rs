//! Which nonces were used how often, so that no answer counts twice.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::nonce::Nonce;

/// How many used nonces are remembered, in some 9 MB: those of 100,000 phones that come back
/// each minute, with room to spare. The oldest are forgotten first, and by then expired unless
/// more than this many were used within a nonce's lifetime.
const REMEMBERED: usize = 262_144;

/// The last use of each nonce.
///
/// In memory only, so that an answer costs no write: a server that starts again knows of no uses,
/// and an answer overheard before counts once more until its nonce expires.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    last: HashMap<Nonce, u32>,
    order: VecDeque<Nonce>,
    forgotten: Option<Forgotten>,
}

/// The newest time and the highest serial number of the nonces that were forgotten.
#[derive(Debug, Clone, Copy)]
struct Forgotten {
    time: u32,
    serial: u32,
}

impl Forgotten {
    /// Whether a nonce may have been forgotten. The time alone would tell it, but for a clock that
    /// was set back, and the number alone, but that it wraps.
    fn may_be(self, nonce: Nonce) -> bool {
        nonce.time <= self.time && !is_after(nonce.serial, self.serial)
    }

    fn with(self, nonce: Nonce) -> Self {
        let is_after = is_after(nonce.serial, self.serial);
        Self {
            time: self.time.max(nonce.time),
            serial: if is_after { nonce.serial } else { self.serial },
        }
    }
}

/// Whether a serial number was given after another: they are counted from anywhere, and wrap.
fn is_after(serial: u32, other: u32) -> bool {
    (1..1 << 31).contains(&serial.wrapping_sub(other))
}

impl Uses {
    /// Counts a use; false when the nonce was used with this count or a higher one before, or may
    /// have been: when it is no newer than one that was forgotten.
    /// `count` is the nonce count, or `None` without qop, where a nonce serves once.
    ///
    /// Only an answer that was right may be counted: anybody can write a count.
    pub(crate) fn count(&self, nonce: Nonce, count: Option<u32>) -> bool {
        let count = count.unwrap_or(u32::MAX);
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = table.last.get_mut(&nonce) {
            let is_new = count > *last;
            *last = count.max(*last);
            return is_new;
        }
        if table.forgotten.is_some_and(|old| old.may_be(nonce)) {
            return false;
        }
        if table.order.len() >= REMEMBERED
            && let Some(oldest) = table.order.pop_front()
        {
            table.last.remove(&oldest);
            let Nonce { time, serial } = oldest;
            let forgotten = table.forgotten.unwrap_or(Forgotten { time, serial });
            table.forgotten = Some(forgotten.with(oldest));
        }
        table.last.insert(nonce, count);
        table.order.push_back(nonce);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_must_rise_and_without_one_a_nonce_serves_once() {
        let uses = Uses::default();
        let (one, two) = (Nonce { time: 1, serial: 1 }, Nonce { time: 1, serial: 2 });
        assert!(uses.count(one, Some(1)));
        assert!(!uses.count(one, Some(1)), "repeated");
        assert!(uses.count(one, Some(5)), "counts may be left out");
        assert!(!uses.count(one, Some(4)), "lower");
        assert!(uses.count(two, None));
        assert!(!uses.count(two, None), "once only");
        assert!(!uses.count(two, Some(9)));
    }

    /// A nonce of its own for each use, a thousand a second.
    fn nth(serial: u32) -> Nonce {
        let time = serial / 1_000;
        Nonce { time, serial }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let uses = Uses::default();
        for serial in 0..REMEMBERED as u32 + 10 {
            assert!(uses.count(nth(serial), Some(1)));
        }
        let table = uses.0.lock().unwrap();
        assert_eq!(
            (table.last.len(), table.order.len()),
            (REMEMBERED, REMEMBERED)
        );
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_new_nonce_an_old_one() {
        let uses = Uses::default();
        let ahead = |serial| Nonce {
            time: 10_000,
            serial,
        };
        for serial in 0..REMEMBERED as u32 + 10 {
            uses.count(ahead(serial), Some(1));
        }
        let serial = REMEMBERED as u32 + 10;
        assert!(uses.count(Nonce { time: 1, serial }, Some(1)));
        assert!(!uses.count(ahead(0), Some(2)), "forgotten");
    }

    #[test]
    fn what_is_forgotten_does_not_count_again() {
        let uses = Uses::default();
        let (first, never_used) = (nth(0), nth(999));
        for serial in (0..REMEMBERED as u32 + 10).filter(|serial| *serial != 999) {
            uses.count(nth(serial), Some(1));
        }
        assert!(!uses.0.lock().unwrap().last.contains_key(&first));
        assert!(!uses.count(first, Some(1)), "the same answer");
        assert!(!uses.count(first, Some(2)), "nobody knows its last count");
        assert!(uses.count(never_used, Some(1)), "made after all of these");
        assert!(uses.count(nth(REMEMBERED as u32 + 10), Some(1)));
        assert!(uses.count(nth(REMEMBERED as u32), Some(2)), "known");
    }
}
