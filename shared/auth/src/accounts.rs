//! Accounts of wrong answers, which are forgiven one by one over time.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// How many wrong answers an account may owe, and how fast they are forgiven.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// This many at once.
    pub(crate) burst: u32,
    /// One more each time this many seconds have passed.
    pub(crate) refill: u32,
}

/// One account: when everything it owes will be forgiven, in seconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Account(u32);

impl Account {
    /// How many seconds the account must wait before its next answer is checked.
    pub(crate) fn wait(&mut self, rate: Rate, now: u32) -> u32 {
        let allowed = rate.burst.saturating_sub(1) * rate.refill;
        self.owes(rate, now).saturating_sub(allowed)
    }

    /// Charges one more wrong answer.
    pub(crate) fn charge(&mut self, rate: Rate, now: u32) {
        let owed = self.owes(rate, now) + rate.refill;
        self.0 = now.saturating_add(owed.min(rate.burst * rate.refill));
    }

    /// How many seconds it owes, at most a burst. If the clock was set back, the time counts from
    /// now on: nobody waits longer for it, and nothing is forgiven.
    fn owes(&mut self, rate: Rate, now: u32) -> u32 {
        let most = rate.burst * rate.refill;
        self.0 = self.0.min(now.saturating_add(most));
        self.0.saturating_sub(now)
    }
}

/// Accounts by the hash of their owners, up to a fixed number.
///
/// A full table forgets the half that owes least. It remembers the largest debt among those and
/// applies it to every owner outside the table: so being forgotten does not allow free guesses, and
/// no remembered debt is forgiven.
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

    /// The account of `key`; one without debt need not be in the table.
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
    fn a_burst_is_free_and_then_each_answer_must_wait() {
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
    fn a_clock_that_is_set_back_changes_no_debt() {
        let mut full = charged(3, 1_000_000);
        assert_eq!(full.wait(RATE, 100), 10);
        assert_eq!(full.wait(RATE, 110), 0);
    }

    #[test]
    fn a_full_table_keeps_the_largest_debts_and_allows_no_free_guesses() {
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
