//! How often each nonce has been answered (nc, RFC 2617 §3.2.2).

use std::collections::VecDeque;

/// How many nonces a phone counts: the last two of a few servers.
const COUNTED: usize = 16;

/// The uses of the latest nonces.
#[derive(Debug, Default)]
pub(crate) struct NonceUses(VecDeque<(String, u32)>);

impl NonceUses {
    /// Counts one more use of a nonce: 1 for the first.
    pub(crate) fn next(&mut self, nonce: &str) -> u32 {
        let known = self.0.iter().position(|(its, _)| its == nonce);
        let uses = known.and_then(|at| self.0.remove(at));
        let count = uses.map_or(1, |(_, uses)| uses + 1);
        if self.0.len() == COUNTED {
            self.0.pop_front();
        }
        self.0.push_back((nonce.to_owned(), count));
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_nonce_has_a_count_of_its_own_and_the_oldest_is_forgotten() {
        let mut uses = NonceUses::default();
        let counts = ["a", "b", "a", "b", "a"].map(|nonce| uses.next(nonce));
        assert_eq!(counts, [1, 1, 2, 2, 3]);
        for other in 0..COUNTED {
            assert_eq!(uses.next(&other.to_string()), 1);
        }
        assert_eq!((uses.next("a"), uses.0.len()), (1, COUNTED));
    }
}
