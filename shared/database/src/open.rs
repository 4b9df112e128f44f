//! Whether a file may be used. An existing file is changed only once all of it is known to fit,
//! and nothing is ever removed.

mod tables;

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::clock::Clock;
use crate::error::DatabaseError;
use crate::files::Files;
use crate::link::Link;
use crate::lock::{self, Lock};
use crate::open_error::{OpenError, OpenErrorKind};
use crate::statements;

/// How often to ask again for a lock that SQLite itself does not wait for.
const RETRY: Duration = Duration::from_millis(1);

/// Opens the file for a command. The file and its tables are made if they are missing.
pub(crate) fn open(path: &Path, busy: Duration, clock: &Clock) -> Result<Link, OpenError> {
    create(path)?;
    let connection = prepare(path, busy)?;
    let files = Files::of_command(path, clock).map_err(|error| failed(path, error))?;
    Ok(Link::new(connection, &Arc::new(files)))
}

/// Opens the file for a server, which has it to itself.
pub(crate) fn serve(path: &Path, busy: Duration, clock: &Clock) -> Result<Link, OpenError> {
    create(path)?;
    let lock = Lock::take(path).map_err(|kind| OpenError::new(path, kind))?;
    let connection = prepare(path, busy)?;
    // After a kill the log is full; from here on checkpoints are counted from none.
    let checkpoint = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    checkpoint.map_err(|error| OpenError::from_sqlite(path, error))?;
    let files = Files::of_server(path, clock, lock).map_err(|error| failed(path, error))?;
    Ok(Link::new(connection, &Arc::new(files)))
}

fn failed(path: &Path, error: DatabaseError) -> OpenError {
    OpenError::new(path, OpenErrorKind::Failed(error.into()))
}

fn prepare(path: &Path, busy: Duration) -> Result<Connection, OpenError> {
    if let Some(process) = lock::stranger(path) {
        return Err(OpenError::new(path, OpenErrorKind::Replaced { process }));
    }
    let sqlite = |error| OpenError::from_sqlite(path, error);
    let mut connection = connect(path, busy).map_err(sqlite)?;
    if connection.is_readonly("main").map_err(sqlite)? {
        return Err(OpenError::new(path, OpenErrorKind::NotWritable));
    }
    let is_whole = tables::missing(&connection, path)?.is_empty();
    make_lasting(&connection, path, busy)?;
    if !is_whole {
        tables::make(&mut connection, path)?;
    }
    statements::check(&connection).map_err(|error| match error.sqlite_error_code() {
        // No such column, or no unique index on ruid.
        Some(rusqlite::ErrorCode::Unknown) => {
            OpenError::new(path, OpenErrorKind::OtherTable(error))
        }
        _ => sqlite(error),
    })?;
    Ok(connection)
}

/// A connection to a file that exists.
pub(crate) fn connect(path: &Path, busy: Duration) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(busy)?;
    // Otherwise SQLite plans a query again for each value that might make another plan better,
    // and prepares a statement again for every name that is looked up.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // FULL: a commit is on disk when it returns (in WAL mode NORMAL would not sync it).
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// Makes the file if it is missing. Only its owner can read it, as it will hold secrets. The
/// directory is synced, or a crash could take the file's name with it.
fn create(path: &Path) -> Result<(), OpenError> {
    let error = |kind| Err(OpenError::new(path, kind));
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    if !directory.is_dir() {
        return error(OpenErrorKind::NoDirectory);
    }
    if path.is_dir() {
        return error(OpenErrorKind::IsDirectory);
    }
    let created = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|_| File::open(&directory)?.sync_all());
    match created {
        Ok(()) => Ok(()),
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => may_write(path),
        Err(cause) => error(cause.into()),
    }
}

/// Finds out at once what SQLite would find out only at the first write.
fn may_write(path: &Path) -> Result<(), OpenError> {
    let opened = OpenOptions::new().read(true).write(true).open(path);
    let opened = opened.and_then(|_| fs::metadata(path));
    match opened {
        Ok(_) => Ok(()),
        Err(cause) => Err(OpenError::new(path, cause.into())),
    }
}

/// Write-ahead log: readers and the writer do not wait for each other, and a commit is one
/// sequential write and one sync. SQLite itself does not wait for a lock here, and another program
/// that starts now holds it for a moment.
fn make_lasting(connection: &Connection, path: &Path, busy: Duration) -> Result<(), OpenError> {
    let mut waited = Duration::ZERO;
    let mode: String = loop {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)) {
            Ok(mode) => break mode,
            Err(error) => {
                let error = OpenError::from_sqlite(path, error);
                if !matches!(error.kind, OpenErrorKind::Locked) || waited >= busy {
                    return Err(error);
                }
                std::thread::sleep(RETRY);
                waited += RETRY;
            }
        }
    };
    match mode.as_str() {
        "wal" => Ok(()),
        _ => Err(OpenError::new(path, OpenErrorKind::NoLog)),
    }
}
