//! Making a file and its tables, and which of them were missing.

use std::path::Path;
use std::time::Duration;

use crate::database::Database;
use crate::open;
use crate::open_error::OpenError;
use crate::schema::TABLES;

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Whether the file itself was made.
    pub file: bool,
    /// The tables that were made; empty if none was missing.
    pub tables: Vec<&'static str>,
}

impl Database {
    /// Makes the file if it is missing, and the tables that are missing. If nothing is missing,
    /// the file is checked and stays as it is.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn create(path: impl AsRef<Path>) -> Result<(Self, Created), OpenError> {
        let path = path.as_ref();
        let file = !path.exists();
        // A file that cannot be read is an error of the opening below.
        let before = if file { None } else { tables(path).ok() }.unwrap_or_default();
        let database = Self::inline(path)?;
        let names = TABLES.iter().map(|table| table.name);
        let tables = names.filter(|name| !before.iter().any(|table| table == name));
        let tables = tables.collect();
        Ok((database, Created { file, tables }))
    }
}

fn tables(path: &Path) -> rusqlite::Result<Vec<String>> {
    let connection = open::connect(path, Duration::ZERO)?;
    let mut statement =
        connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let names = statement.query_map([], |row| row.get(0))?;
    names.collect()
}
