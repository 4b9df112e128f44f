//! Which challenge of a text an answer belongs to.

use std::collections::HashMap;

use sip_message::HeaderName;
use sip_paste::{Digest, Excerpt, Start};

/// A challenge of the text, and the response it came in.
#[derive(Clone)]
pub(crate) struct Asked<'a> {
    pub(crate) challenge: Digest,
    pub(crate) status: Option<u16>,
    call_id: Option<&'a str>,
    /// The index of its message.
    at: usize,
    /// Its place among the challenges of its message for the same realm, and how many those are.
    pub(crate) place: (usize, usize),
}

impl Asked<'_> {
    /// Whether an answer is in the header field that this challenge asks for.
    fn asks_for(&self, answer: &Digest) -> bool {
        let is_proxy = self.challenge.name == HeaderName::ProxyAuthenticate;
        is_proxy == (answer.name == HeaderName::ProxyAuthorization)
    }

    /// The algorithm of the challenge.
    pub(crate) fn algorithm(&self) -> &str {
        self.challenge.value("algorithm").unwrap_or("MD5")
    }

    /// Whether the answer uses the algorithm that this challenge asks for.
    fn wants_algorithm_of(&self, answer: &Digest) -> bool {
        let given = answer.value("algorithm").unwrap_or("MD5");
        self.algorithm().eq_ignore_ascii_case(given)
    }
}

/// All challenges of a text.
pub(crate) struct Challenges<'a> {
    excerpts: &'a [Excerpt],
    list: Vec<Asked<'a>>,
    by_nonce: HashMap<String, Vec<usize>>,
    by_call: HashMap<&'a str, Vec<usize>>,
}

/// How many challenges before and after an answer its nonce may have been taken from.
const AROUND: usize = 8;

/// How many challenges with the same nonce or Call-ID are compared.
const BEFORE: usize = 50;

/// How many messages before an answer its challenge may be if neither a nonce nor a Call-ID
/// connects them: an ACK and the first request once more are between them.
const NEAR: usize = 3;

impl<'a> Challenges<'a> {
    pub(crate) fn of(excerpts: &'a [Excerpt]) -> Self {
        let mut challenges = Self {
            excerpts,
            list: Vec::new(),
            by_nonce: HashMap::new(),
            by_call: HashMap::new(),
        };
        for (at, excerpt) in excerpts.iter().enumerate() {
            for challenge in excerpt.challenges() {
                challenges.add(at, challenge);
            }
        }
        challenges
    }

    fn add(&mut self, at: usize, challenge: Digest) {
        let index = self.list.len();
        let status = match self.excerpts[at].start {
            Some(Start::Response(status)) => Some(status),
            _ => None,
        };
        let call_id = self.call_id(at);
        if let Some(nonce) = challenge.value("nonce") {
            let same = self.by_nonce.entry(nonce.to_owned());
            same.or_default().push(index);
        }
        if let Some(call_id) = call_id {
            self.by_call.entry(call_id).or_default().push(index);
        }
        self.list.push(Asked {
            challenge,
            status,
            call_id,
            at,
            place: (1, 1),
        });
    }

    fn call_id(&self, at: usize) -> Option<&'a str> {
        self.excerpts[at].value(HeaderName::CallId)
    }

    /// The challenge that an answer in this message belongs to, and the nonces and opaques of
    /// those around it.
    pub(crate) fn around(
        &self,
        message: usize,
        answer: &Digest,
    ) -> (Option<Asked<'a>>, Vec<String>) {
        let behind = self.list.partition_point(|asked| asked.at <= message);
        let around = behind.saturating_sub(AROUND)..(behind + AROUND).min(self.list.len());
        let mut nonces: Vec<String> = Vec::new();
        for asked in &self.list[around] {
            for name in ["nonce", "opaque"] {
                let value = asked.challenge.value(name).unwrap_or_default();
                if !value.is_empty() && !nonces.iter().any(|known| known == value) {
                    nonces.push(value.to_owned());
                }
            }
        }
        let asked = self.with_its_nonce(message, answer);
        let asked = asked.or_else(|| self.before(message, behind, answer));
        (asked.map(|index| self.with_its_place(index)), nonces)
    }

    /// A server may offer several algorithms, each in a challenge of its own (RFC 8760 §2.3).
    fn with_its_place(&self, index: usize) -> Asked<'a> {
        let mut asked = self.list[index].clone();
        let is_beside = |other: &&Asked<'_>| {
            let value = |name| other.challenge.value(name) == asked.challenge.value(name);
            other.at == asked.at && value("realm") && value("nonce")
        };
        let until = self.list[..=index].iter().filter(is_beside).count();
        let after = self.list[index + 1..].iter().take_while(is_beside).count();
        asked.place = (until, until + after);
        asked
    }

    /// The challenge with the answer's nonce. If there are several, one before the answer is
    /// better, then one of its kind, then one in its dialog, then one for its algorithm, then the
    /// last.
    fn with_its_nonce(&self, message: usize, answer: &Digest) -> Option<usize> {
        let nonce = answer.value("nonce")?;
        let call_id = self.call_id(message);
        let rank = |index: &&usize| {
            let asked = &self.list[**index];
            let is_before = asked.at <= message;
            let is_in_dialog = asked.call_id == call_id;
            let is_for_it = (asked.asks_for(answer), is_in_dialog);
            (
                is_before,
                is_for_it,
                asked.wants_algorithm_of(answer),
                asked.at,
            )
        };
        let same = self.by_nonce.get(nonce)?;
        // A server that is asked often repeats a nonce. The last ones are enough.
        let last = &same[same.len().saturating_sub(BEFORE)..];
        last.iter().max_by_key(rank).copied()
    }

    /// The last challenge before the answer in its dialog, or else the last one of its kind that
    /// may be in its dialog.
    fn before(&self, message: usize, behind: usize, answer: &Digest) -> Option<usize> {
        let call_id = self.call_id(message);
        if let Some(same) = call_id.and_then(|call_id| self.by_call.get(call_id)) {
            let last = same.partition_point(|index| *index < behind);
            let own = same[..last].iter().rev().take(BEFORE).copied();
            let own = own.max_by_key(|index| {
                let asked = &self.list[*index];
                (asked.asks_for(answer), asked.at)
            });
            if own.is_some() {
                return own;
            }
        }
        let is_near = |index: &usize| self.list[*index].at + NEAR >= message;
        let mut before = (0..behind).rev().take_while(is_near);
        before.find(|index| {
            let asked = &self.list[*index];
            let may_be_its = call_id.is_none() || asked.call_id.is_none();
            may_be_its && asked.asks_for(answer)
        })
    }
}
