//! What waits to be written.

use std::sync::Arc;

use sip_location::Change;

use crate::load::Purge;
use crate::ticket::{Batch, Promise};

#[derive(Debug, Default)]
pub(crate) struct Queue {
    pub(crate) changes: Vec<Change>,
    pub(crate) batch: Arc<Batch>,
    /// For how many changes the thread waits; for the first where it is 0.
    pub(crate) wanted: usize,
    pub(crate) purge: Option<Purge>,
    /// The thread shall end.
    pub(crate) ended: bool,
    /// The thread is no more.
    pub(crate) gone: bool,
}

impl Queue {
    /// Adds changes. Whether they are what the thread waits for.
    pub(crate) fn add(&mut self, changes: Vec<Change>) -> bool {
        let wanted = self.wanted.max(1);
        let before = self.changes.len();
        self.changes.extend(changes);
        before < wanted && self.suffices() && !self.changes.is_empty()
    }

    /// Whether there are as many as are wanted.
    pub(crate) fn suffices(&self) -> bool {
        self.changes.len() >= self.wanted
    }

    /// Whether there is nothing to do.
    pub(crate) fn is_idle(&self) -> bool {
        self.changes.is_empty() && self.purge.is_none() && !self.ended
    }

    /// Takes all that waits. If it is several, as many are wanted next.
    pub(crate) fn take(&mut self) -> Option<(Vec<Change>, Promise)> {
        if self.changes.is_empty() {
            return None;
        }
        let changes = std::mem::take(&mut self.changes);
        self.wanted = if changes.len() > 1 { changes.len() } else { 0 };
        Some((changes, Promise(std::mem::take(&mut self.batch))))
    }
}
