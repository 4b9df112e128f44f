//! Which users answered right from which place, so that guesses from elsewhere do not lock them out.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use sip_digest::Offer;

use crate::accounts::{Account, Rate};

/// How many pairs of a user and a place are remembered, in about 5 MB: enough for 100,000 phones.
const KNOWN: usize = 131_072;

/// How long a pair is remembered after its last right answer, in seconds: a day. A phone registers
/// at least every two hours.
const TRUST: u32 = 86_400;

/// After this many wrong answers since the last right one, a pair is no longer trusted. Someone inside
/// an office who guesses at every name there has this many tries for each.
const TRIES: u8 = 3;

/// The pairs that answered right, by their hash.
#[derive(Debug, Default)]
pub(crate) struct KnownPairs(HashMap<u64, Pair, RandomState>);

#[derive(Debug, Clone, Copy)]
struct Pair {
    /// When it last answered right, in seconds since 1970.
    seen: u32,
    /// How many wrong answers followed.
    wrong: u8,
    /// What it is offered instead of what all are.
    offer: Option<Offer>,
    account: Account,
}

/// How far a pair is trusted.
pub(crate) enum Standing {
    /// Only its own account counts: it must wait this many seconds.
    Trusted(u32),
    /// Its own account counts, and those of its place and its name.
    Doubted(u32),
    Unknown,
}

impl KnownPairs {
    /// How far a pair is trusted now.
    pub(crate) fn standing(&mut self, pair: u64, rate: Rate, now: u32) -> Standing {
        let Some(known) = self.0.get_mut(&pair) else {
            return Standing::Unknown;
        };
        let wait = known.account.wait(rate, now);
        if known.wrong < TRIES && now.saturating_sub(known.seen) < TRUST {
            Standing::Trusted(wait)
        } else {
            Standing::Doubted(wait)
        }
    }

    /// Charges a wrong answer to a pair; false if the pair is unknown.
    pub(crate) fn charge(&mut self, pair: u64, rate: Rate, now: u32) -> bool {
        let Some(known) = self.0.get_mut(&pair) else {
            return false;
        };
        known.account.charge(rate, now);
        known.wrong = known.wrong.saturating_add(1);
        true
    }

    /// What a pair that answered right is offered: the inner `None` is what all are.
    pub(crate) fn offer(&self, pair: u64) -> Option<Option<Offer>> {
        self.0.get(&pair).map(|known| known.offer)
    }

    /// Notes a right answer of a pair, and what it is offered from now on. `owed` is its account if
    /// it was unknown before.
    pub(crate) fn right(&mut self, pair: u64, owed: Account, offer: Option<Offer>, now: u32) {
        if let Some(known) = self.0.get_mut(&pair) {
            (known.seen, known.wrong, known.offer) = (now, 0, offer);
            return;
        }
        if self.0.len() >= KNOWN {
            self.make_room(now);
        }
        let known = Pair {
            seen: now,
            wrong: 0,
            offer,
            account: owed,
        };
        self.0.insert(pair, known);
    }

    /// Forgets those not seen for a day, and gives back their room.
    pub(crate) fn forget_old(&mut self, now: u32) {
        self.0
            .retain(|_, pair| now.saturating_sub(pair.seen) < TRUST);
        self.0.shrink_to(2 * self.0.len());
    }

    /// Forgets the pairs not seen for a day, or else the half not seen for longest. An unknown pair
    /// is still served.
    fn make_room(&mut self, now: u32) {
        self.forget_old(now);
        if self.0.len() < KNOWN {
            return;
        }
        let mut seen: Vec<u32> = self.0.values().map(|pair| pair.seen).collect();
        let middle = seen.len() / 2;
        let (_, oldest, _) = seen.select_nth_unstable(middle);
        self.0.retain(|_, pair| pair.seen > *oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_known_pairs_is_bounded() {
        let mut known = KnownPairs::default();
        for pair in 0..2 * KNOWN as u64 {
            known.right(pair, Account::default(), None, pair as u32 / 1_000);
            assert!(known.0.len() <= KNOWN);
        }
        let last = 2 * KNOWN as u64 - 1;
        assert!(known.0.contains_key(&last) && !known.0.contains_key(&0));
    }
}
