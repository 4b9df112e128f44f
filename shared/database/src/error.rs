//! Why a database could not be read or written while it was in use.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::ErrorCode;

/// Why a database could not be read or written while it was in use. Nothing was written. The next
/// attempt starts afresh. [`Error::source`] is SQLite's own error.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DatabaseError {
    /// Another program held the lock longer than [`crate::Options::busy`].
    Locked,
    /// The disk is full.
    Full,
    /// The file was moved, deleted, or made read-only.
    ReadOnly,
    /// The file is another one now, or something other than SQLite wrote into it.
    Replaced(Replaced),
    /// The disk failed.
    Disk(Arc<rusqlite::Error>),
    /// The file is damaged.
    Damaged(Arc<rusqlite::Error>),
    /// Anything else.
    Other(Arc<rusqlite::Error>),
}

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::ReadOnly
            }
            Some(ErrorCode::SystemIoFailure) => Self::Disk(Arc::new(error)),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged(Arc::new(error))
            }
            _ => Self::Other(Arc::new(error)),
        }
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked => f.write_str("the database is locked by another program: stop it"),
            Self::Full => f.write_str("the disk of the database is full: make room"),
            Self::ReadOnly => f.write_str(
                "the database can no longer be written: its file was moved, deleted or made \
                 read-only; put it back, or restart",
            ),
            Self::Replaced(replaced) => replaced.fmt(f),
            Self::Disk(cause) => write!(f, "the disk of the database failed ({cause})"),
            Self::Damaged(cause) => write!(f, "the database is damaged ({cause}): restore a copy"),
            Self::Other(cause) => write!(f, "the database failed ({cause})"),
        }
    }
}

impl Error for DatabaseError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Disk(cause) | Self::Damaged(cause) | Self::Other(cause) => Some(&**cause),
            Self::Locked | Self::Full | Self::ReadOnly | Self::Replaced(_) => None,
        }
    }
}

/// A database whose files changed while a server used them. The server neither reads nor writes
/// it until a restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    pub(crate) path: PathBuf,
    pub(crate) how: How,
    /// The new name of the former file's log.
    pub(crate) aside: Option<PathBuf>,
}

/// How the files changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    AnotherFile,
    Overwritten,
    /// SQLite would look for the log under another name than it has.
    Linked,
    /// The database is the same, its log is gone.
    LogGone,
    /// The log is the same file with other content.
    LogOverwritten,
}

impl fmt::Display for Replaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        let how = match self.how {
            How::AnotherFile => "another file was put in its place",
            How::Overwritten => "it was overwritten or truncated",
            How::Linked => "its file was moved, and a link to it is in its place",
            How::LogGone => "its -wal or -shm file was removed or replaced",
            How::LogOverwritten => "its -wal file was overwritten or truncated",
        };
        write!(
            f,
            "the database {path} was changed under the server: {how}; restart the server, which \
             then reads what is there"
        )?;
        match &self.aside {
            Some(aside) => {
                let aside = aside.display();
                write!(f, " (the log of the former file is {aside} now)")
            }
            None => Ok(()),
        }
    }
}
