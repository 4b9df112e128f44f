//! The outcome of a run of the generator.

use std::time::Duration;

/// The outcome of a run.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Transactions complete.
    pub(crate) done: u64,
    /// Transactions that were not answered in time.
    pub(crate) failed: u64,
    /// The answer that was wrong.
    pub(crate) refusal: Option<String>,
    /// Messages that either side sent again.
    pub(crate) again: u64,
    /// From the first request to the last answer.
    pub(crate) took: Duration,
    /// How much of that time the generator had work.
    pub(crate) busy: Duration,
}

impl Outcome {
    /// Whether nothing was lost or sent again.
    pub(crate) fn is_clean(&self) -> bool {
        self.failed == 0 && self.again == 0 && self.refusal.is_none()
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            done,
            failed,
            again,
            refusal,
            ..
        } = self;
        let refusal = refusal.as_deref().unwrap_or("none");
        write!(
            f,
            "{done} complete, {failed} not in time, {again} messages sent again, refusal: {refusal}"
        )
    }
}
