//! Whoever guesses passwords is slowed, and nobody else.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Wrong answers a source may send at once: a phone with a mistyped password or two behind one NAT
/// (baresip 1.0 tries it 15 times before it rests).
const BURST: u32 = 20;

/// One more is allowed each so many seconds.
const REFILL: u32 = 2;

/// How many sources are remembered; a further one takes the place of any that has recovered,
/// else it is not held to account, as remembering it would cost more than it can do.
const SOURCES: usize = 10_000;

/// The wrong answers of late, by source.
#[derive(Debug, Default)]
pub(crate) struct Guesses(Mutex<HashMap<IpAddr, Account>>);

#[derive(Debug, Clone, Copy)]
struct Account {
    wrong: u32,
    since: u32,
}

impl Account {
    /// The wrong answers still held against the source at `now`. If the clock was set back, the
    /// time counts from now on: nobody waits for as long as the clock was set back, and nobody is
    /// forgiven for it.
    fn owed(&mut self, now: u32) -> u32 {
        self.since = self.since.min(now);
        self.wrong.saturating_sub((now - self.since) / REFILL)
    }
}

impl Guesses {
    /// How many seconds a source must wait before its next answer is looked at, if it must.
    pub(crate) fn wait(&self, source: IpAddr, now: u32) -> Option<u32> {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let owed = table
            .get_mut(&network(source))
            .map_or(0, |account| account.owed(now));
        (owed >= BURST).then(|| (owed - BURST + 1) * REFILL)
    }

    /// Holds a wrong answer against its source.
    pub(crate) fn wrong(&self, source: IpAddr, now: u32) {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let source = network(source);
        if table.len() >= SOURCES && !table.contains_key(&source) {
            table.retain(|_, account| account.owed(now) > 0);
            if table.len() >= SOURCES {
                return;
            }
        }
        let account = table.entry(source).or_insert(Account {
            wrong: 0,
            since: now,
        });
        *account = Account {
            wrong: account.owed(now).min(BURST) + 1,
            since: now,
        };
    }
}

/// A source as one attacker has it: an IPv6 network of 64 bits is one customer's.
fn network(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => {
            let prefix = u128::from(v6) & !u128::from(u64::MAX);
            std::net::Ipv6Addr::from(prefix).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_guesses_waits_and_its_neighbour_does_not() {
        let guesses = Guesses::default();
        let [attacker, phone] = [[10, 0, 0, 66], [10, 0, 0, 10]].map(IpAddr::from);
        for _ in 0..BURST {
            assert_eq!(guesses.wait(attacker, 100), None);
            guesses.wrong(attacker, 100);
        }
        assert_eq!(guesses.wait(attacker, 100), Some(REFILL));
        assert_eq!(guesses.wait(phone, 100), None);
        assert_eq!(guesses.wait(attacker, 100 + REFILL), None);
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nobody_wait_longer() {
        let guesses = Guesses::default();
        let source = IpAddr::from([10, 0, 0, 66]);
        for _ in 0..BURST {
            guesses.wrong(source, 1_000_000);
        }
        assert_eq!(
            guesses.wait(source, 100),
            Some(REFILL),
            "nor is it forgiven"
        );
        assert_eq!(guesses.wait(source, 100 + REFILL), None);
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_are_one_source() {
        let guesses = Guesses::default();
        for last in 0..BURST {
            guesses.wrong(format!("2001:db8::{last:x}").parse().unwrap(), 1);
        }
        assert!(guesses.wait("2001:db8::ffff".parse().unwrap(), 1).is_some());
        assert!(
            guesses
                .wait("2001:db8:0:1::1".parse().unwrap(), 1)
                .is_none()
        );
    }
}
