//! Which nonces were used how often, so that no answer counts twice.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::nonce::Nonce;

/// How many used nonces are remembered. The oldest are forgotten first, and by then expired
/// unless more than this many phones answered within a nonce's lifetime.
const REMEMBERED: usize = 65_536;

/// The last use of each nonce.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    last: HashMap<Nonce, u32>,
    order: VecDeque<Nonce>,
}

impl Uses {
    /// Counts a use; false when the nonce was used with this count or a higher one before.
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
        if table.order.len() >= REMEMBERED
            && let Some(oldest) = table.order.pop_front()
        {
            table.last.remove(&oldest);
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

    #[test]
    fn what_is_remembered_is_bounded() {
        let uses = Uses::default();
        for serial in 0..REMEMBERED as u32 + 10 {
            assert!(uses.count(Nonce { time: 1, serial }, Some(1)));
        }
        let table = uses.0.lock().unwrap();
        assert_eq!(
            (table.last.len(), table.order.len()),
            (REMEMBERED, REMEMBERED)
        );
    }
}
