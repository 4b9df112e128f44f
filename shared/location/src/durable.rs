//! What a server finds again after a restart.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use sip_tables::TableRow;

use crate::journal::Journal;
use crate::location::Location;

/// Why a [`Durable`] file cannot be used.
pub type DurableError = Box<dyn Error + Send + Sync>;

/// A file that keeps what a server must still know after a restart.
pub trait Durable: Sized {
    /// Opens the file at `path`, and creates it if it is missing. `warn` gets a line for
    /// everything that an administrator should look after, now and later.
    ///
    /// # Errors
    /// If the file cannot be used.
    fn open(path: &Path, warn: fn(&str)) -> Result<Self, DurableError>;

    /// The server's secret. `new` becomes the secret if the file has none yet.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    fn secret(&self, new: [u8; 16]) -> Result<[u8; 16], DurableError>;

    /// What keeps every change of a location service in the file.
    fn journal(&self) -> Arc<dyn Journal>;

    /// Reads the bindings that are still alive at `now` into `location`.
    ///
    /// # Errors
    /// If the file cannot be read to its end.
    fn load(&self, location: &Location, now: SystemTime) -> Result<(), DurableError>;

    /// As [`Durable::open`], for a stage, whose clock is paused while a message is handled: each
    /// change is kept before the call that makes it returns. A new file gets these rows.
    ///
    /// # Errors
    /// If the file cannot be used, or a row is not one that an administrator may add.
    fn on_stage(path: &Path, rows: &[TableRow]) -> Result<Self, DurableError>;

    /// Carries out an SQL statement, and returns the rows it gives as a table in text.
    ///
    /// # Errors
    /// If it is not SQL, or the file cannot be used.
    fn execute(&self, statement: &str) -> Result<String, DurableError>;
}
