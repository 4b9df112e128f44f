//! How often each nonce was used, so that no answer counts twice.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use crate::nonce::Nonce;
use crate::room::{shrink, shrink_queue};

/// How many used nonces are remembered, in about 14 MB: enough for 100,000 phones, which use one in
/// each lifetime, and for calls. Beyond that, the oldest are forgotten first.
const REMEMBERED: usize = 262_144;

/// How many of them one user may have: an eighth, which a gateway fills with 100 calls a second.
const SHARE: u32 = REMEMBERED as u32 / 8;

/// How many more are remembered of a user with more than that: its answers may come in another
/// order than its challenges.
const RECENT: usize = 1_024;

/// The last use of each nonce, for as long as it can be answered.
///
/// In memory only, so that an answer costs no write. After a restart no uses are known, so an answer
/// that was overheard before counts once more until its nonce expires.
#[derive(Debug)]
pub(crate) struct Uses {
    lifetime: u32,
    hasher: RandomState,
    table: Mutex<Table>,
}

/// The count of the last use of each nonce.
type LastUses = HashMap<Nonce, u32, foldhash::fast::RandomState>;

#[derive(Debug, Default)]
struct Table {
    last: LastUses,
    /// In the order of their first use, with the hash of the user.
    order: VecDeque<(Nonce, u64)>,
    users: HashMap<u64, User, foldhash::fast::RandomState>,
    forgotten: Option<Forgotten>,
}

/// How many nonces a user has within its share; the latest beyond the share, and up to which of those
/// all were forgotten.
#[derive(Debug, Default)]
struct User {
    remembered: u32,
    recent: VecDeque<Nonce>,
    forgotten: Option<Forgotten>,
}

/// The latest time and the highest serial number among the forgotten nonces.
#[derive(Debug, Clone, Copy)]
struct Forgotten {
    time: u32,
    serial: u32,
}

impl Forgotten {
    /// Whether a nonce may have been forgotten. The time is not enough, because the clock may be set
    /// back; the number is not enough, because it wraps.
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

/// Whether a serial number was given after another. They begin anywhere and wrap.
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

    /// Counts a use by `user` at `now`. False if the nonce was used before with this count or a
    /// higher one, or may have been because it is not newer than a forgotten one. `count` is the
    /// nonce count, or `None` without qop, which allows one use.
    ///
    /// Count only right answers: anyone can write a count.
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
    /// Remembers the first use of a nonce. For a user beyond its share, older nonces of its own are
    /// forgotten. They and all before them count as used, so this user is asked once more for an
    /// answer that comes later than a thousand others.
    fn remember(&mut self, nonce: Nonce, count: u32, user: u64, oldest: u32) {
        if self.users.len() > REMEMBERED {
            let last = &mut self.last;
            self.users.retain(|_, user| {
                let is_needed = user.is_needed(oldest);
                if !is_needed {
                    user.forget_recent(last);
                }
                is_needed
            });
        }
        self.last.insert(nonce, count);
        let own = self.users.entry(user).or_default();
        if own.remembered >= SHARE {
            own.recent.push_back(nonce);
            if own.recent.len() > RECENT
                && let Some(first) = own.recent.pop_front()
            {
                self.last.remove(&first);
                own.forgotten = Forgotten::with(own.forgotten, first);
            }
            return;
        }
        own.remembered += 1;
        self.order.push_back((nonce, user));
        if self.order.len() > REMEMBERED {
            self.forget_first(oldest);
        }
    }

    /// Forgets the nonces that can no longer be answered, because they were made before `oldest`. If
    /// the clock is set back further, they still count as old.
    fn forget_expired(&mut self, oldest: u32) {
        let is_over = |(nonce, _): &(Nonce, u64)| nonce.time < oldest;
        while self.order.front().is_some_and(is_over) {
            self.forget_first(oldest);
        }
        shrink(&mut self.last);
        shrink_queue(&mut self.order);
        shrink(&mut self.users);
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
                own.forget_recent(&mut self.last);
                self.users.remove(&user);
            }
        }
    }
}

impl User {
    /// Whether it has nonces that can still be answered, made at `oldest` or later.
    fn is_needed(&self, oldest: u32) -> bool {
        let is_live = |time: u32| time >= oldest;
        self.remembered > 0
            || self.recent.iter().any(|nonce| is_live(nonce.time))
            || self.forgotten.is_some_and(|it| is_live(it.time))
    }

    fn forget_recent(&mut self, last: &mut LastUses) {
        for nonce in self.recent.drain(..) {
            last.remove(&nonce);
        }
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
    fn a_nonce_is_forgotten_once_it_can_no_longer_be_answered() {
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

    /// Uses a new nonce each time, a thousand a second, for a thousand users.
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
    fn the_room_of_expired_nonces_is_given_back() {
        let uses = Uses::new(LIFETIME);
        use_all(&uses, 0..100_000);
        assert!(count(&uses, nonce(2 * LIFETIME, 100_000), 1));
        let table = uses.table.lock().unwrap();
        assert!(table.last.capacity() < 1_000 && table.order.capacity() < 1_000);
    }

    #[test]
    fn a_new_nonce_stays_new_when_the_clock_is_set_back() {
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
    fn a_user_with_many_nonces_displaces_no_others_and_uses_none_twice() {
        let uses = Uses::new(LIFETIME);
        let of_another = nonce(0, 0);
        assert!(uses.count(of_another, Some(1), "11", 0));
        let all = 1..2 * REMEMBERED as u32;
        for serial in all.clone() {
            assert!(uses.count(nonce(1, serial), None, "10", 1), "{serial}");
        }
        let remembered = uses.table.lock().unwrap().last.len();
        assert_eq!(remembered, SHARE as usize + RECENT + 1);
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
        let remembered = uses.table.lock().unwrap().last.len();
        assert_eq!(remembered, 2, "the share has expired");
        assert!(!uses.count(beyond, None, "10", 302));
        assert!(uses.count(nonce(602, SHARE + 2), None, "11", 602));
        assert!(uses.count(nonce(603, SHARE + 3), None, "10", 603));
        assert!(
            !uses.count(beyond, None, "10", 599),
            "the clock was set back"
        );
    }

    #[test]
    fn answers_beyond_a_share_may_come_in_another_order() {
        let uses = Uses::new(LIFETIME);
        for serial in 0..2 * SHARE {
            let swapped = serial ^ 1; // of each two the second first
            assert!(uses.count(nonce(1, swapped), None, "10", 1), "{swapped}");
        }
    }
}
