//! Which challenge of a text an answer belongs to.

use std::collections::HashMap;

use crate::paste::{self, ANSWERS, CHALLENGES, Digest, Message, Start};

/// A challenge of the text, and what it came with.
#[derive(Clone)]
pub(crate) struct Challenge<'a> {
    pub(crate) digest: Digest,
    pub(crate) status: Option<u16>,
    call_id: Option<&'a str>,
    /// Which message it stands in.
    at: usize,
}

/// All challenges of a text.
pub(crate) struct Challenges<'a> {
    messages: &'a [Message],
    list: Vec<Challenge<'a>>,
    by_nonce: HashMap<String, Vec<usize>>,
    by_call: HashMap<&'a str, Vec<usize>>,
}

/// How many challenges around an answer its nonce may have been taken from.
const AROUND: usize = 8;

/// How many challenges with the same nonce or Call-ID are compared.
const BEFORE: usize = 50;

/// How many messages before an answer its challenge may be, where neither a nonce nor a Call-ID
/// connects them: an ACK and the first request once more are between.
const NEAR: usize = 3;

impl<'a> Challenges<'a> {
    pub(crate) fn of(messages: &'a [Message]) -> Self {
        let mut challenges = Self {
            messages,
            list: Vec::new(),
            by_nonce: HashMap::new(),
            by_call: HashMap::new(),
        };
        for (at, message) in messages.iter().enumerate() {
            let status = match message.start {
                Some(Start::Response(status)) => Some(status),
                _ => None,
            };
            let call_id = message.header("Call-ID");
            for digest in paste::digests(message, CHALLENGES) {
                let index = challenges.list.len();
                if let Some(nonce) = digest.params.value("nonce") {
                    let same = challenges.by_nonce.entry(nonce.to_owned());
                    same.or_default().push(index);
                }
                if let Some(call_id) = call_id {
                    challenges.by_call.entry(call_id).or_default().push(index);
                }
                challenges.list.push(Challenge {
                    digest,
                    status,
                    call_id,
                    at,
                });
            }
        }
        challenges
    }

    /// The challenge that an answer in this message belongs to, and the nonces and opaques of
    /// those around it.
    pub(crate) fn around(
        &self,
        message: usize,
        answer: &Digest,
    ) -> (Option<Challenge<'a>>, Vec<String>) {
        let behind = self.list.partition_point(|c| c.at <= message);
        let around = behind.saturating_sub(AROUND)..(behind + AROUND).min(self.list.len());
        let mut nonces: Vec<String> = Vec::new();
        for challenge in &self.list[around] {
            for name in ["nonce", "opaque"] {
                let value = challenge.digest.params.value(name).unwrap_or_default();
                if !value.is_empty() && !nonces.iter().any(|known| known == value) {
                    nonces.push(value.to_owned());
                }
            }
        }
        let challenge = self.with_its_nonce(message, answer);
        let challenge = challenge.or_else(|| self.before(message, behind, answer));
        (challenge.map(|index| self.list[index].clone()), nonces)
    }

    /// The challenge with the answer's nonce: better before it, of its kind, in its dialog, late.
    fn with_its_nonce(&self, message: usize, answer: &Digest) -> Option<usize> {
        let nonce = answer.params.value("nonce")?;
        let call_id = self.messages[message].header("Call-ID");
        let rank = |index: &&usize| {
            let challenge = &self.list[**index];
            (
                challenge.at <= message,
                is_asked_by(answer, challenge),
                challenge.call_id == call_id,
                challenge.at,
            )
        };
        let same = self.by_nonce.get(nonce)?;
        // The same nonce is repeated by servers that are asked often; the last ones are enough.
        let last = &same[same.len().saturating_sub(BEFORE)..];
        last.iter().max_by_key(rank).copied()
    }

    /// The last challenge before the answer in its dialog; else the last one of its kind that
    /// may be of its dialog.
    fn before(&self, message: usize, behind: usize, answer: &Digest) -> Option<usize> {
        let call_id = self.messages[message].header("Call-ID");
        if let Some(same) = call_id.and_then(|call_id| self.by_call.get(call_id)) {
            let last = same.partition_point(|index| *index < behind);
            let own = same[..last].iter().rev().take(BEFORE);
            let own = own.copied().max_by_key(|index| {
                let challenge = &self.list[*index];
                (is_asked_by(answer, challenge), challenge.at)
            });
            if own.is_some() {
                return own;
            }
        }
        let is_near = |index: &usize| self.list[*index].at + NEAR >= message;
        let mut before = (0..behind).rev().take_while(is_near);
        before.find(|index| {
            let challenge = &self.list[*index];
            let may_be_its = call_id.is_none() || challenge.call_id.is_none();
            may_be_its && is_asked_by(answer, challenge)
        })
    }
}

/// Whether an answer is in the header field that a challenge asks for.
fn is_asked_by(answer: &Digest, challenge: &Challenge<'_>) -> bool {
    let answers = ANSWERS.iter().position(|name| *name == answer.name);
    let asks = CHALLENGES.iter();
    answers == asks.clone().position(|name| *name == challenge.digest.name)
}
