//! The answers of one request in our realm: a phone may answer each challenge with a header field of
//! its own (RFC 8760 §2.4).

use sip_digest::{Algorithm, Credentials, Offer};

use crate::answer::Stale;
use crate::nonce::Nonce;

/// At most one answer for each algorithm, the strongest first, all for one user: so one request is
/// one guess.
#[derive(Default)]
pub(crate) struct Answers<'r>([Option<Credentials<'r>>; 3]);

impl<'r> Answers<'r> {
    /// Adds an answer. A second one for the same algorithm, or for another user, does not count.
    pub(crate) fn add(&mut self, answer: Credentials<'r>) {
        if self
            .strongest()
            .is_some_and(|other| other.user() != answer.user())
        {
            return;
        }
        let place = match answer.algorithm {
            Algorithm::Sha256 => 0,
            Algorithm::Md5 => 1,
            _ => 2, // never offered
        };
        self.0[place].get_or_insert(answer);
    }

    /// The strongest one, if there is any.
    pub(crate) fn strongest(&self) -> Option<&Credentials<'r>> {
        self.0.iter().flatten().next()
    }

    /// Reads each of them.
    pub(crate) fn map(
        &self,
        mut read: impl FnMut(&Credentials<'r>) -> Result<Nonce, Unfit>,
    ) -> Read<'_, 'r> {
        let answers = self.0.each_ref();
        Read(answers.map(|answer| answer.as_ref().map(|answer| (answer, read(answer)))))
    }
}

/// Why an answer is not checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unfit(pub(crate) Stale, pub(crate) &'static str);

/// Answers that were read, in their order.
pub(crate) struct Read<'a, 'r>([Option<(&'a Credentials<'r>, Result<Nonce, Unfit>)>; 3]);

impl<'a, 'r> Read<'a, 'r> {
    /// Those that can be checked, with their nonces.
    pub(crate) fn checkable(&self) -> impl Iterator<Item = (&'a Credentials<'r>, Nonce)> {
        let read = self.0.iter().flatten();
        read.filter_map(|(answer, read)| Some((*answer, *read.as_ref().ok()?)))
    }

    /// Why the strongest one that cannot be checked is not.
    pub(crate) fn unfit(&self) -> Unfit {
        let unfit = self.0.iter().flatten().find_map(|(_, read)| read.err());
        unfit.unwrap_or(Unfit(Stale::No, "there is nothing to check"))
    }
}

/// What to offer after all answers were wrong. Perhaps only the MD5 hash of this user is kept, so MD5
/// alone comes next, unless it was tried. This is the same for every user, so nobody learns whose
/// hashes are kept, or who exists.
pub(crate) fn weaker(offer: Offer, wrong: &Read<'_, '_>) -> Offer {
    let mut wrong = wrong.checkable();
    let was_tried = wrong.any(|(answer, _)| answer.algorithm == Algorithm::Md5);
    match offer.has(Algorithm::Md5) && !was_tried {
        true => Offer::Md5,
        false => offer,
    }
}
