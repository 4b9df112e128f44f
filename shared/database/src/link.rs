//! A connection that is used only while its files are those it was opened on.

use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::error::WriteError;
use crate::files::Files;

/// A connection and the files it belongs to. All of this crate's connections are one of these.
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

    /// The files it belongs to.
    pub(crate) fn files(&self) -> Arc<Files> {
        Arc::clone(&self.files)
    }

    /// The connection, to be used at once.
    ///
    /// # Errors
    /// When the files are others by now.
    pub(crate) fn get(&self) -> Result<&Connection, WriteError> {
        self.files.check()?;
        Ok(&self.connection)
    }

    /// The connection, to be written through.
    ///
    /// # Errors
    /// When the files are others by now.
    pub(crate) fn get_mut(&mut self) -> Result<&mut Connection, WriteError> {
        self.files.look()?;
        Ok(&mut self.connection)
    }
}

impl Drop for Link {
    /// The last connection that closes puts what is in the log into the database, which must not
    /// happen to a file that the log does not belong to.
    fn drop(&mut self) {
        if self.files.are_strange() {
            let option = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
            let _ = self.connection.set_db_config(option, true);
        }
    }
}
