//! How a change ends: kept by the journal, or taken back.

use std::borrow::Cow;

use crate::journal::{JournalError, Written};
use crate::table::Table;

/// A change that the journal is writing.
pub(crate) struct Settling<'a> {
    table: &'a Table,
    aor: Cow<'a, str>,
    hash: u64,
    change: u64,
    written: Option<Written>,
}

impl<'a> Settling<'a> {
    /// `change` of the bindings of `aor`, which has the hash `hash`; it ends with `written`.
    pub(crate) fn new(
        table: &'a Table,
        (aor, hash): (Cow<'a, str>, u64),
        change: u64,
        written: Written,
    ) -> Self {
        Self {
            table,
            aor,
            hash,
            change,
            written: Some(written),
        }
    }

    /// Waits for the journal, and restores memory if it failed.
    pub(crate) async fn settle(mut self) -> Result<(), JournalError> {
        let Some(written) = self.written.as_mut() else {
            return Ok(());
        };
        let result = written.await;
        self.written = None;
        self.finish(result.is_ok());
        result
    }

    fn finish(&self, kept: bool) {
        let mut part = self.table.part_at(self.hash);
        if kept {
            part.unsettled.keep(self.change);
        } else {
            part.undo(self.table, self.hash, &self.aor, self.change);
        }
    }
}

impl Drop for Settling<'_> {
    /// The caller gave up waiting. The journal goes on, and what it writes stays.
    fn drop(&mut self) {
        if self.written.is_some() {
            self.finish(true);
        }
    }
}
