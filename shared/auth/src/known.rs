//! Who answered right from where: so that nobody who guesses elsewhere shuts them out.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::accounts::{Account, Rate};

/// How many pairs of a user and a place are known, in some 5 MB: 100,000 phones and then some.
const KNOWN: usize = 131_072;

/// How long one is known without answering again, in seconds: a day. A phone registers every two
/// hours at the latest.
const TRUST: u32 = 86_400;

/// After so many wrong answers since the last right one, it is as good as unknown: who guesses at
/// every name of an office from within would have this many tries at each.
const TRIES: u8 = 3;

/// The pairs that answered right, by their hash.
#[derive(Debug, Default)]
pub(crate) struct KnownPairs(HashMap<u64, Pair, RandomState>);

#[derive(Debug, Clone, Copy)]
struct Pair {
    /// When it last answered right, in seconds since 1970.
    seen: u32,
    /// How many wrong answers came since.
    wrong: u8,
    account: Account,
}

/// What is known of a pair.
pub(crate) enum Standing {
    /// It must wait for so many seconds on its own account, and on no other.
    Trusted(u32),
    /// It has an account of its own, and shares those of its place and its name.
    Doubted(u32),
    Unknown,
}

impl KnownPairs {
    /// How a pair stands.
    pub(crate) fn standing(&mut self, pair: u64, rate: Rate, now: u32) -> Standing {
        let Some(known) = self.0.get_mut(&pair) else {
            return Standing::Unknown;
        };
        let wait = known.account.wait(rate, now);
        match known.wrong < TRIES && now.saturating_sub(known.seen) < TRUST {
            true => Standing::Trusted(wait),
            false => Standing::Doubted(wait),
        }
    }

    /// Holds a wrong answer against a pair; false when it is not known.
    pub(crate) fn charge(&mut self, pair: u64, rate: Rate, now: u32) -> bool {
        let Some(known) = self.0.get_mut(&pair) else {
            return false;
        };
        known.account.charge(rate, now);
        known.wrong = known.wrong.saturating_add(1);
        true
    }

    /// A pair answered right. `owed` is its account if it was not known before.
    pub(crate) fn right(&mut self, pair: u64, owed: Account, now: u32) {
        if let Some(known) = self.0.get_mut(&pair) {
            (known.seen, known.wrong) = (now, 0);
            return;
        }
        if self.0.len() >= KNOWN {
            self.make_room(now);
        }
        let known = Pair {
            seen: now,
            wrong: 0,
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

    /// Forgets those not seen for a day, or else the half not seen for longest. They are then
    /// unknown, which is no refusal.
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
    fn what_is_known_is_bounded() {
        let mut known = KnownPairs::default();
        for pair in 0..2 * KNOWN as u64 {
            known.right(pair, Account::default(), pair as u32 / 1_000);
            assert!(known.0.len() <= KNOWN);
        }
        let last = 2 * KNOWN as u64 - 1;
        assert!(known.0.contains_key(&last) && !known.0.contains_key(&0));
    }
}
