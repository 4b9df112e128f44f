//! Where branches, tags, Call-IDs and cnonces come from.

use std::collections::VecDeque;
use std::fmt;

use sip_server::Entropy;

/// The source of a phone's branches, tags and Call-IDs: given ones first, then counted or random
/// ones.
pub struct Ids {
    given_branches: VecDeque<String>,
    given_tags: VecDeque<String>,
    given_call_ids: VecDeque<String>,
    takes_given: bool,
    source: Source,
}

enum Source {
    /// `10-1`, `10-2`, …: the phone's name and a count for each kind.
    Counted {
        name: String,
        branches: u32,
        tags: u32,
        call_ids: u32,
        cnonces: u32,
    },
    Random(Box<dyn Entropy + Send>),
}

impl Ids {
    /// Counted ids that carry the phone's name, the same in every run.
    pub fn counted(name: impl Into<String>) -> Self {
        Self::of(Source::Counted {
            name: name.into(),
            branches: 0,
            tags: 0,
            call_ids: 0,
            cnonces: 0,
        })
    }

    /// Ids that cannot be guessed, for a phone among others (RFC 3261 §19.3).
    pub fn random(entropy: Box<dyn Entropy + Send>) -> Self {
        Self::of(Source::Random(entropy))
    }

    /// As [`Ids::random`], and what is given is not used: for a stage whose values are all new.
    pub fn fresh(entropy: Box<dyn Entropy + Send>) -> Self {
        Self {
            takes_given: false,
            ..Self::random(entropy)
        }
    }

    fn of(source: Source) -> Self {
        Self {
            takes_given: true,
            given_branches: VecDeque::new(),
            given_tags: VecDeque::new(),
            given_call_ids: VecDeque::new(),
            source,
        }
    }

    /// The branches of the next transactions, whole, `z9hG4bK` included.
    pub fn give_branches(&mut self, branches: &[&str]) {
        give(&mut self.given_branches, self.takes_given, branches);
    }

    /// The next tags.
    pub fn give_tags(&mut self, tags: &[&str]) {
        give(&mut self.given_tags, self.takes_given, tags);
    }

    /// The next Call-IDs, whole, host included.
    pub fn give_call_ids(&mut self, call_ids: &[&str]) {
        give(&mut self.given_call_ids, self.takes_given, call_ids);
    }

    /// A branch, whose beginning marks it as one of RFC 3261 (§8.1.1.7).
    pub fn branch(&mut self) -> String {
        let next = |source: &mut Source| match source {
            Source::Counted { name, branches, .. } => {
                format!("z9hG4bK-{}", count(name, branches))
            }
            Source::Random(entropy) => format!("z9hG4bK{:016x}", entropy.number()),
        };
        let source = &mut self.source;
        self.given_branches
            .pop_front()
            .unwrap_or_else(|| next(source))
    }

    /// A tag for a From or a To (§19.3).
    pub fn tag(&mut self) -> String {
        let next = |source: &mut Source| match source {
            Source::Counted { name, tags, .. } => format!("tag-{}", count(name, tags)),
            Source::Random(entropy) => format!("{:016x}", entropy.number()),
        };
        let source = &mut self.source;
        self.given_tags.pop_front().unwrap_or_else(|| next(source))
    }

    /// A Call-ID made at `host` (§8.1.1.4).
    pub fn call_id(&mut self, host: &str) -> String {
        let next = |source: &mut Source| match source {
            Source::Counted { name, call_ids, .. } => {
                format!("call-{}@{host}", count(name, call_ids))
            }
            Source::Random(entropy) => format!("{:016x}@{host}", entropy.number()),
        };
        let source = &mut self.source;
        self.given_call_ids
            .pop_front()
            .unwrap_or_else(|| next(source))
    }

    /// A client nonce for an answer to a challenge (RFC 2617 §3.2.2).
    pub fn cnonce(&mut self) -> String {
        match &mut self.source {
            Source::Counted { name, cnonces, .. } => format!("cnonce-{}", count(name, cnonces)),
            Source::Random(entropy) => format!("{:016x}", entropy.number()),
        }
    }
}

fn give(queue: &mut VecDeque<String>, is_taken: bool, given: &[&str]) {
    if is_taken {
        queue.extend(given.iter().map(|text| (*text).to_owned()));
    }
}

fn count(name: &str, counter: &mut u32) -> String {
    *counter += 1;
    format!("{name}-{counter}")
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_ids_come_first_and_counting_goes_on_after_them() {
        let mut ids = Ids::counted("10");
        ids.give_tags(&["20321951e0685e4d"]);
        let tags = [ids.tag(), ids.tag(), ids.tag()];
        assert_eq!(tags, ["20321951e0685e4d", "tag-10-1", "tag-10-2"]);
        assert_eq!(ids.branch(), "z9hG4bK-10-1");
        assert_eq!(ids.call_id("192.168.1.10"), "call-10-1@192.168.1.10");
    }
}
