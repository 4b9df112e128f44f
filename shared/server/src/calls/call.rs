//! A call as the table of calls has it, and how a request or a Route names one.

use std::time::Duration;

use std::time::Instant;

use super::dialog::Dialog;
use crate::account::Account;
use crate::call_token::{Side, Token};
use crate::keys::{CallKey, DialogKey, PlaceKey};
use crate::shares::Share;

/// A request inside a call, whose signed Route says so.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proof {
    /// [`crate::call_token::call_key`].
    pub(crate) call: CallKey,
    /// [`crate::call_token::dialog_key`].
    pub(crate) dialog: DialogKey,
    /// What the Route says.
    pub(crate) token: Token,
}

/// A call whose first request is under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    /// [`crate::call_token::call_key`].
    pub(crate) call: CallKey,
    /// Who sent it.
    pub(crate) account: Account,
    /// When it began, in milliseconds since 1970.
    pub(crate) since: u64,
    /// Whether it is in the table.
    pub(crate) is_kept: bool,
}

impl Begun {
    /// What a Route for one of its sides says.
    pub(crate) fn token(&self, side: Side, target: PlaceKey) -> Token {
        Token {
            since: self.since,
            is_kept: self.is_kept,
            side,
            target,
        }
    }
}

/// A call from the moment its first request is relayed.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) since: u64,
    pub(super) is_kept: bool,
    /// The places it takes, of the share of who began it.
    pub(super) places: Share,
    /// When it is given up in any case.
    pub(super) until: Instant,
    /// Requests under way that may still begin a dialog.
    pub(super) open: u32,
    /// When the last of them got its final answer; none for a call that was entered later.
    pub(super) settled: Option<Instant>,
    pub(super) dialogs: Vec<Dialog>,
}

impl Call {
    /// Whether a phone may still answer that has not yet: the 2xx of a fork, an early dialog.
    pub(super) fn is_unsettled(&self, now: Instant, grace: Duration) -> bool {
        let is_late = self.settled.is_some_and(|settled| settled + grace <= now);
        self.open > 0 || !is_late
    }

    /// Whether all phones that answered have hung up.
    pub(super) fn is_over(&self) -> bool {
        let is_over = |dialog: &Dialog| dialog.is_early() || dialog.is_over();
        self.open == 0 && self.settled.is_some() && self.dialogs.iter().all(is_over)
    }

    /// When it leaves the table. One that was entered later stays as long as its Routes are good,
    /// as these prove themselves without it.
    pub(super) fn leaves_at(&self, grace: Duration) -> Instant {
        let Some(settled) = self.settled.filter(|_| self.is_over()) else {
            return self.until;
        };
        let ends = self.dialogs.iter().filter_map(|dialog| dialog.ended());
        (ends.fold(settled, Instant::max) + grace).min(self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_takes_about_400_bytes() {
        // One slot of the table is a key and a call; at most half of the slots are empty.
        let slot = size_of::<(CallKey, Call)>() + 1;
        let bytes = 2 * slot + size_of::<Dialog>();
        assert!((350..=450).contains(&bytes), "{bytes}");
    }
}
