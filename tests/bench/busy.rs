//! How busy the generator was: whether it was the limit.

use std::time::{Duration, Instant};

/// How long there was work, counted turn by turn.
pub(crate) struct Busy {
    turn: Instant,
    pub(crate) total: Duration,
}

impl Busy {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            turn: now,
            total: Duration::ZERO,
        }
    }

    /// A turn has ended.
    pub(crate) fn turn(&mut self, had_work: bool) {
        let now = Instant::now();
        if had_work {
            self.total += now - self.turn;
        }
        self.turn = now;
    }
}
