//! A limit that all peers draw on, with a share for each.
//!
//! An account may hold as much as is still free for everybody else. So one greedy peer gets half,
//! of two each gets a third, of k each 1/(k+1), and a newcomer always finds room. Nobody has to
//! say how many peers there will be.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;

use crate::account::{Account, Party, Rank};
use crate::table::shrink;

/// One part in so many of a limit is for [`Rank::Reserved`] alone.
const RESERVE: usize = 8;

/// A limit on something that is held for a while: transactions, bytes, connections. Cheap to
/// clone; clones share the limit.
#[derive(Debug, Clone)]
pub(crate) struct Shares(Arc<Mutex<Counts>>);

#[derive(Debug)]
struct Counts {
    most: usize,
    held: usize,
    /// Of each party that holds something; so there are never more than `held`.
    parties: HashMap<Party, usize, RandomState>,
}

/// What one account holds; dropping it gives that back.
#[derive(Debug)]
pub(crate) struct Share {
    shares: Shares,
    account: Account,
    amount: usize,
}

impl Shares {
    /// A limit of which nothing is held.
    pub(crate) fn new(most: usize) -> Self {
        Self(Arc::new(Mutex::new(Counts {
            most,
            held: 0,
            parties: HashMap::default(),
        })))
    }

    /// Whether an account may hold so much more.
    pub(crate) fn has_room(&self, account: Account, amount: usize, rank: Rank) -> bool {
        self.counts().has_room(account, amount, rank)
    }

    /// Whether nobody of any account finds room for so much more.
    pub(crate) fn is_full(&self, amount: usize) -> bool {
        self.counts().free(Rank::Ordinary) < amount
    }

    /// Takes so much for an account, if it may hold that.
    pub(crate) fn take(&self, account: Account, amount: usize, rank: Rank) -> Option<Share> {
        let mut counts = self.counts();
        if !counts.has_room(account, amount, rank) {
            return None;
        }
        counts.add(account, amount);
        drop(counts);
        Some(self.share(account, amount))
    }

    /// Takes so much for an account, whether there is room or not: what follows from something
    /// that was admitted.
    pub(crate) fn hold(&self, account: Account, amount: usize) -> Share {
        self.counts().add(account, amount);
        self.share(account, amount)
    }

    fn share(&self, account: Account, amount: usize) -> Share {
        let shares = self.clone();
        Share {
            shares,
            account,
            amount,
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // A panic between two counts leaves at worst a little held for ever.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    /// Holds so much from now on, whether there is room or not.
    pub(crate) fn set(&mut self, amount: usize) {
        if amount == self.amount {
            return;
        }
        let mut counts = self.shares.counts();
        counts.remove(self.account, self.amount);
        counts.add(self.account, amount);
        drop(counts);
        self.amount = amount;
    }

    /// How much it holds.
    pub(crate) fn amount(&self) -> usize {
        self.amount
    }

    /// Holds so much more, if its account may.
    pub(crate) fn take_more(&mut self, amount: usize, rank: Rank) -> bool {
        let has_room = self.shares.has_room(self.account, amount, rank);
        if has_room {
            self.set(self.amount + amount);
        }
        has_room
    }

    /// Whether its account may hold so much more.
    pub(crate) fn has_room(&self, amount: usize) -> bool {
        let rank = Rank::Ordinary;
        self.shares.has_room(self.account, amount, rank)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.shares.counts().remove(self.account, self.amount);
    }
}

impl Counts {
    fn free(&self, rank: Rank) -> usize {
        let most = match rank {
            Rank::Ordinary => self.most - self.most / RESERVE,
            Rank::Reserved => self.most,
        };
        most.saturating_sub(self.held)
    }

    fn has_room(&self, account: Account, amount: usize, rank: Rank) -> bool {
        let free = self.free(rank);
        if self.held + amount <= free {
            return true; // nobody holds more than all together do
        }
        let held = |party: Party| self.parties.get(&party).copied().unwrap_or_default();
        account.parties().all(|party| held(party) + amount <= free)
    }

    fn add(&mut self, account: Account, amount: usize) {
        if amount == 0 {
            return;
        }
        self.held += amount;
        for party in account.parties() {
            *self.parties.entry(party).or_default() += amount;
        }
    }

    fn remove(&mut self, account: Account, amount: usize) {
        self.held -= amount;
        for party in account.parties() {
            if let Some(held) = self.parties.get_mut(&party) {
                *held -= amount;
                if *held == 0 {
                    self.parties.remove(&party);
                }
            }
        }
        shrink(&mut self.parties);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::account::Source;

    fn source(number: u8) -> Account {
        Account::at([192, 0, 2, number].into())
    }

    /// How much each gets when all take one at a time, in turn, as long as they may.
    fn greedy(shares: &Shares, accounts: &[Account], rank: Rank) -> Vec<usize> {
        let mut held: Vec<Vec<Share>> = accounts.iter().map(|_| Vec::new()).collect();
        loop {
            let mut took = false;
            for (account, held) in accounts.iter().zip(&mut held) {
                let share = shares.take(*account, 1, rank);
                took |= share.is_some();
                held.extend(share);
            }
            if !took {
                let counts = held.iter().map(Vec::len).collect();
                held.into_iter().flatten().for_each(std::mem::forget);
                return counts;
            }
        }
    }

    #[test]
    fn of_k_greedy_accounts_each_gets_one_part_in_k_and_one() {
        assert_eq!(greedy(&Shares::new(80), &[source(1)], Rank::Ordinary), [35]);
        let three = [1, 2, 3].map(source);
        let each = greedy(&Shares::new(80), &three, Rank::Ordinary);
        assert!(each.iter().all(|it| (17..=18).contains(it)), "{each:?}");
    }

    #[test]
    fn the_reserve_is_there_when_nothing_else_is() {
        let shares = Shares::new(80);
        let many: Vec<Account> = (0..70).map(source).collect();
        let all: usize = greedy(&shares, &many, Rank::Ordinary).iter().sum();
        assert_eq!(all, 70);
        assert!(shares.is_full(1));
        assert!(shares.take(source(71), 1, Rank::Ordinary).is_none());
        assert!(shares.take(source(71), 1, Rank::Reserved).is_some());
    }

    #[test]
    fn a_user_with_many_addresses_has_one_share() {
        let shares = Shares::new(80);
        let at = |number| source(number).with_user(10);
        let addresses: Vec<Account> = (0..40).map(at).collect();
        let all: usize = greedy(&shares, &addresses, Rank::Ordinary).iter().sum();
        assert_eq!(all, 35);
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_source_and_no_ipv4_address_is() {
        let of = |text: &str| Source::of(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
    }

    proptest! {
        /// Whatever is taken and given back, the sums are right and nothing is left behind.
        #[test]
        fn what_is_taken_is_given_back(
            steps in prop::collection::vec((0_u8..5, 0_usize..40, any::<bool>()), 1..200),
        ) {
            let shares = Shares::new(400);
            let mut held = Vec::new();
            for (number, amount, gives_back) in steps {
                if gives_back && !held.is_empty() {
                    held.swap_remove(amount % held.len());
                } else if let Some(share) = shares.take(source(number), amount, Rank::Ordinary) {
                    held.push(share);
                }
                let sum: usize = held.iter().map(|share: &Share| share.amount).sum();
                prop_assert_eq!(shares.counts().held, sum);
                prop_assert!(sum <= 350);
            }
            drop(held);
            prop_assert_eq!(shares.counts().held, 0);
            prop_assert!(shares.counts().parties.is_empty());
        }
    }
}
