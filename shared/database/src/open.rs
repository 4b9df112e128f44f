//! Whether a file may be used. Nothing in a file that was there is changed before all of it is
//! known to fit, and nothing is ever removed.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};

use crate::batch;
use crate::error::{OpenError, OpenFault, WriteError};
use crate::files::Files;
use crate::link::Link;
use crate::lock::{self, Lock};
use crate::schema::{TABLES, Table};

/// Opens the file for a command, made if it is missing, with every table there.
pub(crate) fn open(path: &Path, busy: Duration) -> Result<Link, OpenError> {
    create(path)?;
    let connection = prepare(path, busy)?;
    let files = Files::of_command(path).map_err(|error| failed(path, &error))?;
    Ok(Link::new(connection, &Arc::new(files)))
}

/// Opens the file as [`open`] does, for a server, which has it to itself.
pub(crate) fn serve(path: &Path, busy: Duration) -> Result<Link, OpenError> {
    create(path)?;
    let lock = Lock::take(path).map_err(|fault| OpenError::new(path, fault))?;
    let connection = prepare(path, busy)?;
    // After a kill the log is full; from here on the checkpoints are counted from none.
    let checkpoint = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    checkpoint.map_err(|error| OpenError::from_sqlite(path, &error))?;
    let files = Files::of_server(path, lock).map_err(|error| failed(path, &error))?;
    Ok(Link::new(connection, &Arc::new(files)))
}

fn failed(path: &Path, error: &WriteError) -> OpenError {
    OpenError::new(path, OpenFault::Failed(error.to_string()))
}

fn prepare(path: &Path, busy: Duration) -> Result<Connection, OpenError> {
    if let Some(process) = lock::stranger(path) {
        return Err(OpenError::new(path, OpenFault::Replaced { process }));
    }
    let sqlite = |error: rusqlite::Error| OpenError::from_sqlite(path, &error);
    let mut connection = connect(path, busy).map_err(sqlite)?;
    if connection.is_readonly("main").map_err(sqlite)? {
        return Err(OpenError::new(path, OpenFault::NotWritable));
    }
    let is_whole = missing_tables(&connection, path)?.is_empty();
    make_lasting(&connection, path, busy)?;
    if !is_whole {
        make_tables(&mut connection, path)?;
    }
    batch::check(&connection).map_err(|error| match error.sqlite_error_code() {
        // No such column, or no unique index on ruid.
        Some(rusqlite::ErrorCode::Unknown) => {
            OpenError::new(path, OpenFault::Other(error.to_string()))
        }
        _ => sqlite(error),
    })?;
    Ok(connection)
}

/// A connection to a file that is there.
pub(crate) fn connect(path: &Path, busy: Duration) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(busy)?;
    // Without it SQLite plans a query anew for each value that might make another plan better,
    // and a statement that was prepared once is prepared again for every name looked up.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // FULL: a commit is on disk when it returns (in WAL mode NORMAL would not sync it).
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// Makes the file if it is missing, for nobody else to read: it will hold secrets. The
/// directory is synced, or a crash could take the file's name with it.
fn create(path: &Path) -> Result<(), OpenError> {
    let fault = |fault| Err(OpenError::new(path, fault));
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    if !directory.is_dir() {
        return fault(OpenFault::NoDirectory);
    }
    if path.is_dir() {
        return fault(OpenFault::IsDirectory);
    }
    let created = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|_| File::open(&directory)?.sync_all());
    match created {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => may_write(path),
        Err(error) => fault(OpenFault::from_io(&error)),
    }
}

/// Says at once what SQLite would only find out at the first write.
fn may_write(path: &Path) -> Result<(), OpenError> {
    let opened = OpenOptions::new().read(true).write(true).open(path);
    let opened = opened.and_then(|_| fs::metadata(path));
    opened
        .map(drop)
        .map_err(|error| OpenError::new(path, OpenFault::from_io(&error)))
}

/// Checks the versions of the tables that are there, and finds those that are not.
fn missing_tables(connection: &Connection, path: &Path) -> Result<Vec<&'static Table>, OpenError> {
    let sqlite = |error: rusqlite::Error| OpenError::from_sqlite(path, &error);
    let exists = |name: &str| {
        connection
            .prepare_cached("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?
            .exists([name])
    };
    let versioned = exists("version").map_err(sqlite)?;
    let mut missing = Vec::new();
    for table in &TABLES {
        if !exists(table.name).map_err(sqlite)? {
            missing.push(table);
        } else if let Some(known) = table.version.filter(|_| versioned) {
            let found = version_of(connection, table.name).map_err(sqlite)?;
            check_version(table.name, found.unwrap_or(known), known)
                .map_err(|fault| OpenError::new(path, fault))?;
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

fn check_version(table: &'static str, found: i64, known: i64) -> Result<(), OpenFault> {
    if found > known {
        return Err(OpenFault::Newer {
            table,
            found,
            known,
        });
    }
    if found < known {
        let what = format!("table {table} is of version {found}, older than the {known} needed");
        return Err(OpenFault::Other(what));
    }
    Ok(())
}

/// Write-ahead log: readers and the writer do not wait for each other, and a commit is one
/// sequential write and one sync. SQLite itself does not wait for a lock here: another program
/// that starts now holds it for a moment.
fn make_lasting(connection: &Connection, path: &Path, busy: Duration) -> Result<(), OpenError> {
    let until = Instant::now() + busy;
    let mode: String = loop {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)) {
            Ok(mode) => break mode,
            Err(error) => {
                let error = OpenError::from_sqlite(path, &error);
                if !matches!(error.fault, OpenFault::Locked) || Instant::now() >= until {
                    return Err(error);
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    };
    if mode == "wal" {
        return Ok(());
    }
    let why = "its file system does not take a write-ahead log (a network mount?)".to_owned();
    Err(OpenError::new(path, OpenFault::Failed(why)))
}

/// Makes the tables that are missing once nobody else writes: another program that starts now
/// makes them, too.
fn make_tables(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let sqlite = |error: rusqlite::Error| OpenError::from_sqlite(path, &error);
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(sqlite)?;
    for table in missing_tables(&transaction, path)? {
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
