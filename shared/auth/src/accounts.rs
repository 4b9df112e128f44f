//! Accounts of wrong answers, which are forgiven one by one as time goes by.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// How many wrong answers an account may owe, and how fast they are forgiven.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// So many at once.
    pub(crate) burst: u32,
    /// One more each so many seconds.
    pub(crate) refill: u32,
}

/// One account: when everything it owes will be forgiven, in seconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Account(u32);

impl Account {
    /// How many seconds the account must wait before its next answer is judged; 0 is not at all.
    pub(crate) fn wait(&mut self, rate: Rate, now: u32) -> u32 {
        let allowed = rate.burst.saturating_sub(1) * rate.refill;
        self.owes(rate, now).saturating_sub(allowed)
    }

    /// Holds one more wrong answer against it.
    pub(crate) fn charge(&mut self, rate: Rate, now: u32) {
        let owed = self.owes(rate, now) + rate.refill;
        self.0 = now.saturating_add(owed.min(rate.burst * rate.refill));
    }

    /// What it owes in seconds, never more than a burst. If the clock was set back, the time counts
    /// from now on: nobody waits for as long as the clock was set back, and nobody is forgiven for
    /// it.
    fn owes(&mut self, rate: Rate, now: u32) -> u32 {
        let most = rate.burst * rate.refill;
        self.0 = self.0.min(now.saturating_add(most));
        self.0.saturating_sub(now)
    }
}

/// Accounts by the hash of what they are of, as many as fit.
///
/// A full table forgets the half that owes least. It remembers how much the worst of those owed,
/// and takes that for the debt of whatever is not in the table: so nothing guesses freely by having
/// been forgotten, and nothing that is remembered is forgiven.
#[derive(Debug)]
pub(crate) struct Accounts {
    rate: Rate,
    size: usize,
    kept: HashMap<u64, Account, RandomState>,
    forgotten: Account,
}

impl Accounts {
    pub(crate) fn new(rate: Rate, size: usize) -> Self {
        Self {
            rate,
            size,
            kept: HashMap::default(),
            forgotten: Account::default(),
        }
    }

    /// The account of `key`; one that owes nothing need not be in the table.
    pub(crate) fn get(&self, key: u64) -> Account {
        self.kept.get(&key).copied().unwrap_or(self.forgotten)
    }

    /// As [`Account::wait`].
    pub(crate) fn wait(&mut self, key: u64, now: u32) -> u32 {
        let rate = self.rate;
        let account = self.kept.get_mut(&key).unwrap_or(&mut self.forgotten);
        account.wait(rate, now)
    }

    /// As [`Account::charge`].
    pub(crate) fn charge(&mut self, key: u64, now: u32) {
        let mut account = self.get(key);
        account.charge(self.rate, now);
        if self.kept.len() >= self.size && !self.kept.contains_key(&key) {
            self.make_room(now);
        }
        self.kept.insert(key, account);
    }

    /// Forgets the accounts that owe nothing any more, and gives back their room.
    pub(crate) fn forget_forgiven(&mut self, now: u32) {
        let rate = self.rate;
        self.kept.retain(|_, account| account.owes(rate, now) > 0);
        self.kept.shrink_to(2 * self.kept.len());
    }

    fn make_room(&mut self, now: u32) {
        self.forget_forgiven(now);
        if self.kept.len() < self.size {
            return;
        }
        let mut debts: Vec<Account> = self.kept.values().copied().collect();
        let middle = debts.len() / 2;
        let (_, worst, _) = debts.select_nth_unstable(middle);
        self.forgotten = self.forgotten.max(*worst);
        self.kept.retain(|_, account| *account > *worst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        burst: 3,
        refill: 10,
    };

    fn charged(times: u32, now: u32) -> Account {
        let mut account = Account::default();
        for _ in 0..times {
            account.charge(RATE, now);
        }
        account
    }

    #[test]
    fn a_burst_is_free_and_then_each_answer_has_its_time() {
        assert_eq!(charged(2, 100).wait(RATE, 100), 0);
        let mut full = charged(3, 100);
        assert_eq!(full.wait(RATE, 100), 10);
        assert_eq!(full.wait(RATE, 109), 1);
        assert_eq!(full.wait(RATE, 110), 0);
        full.charge(RATE, 110);
        assert_eq!(full.wait(RATE, 110), 10);
        assert_eq!(full.wait(RATE, 119), 1, "a part of the time counts, too");
        assert_eq!(charged(50, 100).wait(RATE, 100), 10, "never more than that");
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nobody_wait_longer_and_forgives_nobody() {
        let mut full = charged(3, 1_000_000);
        assert_eq!(full.wait(RATE, 100), 10);
        assert_eq!(full.wait(RATE, 110), 0);
    }

    #[test]
    fn a_full_table_keeps_those_that_owe_most_and_lets_no_other_guess_freely() {
        let mut accounts = Accounts::new(RATE, 100);
        for key in 0..100 {
            for _ in 0..1 + key % 3 {
                accounts.charge(key, 100);
            }
        }
        for key in 100..10_000 {
            accounts.charge(key, 100);
            assert!(accounts.kept.len() <= 100);
        }
        let refused = (0..20_000)
            .filter(|key| accounts.wait(*key, 100) > 0)
            .count();
        assert_eq!(
            refused, 20_000,
            "all of it at once was more than a table of bursts"
        );
        let free = (0..20_000)
            .filter(|key| accounts.wait(*key, 110) == 0)
            .count();
        assert_eq!(free, 20_000, "and none waits longer than another");
    }

    #[test]
    fn a_table_that_was_full_forgets_it_in_time() {
        let mut accounts = Accounts::new(RATE, 10);
        for key in 0..1_000 {
            accounts.charge(key, 100);
        }
        accounts.charge(5_000, 130);
        assert_eq!(accounts.kept.len(), 1);
        assert_eq!(accounts.get(6_000).owes(RATE, 130), 0);
    }

    #[test]
    fn a_table_that_was_full_gives_its_room_back() {
        let mut accounts = Accounts::new(RATE, 100_000);
        for key in 0..100_000 {
            accounts.charge(key, 100);
        }
        accounts.forget_forgiven(109);
        assert_eq!(accounts.kept.len(), 100_000, "all still owe");
        accounts.forget_forgiven(110);
        assert!(accounts.kept.capacity() < 1_000);
    }
}
