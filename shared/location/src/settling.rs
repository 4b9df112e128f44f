use crate::journal::{JournalError, Written};
use crate::location::Location;

/// A change the journal is at work on.
pub(crate) struct Settling {
    location: Location,
    aor: String,
    hash: u64,
    change: u64,
    written: Option<Written>,
}

impl Settling {
    /// `change` of the bindings of `aor`, whose hash is `hash`; it ends with `written`.
    pub(crate) fn new(
        location: &Location,
        (aor, hash): (String, u64),
        change: u64,
        written: Written,
    ) -> Self {
        Self {
            location: location.clone(),
            aor,
            hash,
            change,
            written: Some(written),
        }
    }

    /// Waits for the journal, and brings memory back to what it was if it failed.
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
        let table = &self.location.inner.table;
        let mut part = table.part_at(self.hash);
        if kept {
            part.unsettled.keep(self.change);
        } else {
            part.undo(table, self.hash, &self.aor, self.change);
        }
    }
}

impl Drop for Settling {
    /// Whoever waited gave up; the journal goes on, and what it writes stays.
    fn drop(&mut self) {
        if self.written.is_some() {
            self.finish(true);
        }
    }
}
