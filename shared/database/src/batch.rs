//! How changes become one transaction.

use std::sync::Arc;
use std::time::Instant;

use rusqlite::{CachedStatement, Connection, TransactionBehavior, params};
use sip_location::{Binding, Change};

use crate::error::WriteError;
use crate::link::Link;
use crate::recent::{Recent, Version};
use crate::row::{further_params, instance, julian, q, received};
use crate::warn::Warn;

/// Writes a binding over the row of its ruid, where there is one: nearly always, as phones refresh.
/// What a refresh cannot change stays out of it, so that the indices of those columns are left
/// alone.
const UPDATE: &str = "UPDATE location SET contact = ?3, received = ?4, expires = ?5, q = ?6, \
     callid = ?7, cseq = ?8, last_modified = ?9, user_agent = ?10, socket = ?11, instance = ?12, \
     reg_id = ?13, connection_id = -1 WHERE ruid = ?1";
/// Writes a binding where there is no row. So there is no conflict either, but a table is refused
/// in which ruid has no index to tell by.
const INSERT: &str = "INSERT INTO location (ruid, username, contact, received, expires, q, callid, \
     cseq, last_modified, user_agent, socket, instance, reg_id, connection_id) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, -1) \
     ON CONFLICT (ruid) DO NOTHING";
const DELETE: &str = "DELETE FROM location WHERE ruid = ?1";
const PUT_PARAMS: &str = "INSERT OR REPLACE INTO contact_params (ruid, params) VALUES (?1, ?2)";
const DELETE_PARAMS: &str = "DELETE FROM contact_params WHERE ruid = ?1";
const ANY_PARAMS: &str = "SELECT EXISTS (SELECT 1 FROM contact_params)";

/// The statements of a batch.
struct Statements<'c> {
    update: CachedStatement<'c>,
    insert: CachedStatement<'c>,
    delete: CachedStatement<'c>,
    put_params: CachedStatement<'c>,
    delete_params: CachedStatement<'c>,
    /// Whether any contact has some: where none has, they are not looked for one by one.
    any_params: bool,
}

/// The file as its one writer has it open.
#[derive(Debug)]
pub(crate) struct Store {
    link: Link,
    recent: Option<Arc<Recent>>,
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

    /// Tells `recent` in each transaction whether another connection has changed the file, and
    /// `warn` when the file is another one.
    pub(crate) fn telling(self, recent: &Arc<Recent>, warn: &Arc<Warn>) -> Self {
        Self {
            recent: Some(Arc::clone(recent)),
            warn: Arc::clone(warn),
            ..self
        }
    }

    /// Looks whether the file is still the same. That it is not is said once.
    pub(crate) fn look(&mut self) {
        let fault = self.link.files().look().err();
        if let (Some(fault), false) = (&fault, self.has_warned) {
            self.warn.line(&fault.to_string());
        }
        self.has_warned = fault.is_some();
    }

    pub(crate) fn connection(&self) -> Result<&Connection, WriteError> {
        self.link.get()
    }

    /// Writes all of `changes` in one transaction, which is on disk when this returns.
    ///
    /// # Errors
    /// Whatever SQLite says; nothing of the changes is then there.
    pub(crate) fn commit(
        &mut self,
        changes: impl IntoIterator<Item = Change>,
    ) -> Result<(), WriteError> {
        // Immediate: takes the write lock at once, where waiting for another program is possible.
        let immediate = TransactionBehavior::Immediate;
        let transaction = self.link.get_mut()?.transaction_with_behavior(immediate)?;
        if let Some(recent) = &self.recent {
            let mut asked = transaction.prepare_cached("PRAGMA data_version")?;
            let version = asked.query_row([], |row| row.get(0))?;
            recent.checked(Version(version), Instant::now());
        }
        {
            let mut statements = prepare(&transaction)?;
            for change in changes {
                statements.apply(&change)?;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

/// Whether the tables take our statements.
///
/// # Errors
/// SQLite's words about the first that they do not take.
pub(crate) fn check(connection: &Connection) -> rusqlite::Result<()> {
    prepare(connection).map(drop)
}

fn prepare(connection: &Connection) -> rusqlite::Result<Statements<'_>> {
    Ok(Statements {
        update: connection.prepare_cached(UPDATE)?,
        insert: connection.prepare_cached(INSERT)?,
        delete: connection.prepare_cached(DELETE)?,
        put_params: connection.prepare_cached(PUT_PARAMS)?,
        delete_params: connection.prepare_cached(DELETE_PARAMS)?,
        any_params: connection
            .prepare_cached(ANY_PARAMS)?
            .query_row([], |row| row.get(0))?,
    })
}

impl Statements<'_> {
    fn apply(&mut self, change: &Change) -> rusqlite::Result<()> {
        match change {
            Change::Put(binding) => self.put(binding),
            Change::Delete(ruid) => {
                self.delete.execute([ruid])?;
                self.replace_params(ruid, None)
            }
        }
    }

    fn put(&mut self, binding: &Binding) -> rusqlite::Result<()> {
        let columns = params![
            binding.ruid,
            binding.aor,
            binding.contact,
            received(binding),
            julian(binding.expires),
            q(binding),
            binding.call_id,
            binding.cseq,
            julian(binding.modified),
            binding.user_agent,
            Some(&binding.socket).filter(|socket| !socket.is_empty()),
            instance(binding),
            binding.reg_id().unwrap_or(0),
        ];
        if self.update.execute(columns)? == 0 {
            self.insert.execute(columns)?;
        }
        self.replace_params(&binding.ruid, further_params(binding))
    }

    fn replace_params(&mut self, ruid: &str, params: Option<&str>) -> rusqlite::Result<()> {
        if let Some(params) = params {
            self.put_params.execute([ruid, params])?;
            self.any_params = true;
        } else if self.any_params {
            self.delete_params.execute([ruid])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::open::open;

    fn binding(number: u32) -> Binding {
        Binding {
            ruid: format!("sip-{number:016x}"),
            aor: number.to_string(),
            contact: format!("sip:{number}@{}", "x".repeat(400)),
            params: String::new(),
            q: 1000,
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

    #[test]
    fn on_a_full_disk_all_of_a_batch_fails_and_with_room_again_the_next_is_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sip.db");
        let mut store = Store::new(open(&path, Duration::ZERO).unwrap());
        let count = |store: &Store| -> i64 {
            let sql = "SELECT count(*) FROM location";
            let connection = store.connection().unwrap();
            connection.query_row(sql, [], |row| row.get(0)).unwrap()
        };
        let connection = store.connection().unwrap();
        let pages: i64 = connection
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        connection
            .pragma_update(None, "max_page_count", pages + 2)
            .unwrap();
        let failed = store.commit((0..100).map(change));
        assert_eq!(failed, Err(WriteError::Full));
        assert_eq!(count(&store), 0);
        store
            .connection()
            .unwrap()
            .pragma_update(None, "max_page_count", 10_000)
            .unwrap();
        assert_eq!(store.commit((0..100).map(change)), Ok(()));
        assert_eq!(count(&store), 100);
    }
    #[test]
    fn parameters_that_a_contact_drops_go_with_the_transaction_that_wrote_them_or_later() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sip.db");
        let mut store = Store::new(open(&path, Duration::ZERO).unwrap());
        let with_params = |number| {
            let params = ";audio".to_owned();
            Change::Put(Box::new(Binding {
                params,
                ..binding(number)
            }))
        };
        let mut kept_after = |changes: Vec<Change>| -> i64 {
            store.commit(changes).unwrap();
            let sql = "SELECT count(*) FROM contact_params";
            let connection = store.connection().unwrap();
            connection.query_row(sql, [], |row| row.get(0)).unwrap()
        };
        assert_eq!(kept_after(vec![with_params(1), change(1)]), 0);
        assert_eq!(kept_after(vec![with_params(1), with_params(2)]), 2);
        assert_eq!(kept_after(vec![change(1)]), 1);
    }
}
