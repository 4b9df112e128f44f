//! The alarm that wakes the driver when the core has something due.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until};

/// Wakes the driver at a deadline.
pub(super) struct Alarm {
    sleep: Pin<Box<Sleep>>,
    is_set: bool,
}

impl Alarm {
    pub(super) fn new() -> Self {
        Self {
            sleep: Box::pin(sleep_until(Instant::now())),
            is_set: false,
        }
    }

    pub(super) fn set(&mut self, at: Option<Instant>) {
        let Some(at) = at else {
            self.is_set = false;
            return;
        };
        // A later deadline need not move the alarm: it rings, finds nothing, and is set again.
        if !self.is_set || at < self.sleep.deadline() {
            self.sleep.as_mut().reset(at);
            self.is_set = true;
        }
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !self.is_set || self.sleep.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.is_set = false;
        Poll::Ready(())
    }
}
