//! Whether the files of a database are still those that were opened.
//!
//! SQLite goes on with files that were moved, deleted, overwritten or replaced, and would answer
//! from one and write into another. So every connection asks here before it is used
//! ([`crate::link`]).
//!
//! - A file that was moved, deleted or replaced has another number (inode) under its name.
//! - The database itself is written by checkpoints alone, which every one who makes them counts
//!   in the `-shm` file. A database that has changed since the last look while no checkpoint was
//!   counted was overwritten (`cp backup.db sip.db`) or truncated.

use std::fs::{self, File, Metadata};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Replaced, WriteError};
use crate::lock::{Lock, beside};

/// For how long a look counts: at thousands of look-ups a second, the file system is asked a
/// hundred times a second.
const LEASE: Duration = Duration::from_millis(10);

/// What is said where the database is the same and its log is not.
const LOG_IS_GONE: &str = "its -wal or -shm file was removed or replaced";

/// How often a log that belongs to no database any more may be set aside.
const ASIDE: u32 = 99;

/// The files of a database.
#[derive(Debug)]
pub(crate) struct Files {
    path: PathBuf,
    main: Identity,
    /// What a server watches besides; a command is done before that matters.
    log: Option<Log>,
    state: Mutex<State>,
    _lock: Option<Lock>,
}

#[derive(Debug)]
struct Log {
    wal: (PathBuf, Identity),
    shm: (PathBuf, Identity),
    index: File,
}

#[derive(Debug, Default)]
struct State {
    /// The database and the checkpoints into it, as they were when both were last at rest.
    rest: Option<(Content, Checkpoints)>,
    fault: Option<WriteError>,
    looked: Option<Instant>,
}

/// A file, whatever it is called: its device and its number there.
type Identity = (u64, u64);

/// Changes with every write to a file: time of the last, in seconds and nanoseconds, and size.
type Content = (i64, i64, u64);

impl Files {
    /// Those of a command, which are watched for as long as it runs.
    pub(crate) fn of_command(path: &Path) -> Result<Self, WriteError> {
        let main = fs::metadata(path).map_err(|_| WriteError::ReadOnly)?;
        Ok(Self::new(path, &main, None, None))
    }

    /// Those of a server, whose log SQLite has open.
    pub(crate) fn of_server(path: &Path, lock: Lock) -> Result<Self, WriteError> {
        let log = Log::open(path).ok_or(WriteError::ReadOnly)?;
        let main = lock.file().metadata().map_err(|_| WriteError::ReadOnly)?;
        let files = Self::new(path, &main, Some(log), Some(lock));
        files.look()?;
        Ok(files)
    }

    fn new(path: &Path, main: &Metadata, log: Option<Log>, lock: Option<Lock>) -> Self {
        Self {
            path: path.to_owned(),
            main: identity(main),
            log,
            state: Mutex::default(),
            _lock: lock,
        }
    }

    /// Whether the files were still the same a moment ago.
    ///
    /// # Errors
    /// What became of them, and what to do.
    pub(crate) fn check(&self) -> Result<(), WriteError> {
        let now = Instant::now();
        let looked = self.state().looked;
        match looked.is_some_and(|at| now.saturating_duration_since(at) < LEASE) {
            true => Ok(()),
            false => self.look(),
        }
    }

    /// Whether the files are still the same.
    ///
    /// # Errors
    /// As [`Files::check`].
    pub(crate) fn look(&self) -> Result<(), WriteError> {
        let mut state = self.state();
        if let Some(fault) = &state.fault {
            return Err(fault.clone());
        }
        state.looked = None;
        let found = match self.replaced(&mut state) {
            Ok(found) => found,
            // It may be put back; until then it is not there.
            Err(_) => return Err(WriteError::ReadOnly),
        };
        let Some(what) = found else {
            state.looked = Some(Instant::now());
            return Ok(());
        };
        let log = self.log.as_ref().filter(|_| what != LOG_IS_GONE);
        let aside = log.and_then(Log::set_aside);
        let fault = WriteError::Replaced(Replaced {
            path: self.path.clone(),
            what,
            aside,
        });
        state.fault = Some(fault.clone());
        Err(fault)
    }

    /// Whether what SQLite still has in its log must not go into the file. Where the log alone was
    /// removed and nobody has written the database since, it must: it is nowhere else.
    pub(crate) fn are_strange(&self) -> bool {
        if self.look().is_ok() {
            return false;
        }
        let is_main = fs::metadata(&self.path).is_ok_and(|main| identity(&main) == self.main);
        let Some(log) = self.log.as_ref().filter(|_| is_main) else {
            return true;
        };
        let written = log.was_overwritten(&self.path, &mut self.state().rest);
        let other = fs::metadata(&log.wal.0).is_ok_and(|wal| identity(&wal) != log.wal.1);
        other || written.unwrap_or(true)
    }

    fn replaced(&self, state: &mut State) -> std::io::Result<Option<&'static str>> {
        let main = fs::metadata(&self.path)?;
        if identity(&main) != self.main {
            return Ok(Some("another file was put in its place"));
        }
        let Some(log) = &self.log else {
            return Ok(None);
        };
        if log.was_overwritten(&self.path, &mut state.rest)? {
            return Ok(Some("it was overwritten or truncated"));
        }
        for (path, known) in [&log.wal, &log.shm] {
            if fs::metadata(path).ok().map(|found| identity(&found)) != Some(*known) {
                return Ok(Some(LOG_IS_GONE));
            }
        }
        Ok(None)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn open(path: &Path) -> Option<Self> {
        let known = |end| {
            let path = beside(path, end)?;
            let found = identity(&fs::metadata(&path).ok()?);
            Some((path, found))
        };
        let shm = known("-shm")?;
        Some(Self {
            wal: known("-wal")?,
            index: File::open(&shm.0).ok()?,
            shm,
        })
    }

    /// A database that was written without a checkpoint. While one is being made, nothing can be
    /// said; what is known of the files at rest is kept until they are at rest again.
    fn was_overwritten(
        &self,
        path: &Path,
        rest: &mut Option<(Content, Checkpoints)>,
    ) -> std::io::Result<bool> {
        let before = Checkpoints::read(&self.index)?;
        let content = content(&fs::metadata(path)?);
        let after = Checkpoints::read(&self.index)?;
        let is_at_rest = before == after && after.are_done();
        match rest {
            Some((known, _)) if *known == content => {}
            Some((_, counted)) if is_at_rest && *counted == after => return Ok(true),
            _ if !is_at_rest => return Ok(false),
            _ => {}
        }
        if is_at_rest {
            *rest = Some((content, after));
        }
        Ok(false)
    }

    /// Gives our log another name, where it would be taken for that of the file which is now the
    /// database: SQLite does not know which database a log belongs to. The new name, if so.
    fn set_aside(&self) -> Option<PathBuf> {
        let (path, known) = &self.wal;
        if identity(&fs::metadata(path).ok()?) != *known {
            return None;
        }
        let mut names = (1..=ASIDE).map(|number| {
            let mut name = path.clone().into_os_string();
            name.push(format!(".{number}"));
            PathBuf::from(name)
        });
        let aside = names.find(|name| !name.exists())?;
        fs::rename(path, &aside).ok()?;
        Some(aside)
    }
}

/// What a `-shm` file counts of checkpoints (SQLite's walformat.html §2.1, "WAL-Index Header"):
/// the salt of the log, how many of its pages are in the database, and how many are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Checkpoints {
    salt: [u8; 8],
    done: [u8; 4],
    attempted: [u8; 4],
}

impl Checkpoints {
    fn read(index: &File) -> std::io::Result<Self> {
        let mut header = [0; 136];
        index.read_exact_at(&mut header, 0)?;
        let (mut salt, mut done, mut attempted) = ([0; 8], [0; 4], [0; 4]);
        salt.copy_from_slice(&header[32..40]);
        done.copy_from_slice(&header[96..100]);
        attempted.copy_from_slice(&header[128..132]);
        Ok(Self {
            salt,
            done,
            attempted,
        })
    }

    fn are_done(self) -> bool {
        self.done == self.attempted
    }
}

fn identity(metadata: &Metadata) -> Identity {
    (metadata.dev(), metadata.ino())
}

fn content(metadata: &Metadata) -> Content {
    (metadata.mtime(), metadata.mtime_nsec(), metadata.size())
}
