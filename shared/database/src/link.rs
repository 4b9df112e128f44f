//! A connection that is used only while its files are the ones it was opened on.

use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::error::DatabaseError;
use crate::files::Files;

/// A connection and its files. Every connection of this crate is one of these.
#[derive(Debug)]
pub(crate) struct Link {
    connection: Connection,
    // Dropped after the connection: closing one of SQLite's files ends SQLite's locks on it.
    files: Arc<Files>,
}

impl Link {
    pub(crate) fn new(connection: Connection, files: &Arc<Files>) -> Self {
        let files = Arc::clone(files);
        Self { connection, files }
    }

    /// Its files.
    pub(crate) fn files(&self) -> Arc<Files> {
        Arc::clone(&self.files)
    }

    /// The connection, to be used at once.
    ///
    /// # Errors
    /// When the files are others by now.
    pub(crate) fn get(&self) -> Result<&Connection, DatabaseError> {
        self.files.check()?;
        Ok(&self.connection)
    }

    /// The connection, for writing.
    ///
    /// # Errors
    /// When the files are others by now.
    pub(crate) fn get_mut(&mut self) -> Result<&mut Connection, DatabaseError> {
        self.files.check_now()?;
        Ok(&mut self.connection)
    }
}

impl Drop for Link {
    /// The last connection that closes writes the rest of the log into the database. If the log
    /// does not belong to that file, this must not happen.
    fn drop(&mut self) {
        if self.files.are_strange() {
            let option = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
            let _ = self.connection.set_db_config(option, true);
        }
    }
}
