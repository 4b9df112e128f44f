//! Whether more requests come than the server can do, and which of them it refuses.
//!
//! A burst waits a moment and is served. When what is taken has waited too long all the time for
//! [`PATIENCE`], more comes than can be done. Then some new requests are refused before any work is
//! spent on them. Not all: most of what a datagram costs is the system's, and a refusal costs that,
//! too. A server that refuses everybody has no time left to serve. What it can neither serve nor
//! refuse is lost in the system's full buffer, at no cost to the server, and comes again after T1.

use std::hash::BuildHasher;
use std::time::{Duration, Instant};

use foldhash::fast::RandomState;

use crate::account::Source;

/// How long everything has to have waited too long.
const PATIENCE: Duration = Duration::from_millis(100);

/// The time from one refusal to the next: 10,000 a second. Each costs about 5 µs of a processor, and
/// so they leave 19/20 of it for those that are served.
const BETWEEN: Duration = Duration::from_micros(100);

/// What was put off for longer than this is not made up for.
const MADE_UP: Duration = Duration::from_millis(10);

/// When so many in a row were passed over because their sources send less than others, one is
/// refused.
const PASSED: u32 = 8;
/// The same for answers to challenges.
const PASSED_ANSWERS: u32 = 64;

/// A source that has sent fewer than this is not busy.
const FEW: u32 = 4;

/// How long the requests of a source are counted.
const COUNTED: Duration = Duration::from_millis(100);

/// How many counters there are. Sources that share one count together.
const COUNTERS: usize = 4096;

/// Which requests are served before others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Favour {
    /// What a client sends to be let in, and everything else that is new.
    None,
    /// It has a password already: it was asked for it, and its user has waited once.
    Answers,
}

/// How much waits, and who sends it.
#[derive(Debug, Default)]
pub(crate) struct Pressure {
    /// Since when everything has waited too long.
    since: Option<Instant>,
    is_high: bool,
    /// Whether nothing was refused since it became high.
    is_new: bool,
    /// When the next refusal is due.
    due: Option<Instant>,
    /// Whether the last request was refused: on a slow machine, every second one is served.
    has_refused: bool,
    /// How many were passed over since.
    passed: u32,
    sources: Sources,
}

impl Pressure {
    /// Notes whether what came last has waited too long.
    pub(crate) fn note(&mut self, now: Instant, is_behind: bool) {
        if !is_behind {
            self.since = None;
            self.is_high = false;
            self.due = None;
            return;
        }
        let since = *self.since.get_or_insert(now);
        let is_high = now.saturating_duration_since(since) >= PATIENCE;
        self.is_new |= is_high && !self.is_high;
        self.is_high = is_high;
    }

    /// Whether this is the first refusal since the pressure became high.
    pub(crate) fn is_new(&mut self) -> bool {
        std::mem::take(&mut self.is_new)
    }

    /// Whether some requests are to be refused.
    pub(crate) fn is_high(&self) -> bool {
        self.is_high
    }

    /// Counts a request. True when one is to be refused now and it may be this one. A source that
    /// sends less than others is passed over for a while.
    pub(crate) fn count(&mut self, now: Instant, source: Source) -> bool {
        self.sources.count(now, source);
        let due = *self.due.get_or_insert(now);
        let follows_one = std::mem::take(&mut self.has_refused);
        if due > now || follows_one {
            return false;
        }
        self.passes(if self.sources.last_is_busy { 0 } else { PASSED })
    }

    /// Whether it is this one, which was counted last. One that is favoured is refused only when nobody
    /// else has been there for longer still.
    pub(crate) fn refuses(&mut self, now: Instant, favour: Favour) -> bool {
        let due = self.due.unwrap_or(now);
        let late = now.saturating_duration_since(due);
        if favour == Favour::Answers && !self.passes(PASSED_ANSWERS) {
            return false;
        }
        self.due = Some(now - late.min(MADE_UP) + BETWEEN);
        self.has_refused = true;
        self.passed = 0;
        true
    }

    /// Passes a request over. True when that was done so often that it is refused.
    fn passes(&mut self, most: u32) -> bool {
        let is_over = self.passed >= most;
        self.passed += u32::from(!is_over);
        is_over
    }
}

/// How many requests each source has sent of late.
#[derive(Debug, Default)]
struct Sources {
    hash: RandomState,
    began: Option<Instant>,
    counters: Vec<u32>,
    /// Counters that are not zero, and their sum.
    in_use: u32,
    all: u32,
    /// Whether the source counted last sends more than others do.
    last_is_busy: bool,
}

impl Sources {
    fn count(&mut self, now: Instant, source: Source) {
        let is_over = |began| now.saturating_duration_since(began) >= COUNTED;
        if self.began.is_none_or(is_over) {
            self.began = Some(now);
            self.counters.clear();
            self.counters.resize(COUNTERS, 0);
            (self.in_use, self.all) = (0, 0);
        }
        let at = self.hash.hash_one(source) as usize % COUNTERS;
        let counter = &mut self.counters[at];
        self.in_use += u32::from(*counter == 0);
        *counter += 1;
        self.all += 1;
        // It sends more than one more source would get of all.
        let counted = u64::from(*counter) * u64::from(self.in_use + 1);
        self.last_is_busy = *counter >= FEW && counted > u64::from(self.all);
    }
}
