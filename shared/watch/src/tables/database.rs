//! The tables of the database that an administrator changes, read only.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::MOST;
use crate::view::Table;

/// A table: its name, the columns that are shown, and the query. A subscriber's password and
/// hashes are never read here: the column `kept` says which of them there is.
const TABLES: [(&str, &[&str], &str); 3] = [
    (
        "subscriber",
        &["username", "domain", "kept"],
        "SELECT username, domain, CASE WHEN password <> '' THEN 'password' ELSE 'HA1' END
         FROM subscriber ORDER BY username, domain LIMIT ?1",
    ),
    (
        "aliases",
        &["alias_username", "alias_domain", "username", "domain"],
        "SELECT alias_username, alias_domain, username, domain FROM dbaliases
         ORDER BY alias_username, alias_domain LIMIT ?1",
    ),
    (
        "address",
        &["id", "grp", "ip_addr", "mask", "port", "tag"],
        "SELECT CAST(id AS TEXT), CAST(grp AS TEXT), ip_addr, CAST(mask AS TEXT),
                CAST(port AS TEXT), COALESCE(tag, '') FROM address ORDER BY id LIMIT ?1",
    ),
];

/// A server's database, open for reading.
#[derive(Debug)]
pub(super) struct Database {
    path: PathBuf,
    connection: Connection,
    /// SQLite's number of the last change that was read.
    version: i64,
    tables: Vec<Table>,
}

impl Database {
    /// Opens a database for reading.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn open(path: &Path) -> rusqlite::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            connection: connect(path)?,
            version: -1,
            tables: Vec::new(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The tables. They are read again if somebody has changed the file.
    pub(super) fn tables(&mut self) -> Vec<Table> {
        let version = self
            .connection
            .pragma_query_value(None, "data_version", |row| row.get(0));
        if let Ok(version) = version
            && version != self.version
        {
            self.version = version;
            let tables = TABLES.iter().filter_map(|table| self.read(table).ok());
            self.tables = tables.collect();
        }
        self.tables.clone()
    }

    fn read(
        &self,
        (name, columns, query): &(&'static str, &'static [&'static str], &str),
    ) -> rusqlite::Result<Table> {
        let mut statement = self.connection.prepare(query)?;
        let limit = [(MOST + 1) as i64];
        let rows = statement.query_map(limit, |row| {
            let texts = (0..columns.len()).map(|at| text(row, at));
            texts.collect::<rusqlite::Result<Vec<String>>>()
        })?;
        let mut rows: Vec<Vec<String>> = rows.collect::<rusqlite::Result<_>>()?;
        let more = rows.len().saturating_sub(MOST);
        rows.truncate(MOST);
        Ok(Table {
            name,
            columns: columns.to_vec(),
            rows,
            more,
            changed: 0.0,
            note: (more > 0).then(|| format!("The first {MOST} rows.")),
        })
    }
}

/// A value as text, whatever a person has put there.
fn text(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<String> {
    let value = row.get_ref(at)?;
    Ok(match value {
        rusqlite::types::ValueRef::Null => String::new(),
        rusqlite::types::ValueRef::Integer(number) => number.to_string(),
        rusqlite::types::ValueRef::Real(number) => number.to_string(),
        rusqlite::types::ValueRef::Text(bytes) | rusqlite::types::ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
    })
}

/// A connection that cannot write.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
}
