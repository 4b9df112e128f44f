//! One server for each database: a lock on the file itself.
//!
//! The lock is `flock(2)`'s. The kernel keeps it with the file: it holds under every name the file
//! has (links too), does not hold for a copy, and is gone when its process is, even after
//! `kill -9`. A lock file beside the database would do none of this. SQLite and Kamailio use the
//! other kind (`fcntl(2)`), so `sipctl` and a Kamailio can still open the file.
//!
//! When a process closes a file once, POSIX drops all its `fcntl` locks on that file. So the lock
//! is taken before SQLite opens the file, and released after SQLite closed it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use nix::sys::stat::{major, minor};

use crate::open_error::OpenErrorKind;

/// The lock of a server, held until dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`OpenErrorKind::InUse`] when another server has it; another kind when the file may not be
    /// written.
    pub(crate) fn take(path: &Path) -> Result<Self, OpenErrorKind> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(OpenErrorKind::InUse {
                process: holder(&file),
            }),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// The file that is locked, whatever became of its name.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }
}

/// The process that has the lock on a file, if Linux reports it
/// (`1: FLOCK  ADVISORY  WRITE 4711 fe:00:131 0 EOF`, proc_locks(5)).
fn holder(file: &File) -> Option<u32> {
    let metadata = file.metadata().ok()?;
    let device = metadata.dev();
    let major = major(device);
    let minor = minor(device);
    let place = format!("{major:02x}:{minor:02x}:{}", metadata.ino());
    let locks = fs::read_to_string("/proc/locks").ok()?;
    locks.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        match fields[..] {
            [_, "FLOCK", _, "WRITE", process, at, ..] if at == place => process.parse().ok(),
            _ => None,
        }
    })
}

/// Where SQLite's locks are: every connection holds one on the database (its SHARED range,
/// `PENDING_BYTE + 2`) and, with a write-ahead log, one on the `-shm` file (`UNIX_SHM_DMS`).
const SHARED: (i64, i64) = (0x4000_0002, 510);
const INDEX: (i64, i64) = (128, 1);

/// The process that uses the log beside this file with another database, which this file
/// replaced. SQLite would take that log for the log of this file.
///
/// Must be asked before SQLite opens the file here.
pub(crate) fn stranger(path: &Path) -> Option<u32> {
    let process = holds(&beside(path, "-shm")?, INDEX)?;
    let uses_this_file = holds(path, SHARED).is_some();
    (!uses_this_file).then_some(process)
}

fn holds(path: &Path, (start, length): (i64, i64)) -> Option<u32> {
    let file = OpenOptions::new().read(true).write(true).open(path).ok()?;
    let mut lock = libc::flock {
        l_type: libc::F_WRLCK as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: start,
        l_len: length,
        l_pid: 0,
    };
    fcntl(&file, FcntlArg::F_GETLK(&mut lock)).ok()?;
    let is_free = lock.l_type == libc::F_UNLCK as libc::c_short;
    u32::try_from(lock.l_pid).ok().filter(|_| !is_free)
}

/// The path of a file that SQLite keeps beside the database. SQLite names it after the database
/// itself, not after a link to it.
pub(crate) fn beside(path: &Path, end: &str) -> Option<PathBuf> {
    let mut name = fs::canonicalize(path).ok()?.into_os_string();
    name.push(end);
    Some(name.into())
}
