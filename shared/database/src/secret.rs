//! The server's secret, which stays the same over restarts.

use rusqlite::OptionalExtension;

use crate::database::Database;
use crate::error::DatabaseError;

impl Database {
    /// The server's secret. If the file has none yet, it keeps `new`.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn secret(&self, new: [u8; 16]) -> Result<[u8; 16], DatabaseError> {
        let link = self.connect()?;
        let connection = link.get()?;
        let read = "SELECT secret FROM server_secret WHERE id = 1";
        let read = || connection.query_row(read, [], |row| row.get(0)).optional();
        if let Some(secret) = read()? {
            return Ok(secret);
        }
        // Another process may be quicker; then its secret counts.
        let write = "INSERT OR IGNORE INTO server_secret (id, secret) VALUES (1, ?1)";
        connection.execute(write, [new])?;
        Ok(read()?.unwrap_or(new))
    }
}
