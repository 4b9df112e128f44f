//! Why a file cannot be used as a database, and what to do about it.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why a database cannot be opened. A file that was there is unchanged. [`Error::source`] is the
/// error of SQLite or of the system, where there is one.
#[derive(Debug)]
pub struct OpenError {
    path: PathBuf,
    /// What is wrong.
    pub kind: OpenErrorKind,
}

/// What can be wrong with a database file.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenErrorKind {
    /// Its directory does not exist.
    NoDirectory,
    /// The path is a directory.
    IsDirectory,
    /// The file or its directory may not be written.
    NotWritable,
    /// Another program held the lock longer than [`crate::Options::busy`].
    Locked,
    /// Another server uses it.
    InUse {
        /// The number of that server's process, where the system reports it.
        process: Option<u32>,
    },
    /// The file replaced one that another program still uses.
    Replaced {
        /// The number of that program's process.
        process: u32,
    },
    /// The file is not an SQLite database, or is damaged.
    Damaged(rusqlite::Error),
    /// A table has a newer version than this program knows.
    Newer {
        /// The table.
        table: &'static str,
        /// The version it has.
        found: i64,
        /// The version this program knows.
        known: i64,
    },
    /// A table has an older version than this program knows.
    Older {
        /// The table.
        table: &'static str,
        /// The version it has.
        found: i64,
        /// The version this program knows.
        known: i64,
    },
    /// A table lacks a column or an index.
    OtherTable(rusqlite::Error),
    /// The file system does not take a write-ahead log.
    NoLog,
    /// The disk or the file system failed.
    Failed(Box<dyn Error + Send + Sync>),
}

impl OpenError {
    pub(crate) fn new(path: &Path, kind: OpenErrorKind) -> Self {
        Self {
            path: path.to_owned(),
            kind,
        }
    }

    pub(crate) fn from_sqlite(path: &Path, error: rusqlite::Error) -> Self {
        let kind = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenErrorKind::Locked,
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                OpenErrorKind::Damaged(error)
            }
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => OpenErrorKind::NotWritable,
            _ => OpenErrorKind::Failed(error.into()),
        };
        Self::new(path, kind)
    }
}

impl From<io::Error> for OpenErrorKind {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::NotWritable
            }
            _ => Self::Failed(error.into()),
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.kind {
            OpenErrorKind::NoDirectory => write!(
                f,
                "{path}: its directory does not exist; create it, or name another file with \
                 --database"
            ),
            OpenErrorKind::IsDirectory => {
                write!(
                    f,
                    "{path} is a directory; name a file in it with --database"
                )
            }
            OpenErrorKind::NotWritable => write!(
                f,
                "{path} cannot be written; give this user the right to write the file and its \
                 directory (SQLite keeps two more files beside it), or name another with --database"
            ),
            OpenErrorKind::Locked => write!(
                f,
                "{path} is locked by another program; stop that program, or name another file \
                 with --database"
            ),
            OpenErrorKind::InUse { process } => {
                write!(f, "{path} is in use by another server")?;
                if let Some(process) = process {
                    write!(f, " (process {process})")?;
                }
                f.write_str(
                    "; each server needs a database of its own: stop that server, or name another \
                     file with --database",
                )
            }
            OpenErrorKind::Replaced { process } => write!(
                f,
                "{path} replaced a database that process {process} still has open, and the -wal and \
                 -shm files beside it belong to that database; stop that process first"
            ),
            OpenErrorKind::Damaged(cause) => write!(
                f,
                "{path} is not an SQLite database, or is damaged ({cause}); it was left as it is: \
                 restore a copy, or save what can be saved with `sqlite3 {path} .recover`, or name \
                 another file with --database"
            ),
            OpenErrorKind::Newer {
                table,
                found,
                known,
            } => write!(
                f,
                "{path}: table {table} has version {found}, and this program knows only version \
                 {known}; use the program that wrote it, or name another file with --database"
            ),
            OpenErrorKind::Older {
                table,
                found,
                known,
            } => write!(
                f,
                "{path}: table {table} has version {found}, and this program needs version \
                 {known}; bring the tables to those of Kamailio 5.6, or name another file with \
                 --database"
            ),
            OpenErrorKind::OtherTable(cause) => write!(
                f,
                "{path}: {cause}; bring the tables to those of Kamailio 5.6, or name another file \
                 with --database"
            ),
            OpenErrorKind::NoLog => write!(
                f,
                "{path} cannot be opened: its file system does not take a write-ahead log (a \
                 network mount?); name another file with --database"
            ),
            OpenErrorKind::Failed(cause) => write!(
                f,
                "{path} cannot be opened: {cause}; check the disk, or name another file with \
                 --database"
            ),
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            OpenErrorKind::Damaged(cause) | OpenErrorKind::OtherTable(cause) => Some(cause),
            OpenErrorKind::Failed(cause) => Some(&**cause),
            _ => None,
        }
    }
}
