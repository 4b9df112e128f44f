//! Which nonces were used how often, so that no answer counts twice.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use crate::nonce::Nonce;

/// How many used nonces are remembered, in some 14 MB: those of 100,000 phones, which use one in
/// each lifetime, with room for the calls. Beyond, the oldest are forgotten first.
const REMEMBERED: usize = 262_144;

/// How many of them may be one user's: an eighth, which a gateway fills with 100 calls a second.
const SHARE: u32 = REMEMBERED as u32 / 8;

/// The last use of each nonce, for as long as it can be answered.
///
/// In memory only, so that an answer costs no write: a server that starts again knows of no uses,
/// and an answer overheard before counts once more until its nonce expires.
#[derive(Debug)]
pub(crate) struct Uses {
    lifetime: u32,
    hasher: RandomState,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    last: HashMap<Nonce, u32>,
    /// In the order of their first use, and the hash of who used them.
    order: VecDeque<(Nonce, u64)>,
    users: HashMap<u64, User>,
    forgotten: Option<Forgotten>,
}

/// How many of the nonces are a user's, and which were too many to be remembered.
#[derive(Debug, Default)]
struct User {
    remembered: u32,
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

    fn with(before: Option<Self>, nonce: Nonce) -> Option<Self> {
        let Nonce { time, serial, .. } = nonce;
        let before = before.unwrap_or(Self { time, serial });
        let is_after = is_after(serial, before.serial);
        Some(Self {
            time: before.time.max(time),
            serial: if is_after { serial } else { before.serial },
        })
    }
}

/// Whether a serial number was given after another: they are counted from anywhere, and wrap.
fn is_after(serial: u32, other: u32) -> bool {
    (1..1 << 31).contains(&serial.wrapping_sub(other))
}

impl Uses {
    /// Uses of nonces that can be answered for `lifetime` seconds.
    pub(crate) fn new(lifetime: u32) -> Self {
        Self {
            lifetime,
            hasher: RandomState::new(),
            table: Mutex::default(),
        }
    }

    /// Counts a use by `user` at `now`; false when the nonce was used with this count or a higher
    /// one before, or may have been: when it is no newer than one that was forgotten.
    /// `count` is the nonce count, or `None` without qop, where a nonce serves once.
    ///
    /// Only an answer that was right may be counted: anybody can write a count.
    pub(crate) fn count(&self, nonce: Nonce, count: Option<u32>, user: &str, now: u32) -> bool {
        let count = count.unwrap_or(u32::MAX);
        let user = self.hasher.hash_one(user);
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = table.last.get_mut(&nonce) {
            let is_new = count > *last;
            *last = count.max(*last);
            return is_new;
        }
        let may_be = |forgotten: Option<Forgotten>| forgotten.is_some_and(|it| it.may_be(nonce));
        let mine = table.users.get(&user).and_then(|user| user.forgotten);
        if may_be(table.forgotten) || may_be(mine) {
            return false;
        }
        let oldest = now.saturating_sub(self.lifetime);
        table.forget_expired(oldest);
        table.remember(nonce, count, user, oldest);
        true
    }
}

impl Table {
    /// Remembers the first use of a nonce. Of a user with more than a share it only remembers that
    /// this and all older ones are used, and so makes no room at the cost of others: that user is
    /// asked once more where it answers in another order than it was asked.
    fn remember(&mut self, nonce: Nonce, count: u32, user: u64, oldest: u32) {
        if self.users.len() > REMEMBERED {
            self.users.retain(|_, user| user.is_needed(oldest));
        }
        let own = self.users.entry(user).or_default();
        if own.remembered >= SHARE {
            own.forgotten = Forgotten::with(own.forgotten, nonce);
            return;
        }
        own.remembered += 1;
        if self.order.len() >= REMEMBERED {
            self.forget_first(oldest);
        }
        self.last.insert(nonce, count);
        self.order.push_back((nonce, user));
    }

    /// Forgets the nonces that cannot be answered any more, as they were made before `oldest`. If
    /// the clock is set back behind that, they are still known to be old.
    fn forget_expired(&mut self, oldest: u32) {
        let is_over = |(nonce, _): &(Nonce, u64)| nonce.time < oldest;
        while self.order.front().is_some_and(is_over) {
            self.forget_first(oldest);
        }
    }

    fn forget_first(&mut self, oldest: u32) {
        let Some((first, user)) = self.order.pop_front() else {
            return;
        };
        self.last.remove(&first);
        self.forgotten = Forgotten::with(self.forgotten, first);
        if let Some(own) = self.users.get_mut(&user) {
            own.remembered = own.remembered.saturating_sub(1);
            if !own.is_needed(oldest) {
                self.users.remove(&user);
            }
        }
    }
}

impl User {
    /// Whether it has nonces that can still be answered, which were made at `oldest` or later.
    fn is_needed(&self, oldest: u32) -> bool {
        let can_be_answered = |forgotten: Forgotten| forgotten.time >= oldest;
        self.remembered > 0 || self.forgotten.is_some_and(can_be_answered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: u32 = 300;

    fn nonce(time: u32, serial: u32) -> Nonce {
        let place = 0;
        Nonce {
            time,
            serial,
            place,
        }
    }

    fn count(uses: &Uses, nonce: Nonce, count: impl Into<Option<u32>>) -> bool {
        uses.count(nonce, count.into(), "10", nonce.time)
    }

    #[test]
    fn a_count_must_rise_and_without_one_a_nonce_serves_once() {
        let uses = Uses::new(LIFETIME);
        let (one, two) = (nonce(1, 1), nonce(1, 2));
        assert!(count(&uses, one, 1));
        assert!(!count(&uses, one, 1), "repeated");
        assert!(count(&uses, one, 5), "counts may be left out");
        assert!(!count(&uses, one, 4), "lower");
        assert!(count(&uses, two, None));
        assert!(!count(&uses, two, None), "once only");
        assert!(!count(&uses, two, 9));
    }

    #[test]
    fn a_nonce_is_remembered_for_as_long_as_it_can_be_answered_and_no_longer() {
        let uses = Uses::new(LIFETIME);
        let first = nonce(1_000, 1);
        assert!(uses.count(first, Some(1), "10", 1_000));
        assert!(uses.count(nonce(1_300, 2), Some(1), "11", 1_300));
        assert!(!uses.count(first, Some(1), "10", 1_300));
        assert!(uses.count(nonce(1_301, 3), Some(1), "11", 1_301));
        let remembered = uses.table.lock().unwrap().last.len();
        assert_eq!(remembered, 2, "the two that can still be answered");
        assert!(
            !uses.count(first, Some(2), "10", 1_000),
            "the clock was set back"
        );
    }

    /// A nonce of its own for each use, a thousand a second, of as many users.
    fn use_all(uses: &Uses, serials: impl IntoIterator<Item = u32>) {
        for serial in serials {
            let user = (serial % 1_000).to_string();
            let nonce = nth(serial);
            assert!(uses.count(nonce, Some(1), &user, nonce.time));
        }
    }

    fn nth(serial: u32) -> Nonce {
        nonce(serial / 1_000, serial)
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let uses = Uses::new(LIFETIME);
        use_all(&uses, 0..REMEMBERED as u32 + 10);
        let table = uses.table.lock().unwrap();
        assert_eq!(
            (table.last.len(), table.order.len(), table.users.len()),
            (REMEMBERED, REMEMBERED, 1_000)
        );
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_new_nonce_an_old_one() {
        let uses = Uses::new(LIFETIME);
        for serial in 0..REMEMBERED as u32 + 10 {
            let user = (serial % 1_000).to_string();
            uses.count(nonce(10_000, serial), Some(1), &user, 10_000);
        }
        let serial = REMEMBERED as u32 + 10;
        assert!(count(&uses, nonce(1, serial), 1));
        assert!(!count(&uses, nonce(10_000, 0), 2), "forgotten");
    }

    #[test]
    fn what_is_forgotten_does_not_count_again() {
        let uses = Uses::new(LIFETIME);
        let (first, never_used) = (nth(0), nth(999));
        let serials = 0..REMEMBERED as u32 + 10;
        use_all(&uses, serials.filter(|serial| *serial != 999));
        assert!(!uses.table.lock().unwrap().last.contains_key(&first));
        assert!(!count(&uses, first, 1), "the same answer");
        assert!(!count(&uses, first, 2), "nobody knows its last count");
        assert!(count(&uses, never_used, 1), "made after all of these");
        assert!(count(&uses, nth(REMEMBERED as u32 + 10), 1));
        assert!(count(&uses, nth(REMEMBERED as u32), 2), "known");
    }

    #[test]
    fn one_user_with_many_nonces_pushes_out_no_others_and_none_of_its_own_counts_twice() {
        let uses = Uses::new(LIFETIME);
        let of_another = nonce(0, 0);
        assert!(uses.count(of_another, Some(1), "11", 0));
        let all = 1..2 * REMEMBERED as u32;
        for serial in all.clone() {
            assert!(uses.count(nonce(1, serial), None, "10", 1), "{serial}");
        }
        let remembered = uses.table.lock().unwrap().last.len();
        assert_eq!(remembered, SHARE as usize + 1);
        for serial in all.step_by(1_000) {
            assert!(!uses.count(nonce(1, serial), None, "10", 1), "{serial}");
        }
        assert!(uses.count(of_another, Some(2), "11", 2), "it goes on");
        assert!(!uses.count(of_another, Some(2), "11", 2));
    }

    #[test]
    fn what_was_beyond_a_share_does_not_count_again_when_the_share_has_expired() {
        let uses = Uses::new(LIFETIME);
        for serial in 0..SHARE {
            uses.count(nonce(0, serial), None, "10", 0);
        }
        let beyond = nonce(299, SHARE);
        assert!(uses.count(beyond, None, "10", 299));
        assert!(uses.count(nonce(302, SHARE + 1), None, "11", 302));
        assert_eq!(
            uses.table.lock().unwrap().last.len(),
            1,
            "the share has expired"
        );
        assert!(!uses.count(beyond, None, "10", 302));
    }
}
