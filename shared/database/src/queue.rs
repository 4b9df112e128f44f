//! What the writer does next, and when. Pure: the time is passed in.
//!
//! Phones that were just answered often come back at once, and behind them the ones that waited
//! for a place. So after a transaction of several changes the next waits a moment for as many as
//! were under way: a sync costs most, and all of them share it. A lone phone waits for nobody.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sip_location::Change;

use crate::load::Purge;
use crate::ticket::{Outcome, Promise};

/// How long a transaction waits for as many changes as were under way: 1 ms, which no phone
/// notices, and about what three syncs take on a flash disk.
pub(crate) const MOMENT: Duration = Duration::from_millis(1);

/// How often the files are checked while there is nothing to write.
pub(crate) const CHECK: Duration = Duration::from_secs(1);

/// What waits to be written.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) changes: Vec<Change>,
    pub(crate) outcome: Arc<Outcome>,
    pub(crate) purge: Option<Purge>,
    /// How many changes the next transaction waits for, at most until `patience`.
    wanted: usize,
    patience: Instant,
    /// When to check the files, if nothing comes.
    check: Instant,
    /// The thread shall end.
    pub(crate) ended: bool,
    /// The thread has ended.
    pub(crate) gone: bool,
}

/// What the thread does next.
pub(crate) enum Next {
    Do(Task),
    /// Nothing before this moment, unless something comes.
    Wait(Instant),
}

pub(crate) enum Task {
    Write(Vec<Change>, Promise),
    Purge(Purge),
    CheckFiles,
    End,
}

impl Queue {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            changes: Vec::new(),
            outcome: Arc::default(),
            purge: None,
            wanted: 0,
            patience: now,
            check: now + CHECK,
            ended: false,
            gone: false,
        }
    }

    /// Adds changes. Returns whether they are what the thread waits for, so that it must be woken.
    pub(crate) fn add(&mut self, changes: Vec<Change>) -> bool {
        let wanted = self.wanted.max(1);
        let before = self.changes.len();
        self.changes.extend(changes);
        before < wanted && wanted <= self.changes.len()
    }

    /// The thread has done what it did last. As many changes as were under way are wanted next:
    /// those of the last transaction, and those that came meanwhile.
    pub(crate) fn done(&mut self, now: Instant) {
        if self.wanted > 0 {
            self.wanted += self.changes.len();
        }
        self.patience = now + MOMENT;
        self.check = now + CHECK;
    }

    /// What to do at `now`. Changes go before a purge, and both before the end.
    pub(crate) fn next(&mut self, now: Instant) -> Next {
        let is_collecting = self.changes.len() < self.wanted && now < self.patience;
        if is_collecting && !self.ended {
            return Next::Wait(self.patience);
        }
        self.wanted = 0;
        if !self.changes.is_empty() {
            let changes = std::mem::take(&mut self.changes);
            if changes.len() > 1 {
                self.wanted = changes.len();
            }
            let outcome = std::mem::take(&mut self.outcome);
            return Next::Do(Task::Write(changes, Promise(outcome)));
        }
        if self.ended {
            return Next::Do(Task::End);
        }
        if let Some(purge) = self.purge.take() {
            return Next::Do(Task::Purge(purge));
        }
        if now >= self.check {
            return Next::Do(Task::CheckFiles);
        }
        Next::Wait(self.check)
    }
}

#[cfg(test)]
mod tests;
