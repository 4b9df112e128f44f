//! Who answered wrong with SHA-256, so that MD5 alone is offered next.
//!
//! Perhaps only the MD5 hash of that user is kept. Many phones do not answer twice in one
//! registration: they begin again, and then the server has to remember. Names that do not exist are
//! remembered as well, so that nobody learns anything.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// How many are remembered, in about 2 MB. A phone that is forgotten is offered SHA-256 again.
const MOST: usize = 65_536;

/// For how long, in seconds: an hour. Phones that were refused try again within minutes.
const MEMORY: u32 = 3_600;

/// The pairs of a user and a place, by their hash, and when they answered wrong.
#[derive(Debug, Default)]
pub(crate) struct Failed(HashMap<u64, u32, RandomState>);

impl Failed {
    /// The pair answered wrong with SHA-256.
    pub(crate) fn note(&mut self, pair: u64, now: u32) {
        if self.0.len() >= MOST {
            self.forget_old(now);
        }
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(pair, now);
    }

    /// Whether the pair has answered wrong with SHA-256 within the hour.
    pub(crate) fn has(&self, pair: u64, now: u32) -> bool {
        let when = self.0.get(&pair);
        when.is_some_and(|when| now.saturating_sub(*when) < MEMORY)
    }

    /// The pair has answered right.
    pub(crate) fn forget(&mut self, pair: u64) {
        self.0.remove(&pair);
    }

    /// Forgets what is older than an hour, and gives back its room.
    pub(crate) fn forget_old(&mut self, now: u32) {
        self.0.retain(|_, when| now.saturating_sub(*when) < MEMORY);
        self.0.shrink_to(2 * self.0.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_failed_is_remembered_for_an_hour_and_their_number_is_bounded() {
        let mut failed = Failed::default();
        failed.note(7, 100);
        assert!(failed.has(7, 100 + MEMORY - 1) && !failed.has(7, 100 + MEMORY));
        assert!(!failed.has(8, 100));
        failed.forget(7);
        assert!(!failed.has(7, 100));
        for pair in 0..3 * MOST as u64 {
            failed.note(pair, 100);
            assert!(failed.0.len() <= MOST);
        }
        failed.forget_old(100 + MEMORY);
        assert!(failed.0.is_empty() && failed.0.capacity() < 1_000);
    }
}
