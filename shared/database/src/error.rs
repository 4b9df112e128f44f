use std::fmt;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why a database cannot be used. Nothing was changed in a file that was already there.
#[derive(Debug)]
pub struct OpenError {
    path: PathBuf,
    /// What is wrong.
    pub fault: OpenFault,
}

/// What can be wrong with a database file.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenFault {
    /// The directory it should be in does not exist.
    NoDirectory,
    /// The path is a directory.
    IsDirectory,
    /// The file or its directory may not be written.
    NotWritable,
    /// Another program kept it locked for longer than one waits.
    Locked,
    /// Another server has it.
    InUse {
        /// The number of that server's process, where the system says it.
        process: Option<u32>,
    },
    /// Another file was put in its place while a program was using the one before.
    Replaced {
        /// The number of that program's process.
        process: u32,
    },
    /// It is no SQLite file, or a damaged one; SQLite's own words.
    Damaged(String),
    /// A table is of a newer version than this program knows.
    Newer {
        /// The table.
        table: &'static str,
        /// The version it has.
        found: i64,
        /// The version known here.
        known: i64,
    },
    /// A table is of an older version, or lacks a column; what exactly.
    Other(String),
    /// Something else: the disk, the file system.
    Failed(String),
}

impl OpenError {
    pub(crate) fn new(path: &Path, fault: OpenFault) -> Self {
        Self {
            path: path.to_owned(),
            fault,
        }
    }

    pub(crate) fn from_sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let fault = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenFault::Locked,
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                OpenFault::Damaged(error.to_string())
            }
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => OpenFault::NotWritable,
            _ => OpenFault::Failed(error.to_string()),
        };
        Self::new(path, fault)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.fault {
            OpenFault::NoDirectory => write!(
                f,
                "{path}: its directory does not exist; create it, or name another file with --database"
            ),
            OpenFault::IsDirectory => write!(
                f,
                "{path} is a directory; name a file in it with --database"
            ),
            OpenFault::NotWritable => write!(
                f,
                "{path} cannot be written; give this user the right to write the file and its \
                 directory (SQLite keeps two more files beside it), or name another with --database"
            ),
            OpenFault::Locked => write!(
                f,
                "{path} is locked by another program; stop that program, or name another file \
                 with --database"
            ),
            OpenFault::InUse { process } => {
                write!(f, "{path} is in use by another server")?;
                if let Some(process) = process {
                    write!(f, " (process {process})")?;
                }
                f.write_str(
                    "; one database is for one server: stop that one, or name another file with \
                     --database",
                )
            }
            OpenFault::Replaced { process } => write!(
                f,
                "{path} was put in place of a database that process {process} still has open, and \
                 whose -wal and -shm files lie beside it; stop that process first"
            ),
            OpenFault::Damaged(why) => write!(
                f,
                "{path} is no SQLite database or is damaged ({why}); it was left as it is: restore \
                 a copy, or save what can be saved with `sqlite3 {path} .recover`, or name another \
                 file with --database"
            ),
            OpenFault::Newer {
                table,
                found,
                known,
            } => write!(
                f,
                "{path}: table {table} is of version {found}, newer than the {known} known here; \
                 use the program that wrote it, or name another file with --database"
            ),
            OpenFault::Other(what) => write!(
                f,
                "{path}: {what}; bring the tables to those of Kamailio 5.6, or name another file \
                 with --database"
            ),
            OpenFault::Failed(why) => write!(
                f,
                "{path} cannot be opened: {why}; look after the disk, or name another file with \
                 --database"
            ),
        }
    }
}

impl std::error::Error for OpenError {}

/// Why the database could not be read or written while it was in use. What was to be written
/// is not there; the next attempt is made as if nothing had been.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// Another program kept it locked for longer than one waits.
    Locked,
    /// The disk is full.
    Full,
    /// The file is no longer writable, was moved, or was deleted.
    ReadOnly,
    /// The file is another one by now, or has been written by something that is not SQLite.
    Replaced(Replaced),
    /// The disk failed; SQLite's own words.
    Disk(String),
    /// The file is damaged; SQLite's own words.
    Damaged(String),
    /// Anything else; SQLite's own words.
    Other(String),
}

impl From<rusqlite::Error> for WriteError {
    fn from(error: rusqlite::Error) -> Self {
        let words = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::ReadOnly
            }
            Some(ErrorCode::SystemIoFailure) => Self::Disk(words),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(words),
            _ => Self::Other(words),
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked => f.write_str("the database is locked by another program: stop it"),
            Self::Full => f.write_str("the disk of the database is full: make room"),
            Self::ReadOnly => f.write_str(
                "the database can no longer be written: its file was moved, deleted or made \
                 read-only; put it back, or restart",
            ),
            Self::Replaced(replaced) => replaced.fmt(f),
            Self::Disk(why) => write!(f, "the disk of the database failed ({why})"),
            Self::Damaged(why) => write!(f, "the database is damaged ({why}): restore a copy"),
            Self::Other(why) => write!(f, "the database failed ({why})"),
        }
    }
}

impl std::error::Error for WriteError {}

/// What became of a database while it was in use. Nothing is read from it or written to it until
/// a restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    pub(crate) path: PathBuf,
    pub(crate) what: &'static str,
    /// What the log of the former file is called now.
    pub(crate) aside: Option<PathBuf>,
}

impl fmt::Display for Replaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, what, aside } = self;
        let path = path.display();
        write!(
            f,
            "the database {path} was changed under the server: {what}; restart the server, which \
             then reads what is there"
        )?;
        match aside {
            Some(aside) => {
                let aside = aside.display();
                write!(f, " (the log of the former file is {aside} now)")
            }
            None => Ok(()),
        }
    }
}
