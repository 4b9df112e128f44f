//! The file as its one writer has it open: how changes become one transaction.

use std::sync::Arc;

use rusqlite::TransactionBehavior;
use sip_location::{Change, JournalError};

use crate::clock::Clock;
use crate::error::DatabaseError;
use crate::link::Link;
use crate::load::Purge;
use crate::recent::{Recent, Version};
use crate::statements::Statements;
use crate::warn::Warn;
use crate::writer::Work;

/// The file as its one writer has it open.
#[derive(Debug)]
pub(crate) struct Store {
    link: Link,
    recent: Option<(Arc<Recent>, Clock)>,
    warn: Arc<Warn>,
    has_warned: bool,
}

impl Store {
    pub(crate) fn new(link: Link) -> Self {
        Self {
            link,
            recent: None,
            warn: Arc::default(),
            has_warned: false,
        }
    }

    /// Reports to `recent`, in each transaction, whether another connection has changed the file,
    /// and to `warn` when the file is another one.
    pub(crate) fn reporting(self, recent: &Arc<Recent>, clock: &Clock, warn: &Arc<Warn>) -> Self {
        Self {
            recent: Some((Arc::clone(recent), clock.clone())),
            warn: Arc::clone(warn),
            ..self
        }
    }

    /// Writes all changes in one transaction. It is on disk when this returns.
    ///
    /// # Errors
    /// When it is not; then none of the changes is.
    pub(crate) fn commit(&mut self, changes: Vec<Change>) -> Result<(), DatabaseError> {
        // Takes the write lock at once: later SQLite would not wait for another program.
        let immediate = TransactionBehavior::Immediate;
        let transaction = self.link.get_mut()?.transaction_with_behavior(immediate)?;
        if let Some((recent, clock)) = &self.recent {
            let mut asked = transaction.prepare_cached("PRAGMA data_version")?;
            let version = asked.query_row([], |row| row.get(0))?;
            recent.checked(Version(version), clock.now());
        }
        {
            let mut statements = Statements::prepare(&transaction)?;
            for change in &changes {
                statements.apply(change)?;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

impl Work for Store {
    fn write(&mut self, changes: Vec<Change>) -> Result<(), JournalError> {
        self.commit(changes).map_err(JournalError::failed)
    }

    /// A purge that fails is given up: its rows are never loaded, and the next start purges again.
    fn purge(&mut self, purge: Purge) -> Option<Purge> {
        let left = self.link.get().and_then(|file| purge.step(file));
        left.unwrap_or_default()
    }

    /// Warns once that the file is another one.
    fn check_files(&mut self) {
        let fault = self.link.files().check_now().err();
        if let (Some(fault), false) = (&fault, self.has_warned) {
            self.warn.line(&fault.to_string());
        }
        self.has_warned = fault.is_some();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rusqlite::Connection;
    use sip_location::Binding;

    use super::*;
    use crate::open::open;

    fn binding(number: u32) -> Binding {
        Binding {
            ruid: format!("sip-{number:016x}"),
            aor: number.to_string(),
            contact: format!("sip:{number}@{}", "x".repeat(400)),
            params: String::new(),
            q: sip_message::Q::ONE,
            expires: u32::MAX,
            modified: 0,
            call_id: "call".to_owned(),
            cseq: 1,
            user_agent: String::new(),
            socket: String::new(),
            flow: None,
        }
    }

    fn change(number: u32) -> Change {
        Change::Put(Box::new(binding(number)))
    }

    fn store() -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sip.db");
        let link = open(&path, Duration::ZERO, &Clock::default()).unwrap();
        (directory, Store::new(link))
    }

    fn connection(store: &Store) -> &Connection {
        store.link.get().unwrap()
    }

    fn count(store: &Store, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        let row = connection(store).query_row(&sql, [], |row| row.get(0));
        row.unwrap()
    }

    #[test]
    fn on_a_full_disk_all_of_a_batch_fails_and_with_room_again_the_next_is_written() {
        let (_directory, mut store) = store();
        let allow = |store: &Store, pages: i64| {
            let set = connection(store).pragma_update(None, "max_page_count", pages);
            set.unwrap();
        };
        let pages = connection(&store).pragma_query_value(None, "page_count", |row| row.get(0));
        let pages: i64 = pages.unwrap();
        allow(&store, pages + 2);
        let failed = store.commit((0..100).map(change).collect());
        assert_eq!(failed, Err(DatabaseError::Full));
        assert_eq!(count(&store, "location"), 0);
        allow(&store, 10_000);
        assert_eq!(store.commit((0..100).map(change).collect()), Ok(()));
        assert_eq!(count(&store, "location"), 100);
    }

    #[test]
    fn parameters_that_a_contact_drops_go_in_the_same_transaction_or_a_later_one() {
        let (_directory, mut store) = store();
        let with_params = |number| {
            let params = ";audio".to_owned();
            Change::Put(Box::new(Binding {
                params,
                ..binding(number)
            }))
        };
        let mut left_after = |changes| {
            store.commit(changes).unwrap();
            count(&store, "contact_params")
        };
        assert_eq!(left_after(vec![with_params(1), change(1)]), 0);
        assert_eq!(left_after(vec![with_params(1), with_params(2)]), 2);
        assert_eq!(left_after(vec![change(1)]), 1);
    }
}
