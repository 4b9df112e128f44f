//! Random numbers on the stage: counted, or given by an exchange.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use sip_server::Entropy;

use crate::values::{Numbers, Values};

/// How many fingerprints keep their tag. An exchange has far fewer requests.
const REMEMBERED: usize = 1024;

/// Randomness that counts: first the numbers and tags that were given, then 1, 2, 3, … All clones
/// share one count, so a server that restarts continues where it stopped.
#[derive(Debug, Clone, Default)]
pub struct CountedEntropy {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    given_numbers: VecDeque<u64>,
    given_tags: VecDeque<String>,
    numbers: u64,
    tags: u64,
    /// Numbers that follow from a seed, in place of counted and given ones.
    seeded: Option<Numbers>,
    /// A repeated request gets the same tag as before (RFC 3261 §8.2.7).
    tag_of: VecDeque<(u64, String)>,
}

impl CountedEntropy {
    /// Randomness for these values: new ones have numbers and tags of their own.
    pub(crate) fn of(values: &Values) -> Self {
        let entropy = Self::default();
        entropy.with(|state| state.seeded = values.numbers("server"));
        entropy
    }

    /// The next numbers.
    pub fn give_numbers(&self, numbers: &[u64]) {
        self.with(|state| state.given_numbers.extend(numbers));
    }

    /// The next tags of the server's own answers, as the OpenSER paper prints them.
    pub fn give_tags(&self, tags: &[&str]) {
        let tags = tags.iter().map(|tag| (*tag).to_owned());
        self.with(|state| state.given_tags.extend(tags));
    }

    fn with<T>(&self, run: impl FnOnce(&mut State) -> T) -> T {
        run(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Entropy for CountedEntropy {
    fn number(&mut self) -> u64 {
        self.with(|state| {
            if let Some(seeded) = &mut state.seeded {
                return seeded.number();
            }
            state.given_numbers.pop_front().unwrap_or_else(|| {
                state.numbers += 1;
                state.numbers
            })
        })
    }

    fn tag(&mut self, fingerprint: u64) -> String {
        self.with(|state| {
            if let Some((_, tag)) = state.tag_of.iter().find(|(known, _)| *known == fingerprint) {
                return tag.clone();
            }
            let seeded = state
                .seeded
                .as_mut()
                .map(|it| format!("{:016x}", it.number()));
            let tag = seeded.or_else(|| state.given_tags.pop_front());
            let tag = tag.unwrap_or_else(|| {
                state.tags += 1;
                format!("tag-server-{}", state.tags)
            });
            if state.tag_of.len() == REMEMBERED {
                state.tag_of.pop_front();
            }
            state.tag_of.push_back((fingerprint, tag.clone()));
            tag
        })
    }

    fn made(&self, tag: &str, fingerprint: u64) -> bool {
        let made = |(known, its): &(u64, String)| *known == fingerprint && its == tag;
        self.with(|state| state.tag_of.iter().any(made))
    }
}
