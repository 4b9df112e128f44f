//! Which SQL writes a change.

use rusqlite::{CachedStatement, Connection, params};
use sip_location::{Binding, Change};

use crate::row::{further_params, instance, julian, q, received};

/// Writes a binding over the row with its ruid, which nearly always exists, as phones refresh.
/// Columns that a refresh cannot change are left out, so that SQLite leaves their indices alone.
const UPDATE: &str = "UPDATE location SET contact = ?3, received = ?4, expires = ?5, q = ?6, \
     callid = ?7, cseq = ?8, last_modified = ?9, user_agent = ?10, socket = ?11, instance = ?12, \
     reg_id = ?13, connection_id = -1 WHERE ruid = ?1";
/// Writes a binding that has no row yet. A conflict cannot happen: the clause makes SQLite refuse a
/// table without a unique index on ruid.
const INSERT: &str = "INSERT INTO location (ruid, username, contact, received, expires, q, callid, \
     cseq, last_modified, user_agent, socket, instance, reg_id, connection_id) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, -1) \
     ON CONFLICT (ruid) DO NOTHING";
const DELETE: &str = "DELETE FROM location WHERE ruid = ?1";
const PUT_PARAMS: &str = "INSERT OR REPLACE INTO contact_params (ruid, params) VALUES (?1, ?2)";
const DELETE_PARAMS: &str = "DELETE FROM contact_params WHERE ruid = ?1";
const ANY_PARAMS: &str = "SELECT EXISTS (SELECT 1 FROM contact_params)";

/// The statements of a transaction.
pub(crate) struct Statements<'c> {
    update: CachedStatement<'c>,
    insert: CachedStatement<'c>,
    delete: CachedStatement<'c>,
    put_params: CachedStatement<'c>,
    delete_params: CachedStatement<'c>,
    /// Whether any contact has further parameters. If none has, they are not looked for.
    any_params: bool,
}

/// Whether the tables take our statements.
///
/// # Errors
/// SQLite's words about the first that they do not take.
pub(crate) fn check(connection: &Connection) -> rusqlite::Result<()> {
    Statements::prepare(connection).map(drop)
}

impl<'c> Statements<'c> {
    pub(crate) fn prepare(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
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

    pub(crate) fn apply(&mut self, change: &Change) -> rusqlite::Result<()> {
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
