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
mod tests {
    use std::time::SystemTime;

    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    /// A queue, and the time when it began.
    fn queue() -> (Queue, Instant) {
        let now = Instant::now();
        (Queue::new(now), now)
    }

    fn add(queue: &mut Queue, count: usize) -> bool {
        queue.add(vec![Change::Delete("sip-1".to_owned()); count])
    }

    /// How many changes are written at `now`; otherwise until when the thread waits.
    fn written(queue: &mut Queue, now: Instant) -> Result<usize, Instant> {
        match queue.next(now) {
            Next::Do(Task::Write(changes, promise)) => {
                promise.keep(Ok(()));
                Ok(changes.len())
            }
            Next::Wait(until) => Err(until),
            Next::Do(_) => panic!("neither written nor waited"),
        }
    }

    #[test]
    fn all_that_waits_is_one_transaction() {
        let (mut queue, now) = queue();
        for _ in 0..3 {
            add(&mut queue, 1);
        }
        assert_eq!(written(&mut queue, now), Ok(3));
    }

    #[test]
    fn only_the_first_change_wakes_an_idle_thread() {
        let (mut queue, now) = queue();
        assert!(written(&mut queue, now).is_err());
        assert!(!add(&mut queue, 0));
        assert!(add(&mut queue, 1));
        assert!(!add(&mut queue, 1));
    }

    #[test]
    fn after_several_the_next_transaction_waits_for_as_many() {
        let (mut queue, now) = queue();
        add(&mut queue, 3);
        assert_eq!(written(&mut queue, now), Ok(3));
        // One came during the transaction, so four were under way.
        add(&mut queue, 1);
        queue.done(now);
        for _ in 0..2 {
            assert!(!add(&mut queue, 1));
            assert!(written(&mut queue, now).is_err());
        }
        assert!(add(&mut queue, 1), "the fourth wakes the thread");
        assert_eq!(written(&mut queue, now), Ok(4));
    }

    #[test]
    fn it_waits_a_millisecond_and_no_longer() {
        let (mut queue, now) = queue();
        add(&mut queue, 3);
        assert_eq!(written(&mut queue, now), Ok(3));
        queue.done(now);
        add(&mut queue, 1);
        let until = now + MILLISECOND;
        assert_eq!(written(&mut queue, now), Err(until));
        let just_before = until.checked_sub(Duration::from_nanos(1)).unwrap();
        assert_eq!(written(&mut queue, just_before), Err(until));
        assert_eq!(written(&mut queue, until), Ok(1));
    }

    #[test]
    fn after_one_alone_the_next_does_not_wait() {
        let (mut queue, now) = queue();
        add(&mut queue, 1);
        assert_eq!(written(&mut queue, now), Ok(1));
        add(&mut queue, 1);
        queue.done(now);
        assert_eq!(written(&mut queue, now), Ok(1));
    }

    #[test]
    fn at_the_end_what_waits_is_written_at_once() {
        let (mut queue, now) = queue();
        add(&mut queue, 3);
        assert_eq!(written(&mut queue, now), Ok(3));
        queue.done(now);
        add(&mut queue, 1);
        queue.ended = true;
        assert_eq!(written(&mut queue, now), Ok(1));
        assert!(matches!(queue.next(now), Next::Do(Task::End)));
    }

    #[test]
    fn changes_go_before_a_purge() {
        let (mut queue, now) = queue();
        queue.purge = Some(Purge::new(SystemTime::UNIX_EPOCH));
        add(&mut queue, 1);
        assert_eq!(written(&mut queue, now), Ok(1));
        assert!(matches!(queue.next(now), Next::Do(Task::Purge(_))));
    }

    #[test]
    fn the_files_are_checked_after_a_second_without_work() {
        let (mut queue, now) = queue();
        let check = now + 1000 * MILLISECOND;
        assert_eq!(written(&mut queue, now), Err(check));
        assert!(matches!(queue.next(check), Next::Do(Task::CheckFiles)));
        queue.done(check);
        assert_eq!(written(&mut queue, check), Err(check + 1000 * MILLISECOND));
    }
}
