use std::path::Path;
use std::time::Duration;

use crate::database::Database;
use crate::error::OpenError;
use crate::open;
use crate::schema::TABLES;

/// What was made of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Whether the file itself was made.
    pub file: bool,
    /// The tables that were made; none where all was there.
    pub tables: Vec<&'static str>,
}

impl Database {
    /// Makes the file if it is missing, and the tables it lacks, and says which. A file where
    /// nothing is missing is checked and left as it is.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn create(path: impl AsRef<Path>) -> Result<(Self, Created), OpenError> {
        let path = path.as_ref();
        let file = !path.exists();
        // What cannot be read now is told by the opening that follows.
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
