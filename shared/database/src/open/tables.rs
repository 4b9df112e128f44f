//! Which tables are missing, and whether the others have the versions this program knows.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use crate::open_error::{OpenError, OpenErrorKind};
use crate::schema::{TABLES, Table};

/// The tables that are missing.
///
/// # Errors
/// When one that exists has another version than this program knows.
pub(super) fn missing(
    connection: &Connection,
    path: &Path,
) -> Result<Vec<&'static Table>, OpenError> {
    let sqlite = |error| OpenError::from_sqlite(path, error);
    let exists = |name: &str| {
        connection
            .prepare_cached("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?
            .exists([name])
    };
    let is_versioned = exists("version").map_err(sqlite)?;
    let mut missing = Vec::new();
    for table in &TABLES {
        if !exists(table.name).map_err(sqlite)? {
            missing.push(table);
        } else if let Some(known) = table.version.filter(|_| is_versioned) {
            let found = version_of(connection, table.name).map_err(sqlite)?;
            check_version(table.name, found.unwrap_or(known), known)
                .map_err(|kind| OpenError::new(path, kind))?;
        }
    }
    Ok(missing)
}

fn version_of(connection: &Connection, table: &str) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT CAST(table_version AS INTEGER) FROM version WHERE table_name = ?1";
    connection
        .query_row(sql, [table], |row| row.get(0))
        .optional()
}

fn check_version(table: &'static str, found: i64, known: i64) -> Result<(), OpenErrorKind> {
    if found > known {
        return Err(OpenErrorKind::Newer {
            table,
            found,
            known,
        });
    }
    if found < known {
        return Err(OpenErrorKind::Older {
            table,
            found,
            known,
        });
    }
    Ok(())
}

/// Makes the missing tables. It waits until no other program writes, and looks again then: a
/// program that starts at the same moment makes them, too.
pub(super) fn make(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let sqlite = |error| OpenError::from_sqlite(path, error);
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(sqlite)?;
    for table in missing(&transaction, path)? {
        transaction.execute_batch(table.create).map_err(sqlite)?;
        if let Some(version) = table.version {
            let sql = "INSERT OR IGNORE INTO version (table_name, table_version) VALUES (?1, ?2)";
            transaction
                .execute(sql, (table.name, version))
                .map_err(sqlite)?;
        }
    }
    transaction.commit().map_err(sqlite)
}
