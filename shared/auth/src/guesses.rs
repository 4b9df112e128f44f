//! Passwords can only be guessed slowly, and nobody else is slowed down.
//!
//! A wrong answer is charged to three accounts: that of the user's name at its place, that of the
//! place, and that of the name. A place is an IPv4 address or an IPv6 network. A name counts even if
//! no such user exists, so that an attacker learns nothing from being slowed down.
//!
//! | account | at once | then | it limits |
//! |---|---|---|---|
//! | a name at a place | 20 | one in 30 s | guesses at one user; a phone with an old password is charged here |
//! | a place | 300 | one in 2 s | one password for many users |
//! | a name | 100 | one in 6 s | guesses at one user from many places |
//!
//! One phone with an old password never uses up the account of its place or its name, because the
//! first account stops it: the others have room for 15 and 5 such phones. Even beyond that, a user
//! who answered right from the same place within a day is still served ([`crate::known`]).
//!
//! Nobody is charged for a stranger's answers in their name from elsewhere: only an answer to a nonce
//! that was given to that place is checked ([`crate::asked`]).

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sip_digest::Offer;

use crate::accounts::{Accounts, Rate};
use crate::failed::Failed;
use crate::known::{KnownPairs, Standing};
use crate::network::network;

/// Wrong answers for one name from one place: a phone with a mistyped password or two (baresip
/// 1.0.0 tries it 16 times before it rests).
const PAIR: Rate = Rate {
    burst: 20,
    refill: 30,
};

/// Wrong answers from one place: 15 phones with old passwords.
const PLACE: Rate = Rate {
    burst: 15 * PAIR.burst,
    refill: PAIR.refill / 15,
};

/// Wrong answers for one name: at 5 places phones with an old password.
const NAME: Rate = Rate {
    burst: 5 * PAIR.burst,
    refill: PAIR.refill / 5,
};

/// How many accounts of pairs are kept, and how many of places and of names each, in about 3 MB. One
/// place can be charged for at most 600 pairs, so it takes more than a hundred to fill the first.
const PAIRS: usize = 65_536;
const EACH: usize = 16_384;

/// How often, in seconds, what no longer counts is forgotten. Going through full tables takes about
/// a millisecond.
const TIDY_EVERY: u32 = 60;

/// How many bits of an IPv6 address are one place: the most a customer gets (RFC 6177). With 64 bits
/// one customer would be 65,536 places.
const PREFIX: u8 = 48;

/// The wrong answers of the last minutes.
#[derive(Debug)]
pub(crate) struct Guesses {
    hasher: RandomState,
    /// Whether anybody was ever offered something else than all.
    has_offers: AtomicBool,
    tables: Mutex<Tables>,
}

#[derive(Debug)]
struct Tables {
    known: KnownPairs,
    failed: Failed,
    pairs: Accounts,
    places: Accounts,
    names: Accounts,
    /// When what no longer counts was last forgotten, in seconds since 1970.
    tidied: u32,
}

/// The user and the place of an answer, as hashes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guess {
    pair: u64,
    place: u64,
    name: u64,
}

impl Default for Guesses {
    fn default() -> Self {
        let tables = Tables {
            known: KnownPairs::default(),
            failed: Failed::default(),
            pairs: Accounts::new(PAIR, PAIRS),
            places: Accounts::new(PLACE, EACH),
            names: Accounts::new(NAME, EACH),
            tidied: 0,
        };
        Self {
            hasher: RandomState::new(),
            has_offers: AtomicBool::new(false),
            tables: Mutex::new(tables),
        }
    }
}

impl Guesses {
    /// An answer for `user`, a name without its domain, from `source`.
    pub(crate) fn guess(&self, source: IpAddr, user: &str) -> Guess {
        let place = network(source, PREFIX);
        Guess {
            pair: self.hasher.hash_one((place, user)),
            place: self.hasher.hash_one(place),
            name: self.hasher.hash_one(user),
        }
    }

    /// How many seconds until such an answer is checked; `None` if it is checked now.
    pub(crate) fn wait(&self, guess: Guess, now: u32) -> Option<u32> {
        let mut tables = self.lock();
        tables.tidy(now);
        let own = match tables.known.standing(guess.pair, PAIR, now) {
            Standing::Trusted(wait) => return (wait > 0).then_some(wait),
            Standing::Doubted(wait) => wait,
            Standing::Unknown => tables.pairs.wait(guess.pair, now),
        };
        let place = tables.places.wait(guess.place, now);
        let name = tables.names.wait(guess.name, now);
        let wait = own.max(place).max(name);
        (wait > 0).then_some(wait)
    }

    /// The answer was wrong.
    pub(crate) fn wrong(&self, guess: Guess, now: u32) {
        let mut tables = self.lock();
        if !tables.known.charge(guess.pair, PAIR, now) {
            tables.pairs.charge(guess.pair, now);
        }
        tables.places.charge(guess.place, now);
        tables.names.charge(guess.name, now);
    }

    /// The answer was right, and was not used before. `offer` is what the user is offered at this
    /// place from now on, if it is not what all are.
    pub(crate) fn right(&self, guess: Guess, offer: Option<Offer>, now: u32) {
        if offer.is_some() {
            self.has_offers.store(true, Ordering::Relaxed);
        }
        let mut tables = self.lock();
        let owed = tables.pairs.get(guess.pair);
        tables.known.right(guess.pair, owed, offer, now);
        if self.has_offers() {
            tables.failed.forget(guess.pair);
        }
    }

    /// The answer was wrong, and of SHA-256 where MD5 is offered, too.
    pub(crate) fn wrong_with_sha_256(&self, guess: Guess, now: u32) {
        self.has_offers.store(true, Ordering::Relaxed);
        self.lock().failed.note(guess.pair, now);
    }

    /// Whether anybody was ever offered something else than all.
    pub(crate) fn has_offers(&self) -> bool {
        self.has_offers.load(Ordering::Relaxed)
    }

    /// What is offered to this user at this place, if it is not what all are: its own if it has
    /// answered right there, and MD5 alone if it has not, and was wrong with SHA-256.
    pub(crate) fn offer(&self, source: IpAddr, user: &str, now: u32) -> Option<Offer> {
        let pair = self.guess(source, user).pair;
        let tables = self.lock();
        match tables.known.offer(pair) {
            Some(own) => own,
            None => tables.failed.has(pair, now).then_some(Offer::Md5),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn tidy(&mut self, now: u32) {
        if now.abs_diff(self.tidied) < TIDY_EVERY {
            return;
        }
        self.tidied = now;
        self.known.forget_old(now);
        self.failed.forget_old(now);
        for accounts in [&mut self.pairs, &mut self.places, &mut self.names] {
            accounts.forget_forgiven(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u32 = 3600;

    fn place(number: u32) -> IpAddr {
        std::net::Ipv4Addr::from(0x0a00_0000 + number).into()
    }

    /// How many guesses of an attacker are checked within an hour. Every ten seconds it sends as many
    /// as it can from all its places and for all its names.
    fn judged(guesses: &Guesses, places: u32, names: u32) -> u32 {
        let names: Vec<_> = (0..names).map(|name| name.to_string()).collect();
        let mut judged = 0;
        for now in (0..HOUR).step_by(10) {
            for at in 0..places {
                for name in &names {
                    let guess = guesses.guess(place(at), name);
                    // As many as it may send for this name at once.
                    while guesses.wait(guess, 1_000 + now).is_none() {
                        guesses.wrong(guess, 1_000 + now);
                        judged += 1;
                    }
                }
            }
        }
        judged
    }

    /// How many guesses an account allows in an hour: its burst and those forgiven meanwhile.
    fn hourly(rate: Rate) -> std::ops::RangeInclusive<u32> {
        let most = rate.burst + HOUR / rate.refill;
        most - 10..=most
    }

    #[test]
    fn an_attacker_at_one_place_has_140_guesses_an_hour_at_one_user() {
        assert_eq!(*hourly(PAIR).end(), 140);
        let judged = judged(&Guesses::default(), 1, 1);
        assert!(hourly(PAIR).contains(&judged), "{judged}");
    }

    #[test]
    fn an_attacker_at_one_place_has_2100_guesses_an_hour_at_all_users_together() {
        assert_eq!(*hourly(PLACE).end(), 2_100);
        let judged = judged(&Guesses::default(), 1, 400);
        assert!(hourly(PLACE).contains(&judged), "{judged}");
    }

    #[test]
    fn an_attacker_at_a_hundred_places_has_700_guesses_an_hour_at_one_user() {
        assert_eq!(*hourly(NAME).end(), 700);
        let judged = judged(&Guesses::default(), 100, 1);
        assert!(hourly(NAME).contains(&judged), "{judged}");
    }

    /// Answers wrong once a second for an hour; then asks whether others are heard.
    fn after_an_old_password(phones: u32) -> Guesses {
        let guesses = Guesses::default();
        for now in 0..HOUR {
            for phone in 0..phones {
                let old = guesses.guess(place(1), &format!("old {phone}"));
                if guesses.wait(old, now).is_none() {
                    guesses.wrong(old, now);
                }
            }
        }
        guesses
    }

    #[test]
    fn a_phone_with_an_old_password_does_not_lock_out_its_neighbours() {
        let guesses = after_an_old_password(15);
        let heard = |at, name| {
            guesses
                .wait(guesses.guess(place(at), name), HOUR - 1)
                .is_none()
        };
        assert!(heard(1, "never seen before"));
        assert!(heard(2, "old 0"), "the same user elsewhere");
        assert!(!heard(1, "old 0"));
    }

    /// The last moment of an attack by [`judged`].
    const MOMENT: u32 = 1_000 + HOUR - 10;

    #[test]
    fn a_known_user_is_served_while_others_guess_at_the_same_place() {
        let guesses = Guesses::default();
        let [known, unknown] = ["known", "unknown"].map(|name| guesses.guess(place(0), name));
        guesses.right(known, None, 0);
        judged(&guesses, 1, 400);
        assert_eq!(guesses.wait(known, MOMENT), None);
        assert!(guesses.wait(unknown, MOMENT).is_some());
    }

    #[test]
    fn a_known_user_is_served_while_others_guess_at_the_same_name() {
        let guesses = Guesses::default();
        let [known, unknown] = [200, 201].map(|at| guesses.guess(place(at), "0"));
        guesses.right(known, None, 0);
        judged(&guesses, 100, 1);
        assert_eq!(guesses.wait(known, MOMENT), None);
        assert!(guesses.wait(unknown, MOMENT).is_some());
    }

    #[test]
    fn known_users_give_an_attacker_among_them_three_more_guesses_each() {
        let guesses = Guesses::default();
        for name in 0..400 {
            guesses.right(guesses.guess(place(0), &name.to_string()), None, 0);
        }
        let free = judged(&Guesses::default(), 1, 400);
        let among_them = judged(&guesses, 1, 400);
        assert!(among_them <= free + 3 * 400, "{among_them} and {free}");
    }

    #[test]
    fn a_customers_ipv6_network_is_one_place() {
        let guesses = Guesses::default();
        let at = |text: &str| guesses.guess(text.parse().unwrap(), "10");
        for last in 0..PAIR.burst {
            guesses.wrong(at(&format!("2001:db8:0:{last:x}::1")), 1);
        }
        assert!(guesses.wait(at("2001:db8:0:ffff::1"), 1).is_some());
        assert!(guesses.wait(at("2001:db8:1::1"), 1).is_none());
    }
}
