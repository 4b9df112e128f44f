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
//! - The `-shm` file is the index of the log. A log that is shorter than its index says, or has
//!   another salt, was overwritten or truncated.

use std::fs::{self, File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Replaced, WriteError};
use crate::index::{Checkpoints, Index};
use crate::lock::{Lock, beside};

/// For how long a look counts: at thousands of look-ups a second, the file system is asked a
/// hundred times a second.
const LEASE: Duration = Duration::from_millis(10);

/// What is said where the database is the same and its log is not.
const LOG_IS_GONE: &str = "its -wal or -shm file was removed or replaced";

/// What is said where the log is the same file, with other content.
const LOG_IS_DAMAGED: &str = "its -wal file was overwritten or truncated";

/// What is said where SQLite would look for the log under another name than it has.
const IS_LINKED: &str = "its file was moved, and a link to it is in its place";

/// How often a log that belongs to no database any more may be set aside.
const ASIDE: u32 = 99;

/// The files of a database.
#[derive(Debug)]
pub(crate) struct Files {
    path: PathBuf,
    /// The path without links, which names the log, too.
    real: PathBuf,
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
    content: File,
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
        Self::new(path, &main, None, None)
    }

    /// Those of a server, whose log SQLite has open.
    pub(crate) fn of_server(path: &Path, lock: Lock) -> Result<Self, WriteError> {
        let log = Log::open(path).ok_or(WriteError::ReadOnly)?;
        let main = lock.file().metadata().map_err(|_| WriteError::ReadOnly)?;
        let files = Self::new(path, &main, Some(log), Some(lock))?;
        files.look()?;
        Ok(files)
    }

    fn new(
        path: &Path,
        main: &Metadata,
        log: Option<Log>,
        lock: Option<Lock>,
    ) -> Result<Self, WriteError> {
        Ok(Self {
            path: path.to_owned(),
            real: fs::canonicalize(path).map_err(|_| WriteError::ReadOnly)?,
            main: identity(main),
            log,
            state: Mutex::default(),
            _lock: lock,
        })
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
        let is_ours = [LOG_IS_GONE, LOG_IS_DAMAGED, IS_LINKED].contains(&what);
        let log = self.log.as_ref().filter(|_| !is_ours);
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
        let is_damaged = log.is_damaged().unwrap_or(true);
        other || is_damaged || written.unwrap_or(true)
    }

    fn replaced(&self, state: &mut State) -> std::io::Result<Option<&'static str>> {
        let main = fs::metadata(&self.path)?;
        if identity(&main) != self.main {
            return Ok(Some("another file was put in its place"));
        }
        let real = fs::symlink_metadata(&self.real);
        if !real.is_ok_and(|real| identity(&real) == self.main) {
            return Ok(Some(IS_LINKED));
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
        if log.is_damaged()? {
            return Ok(Some(LOG_IS_DAMAGED));
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
        let (wal, shm) = (known("-wal")?, known("-shm")?);
        Some(Self {
            content: File::open(&wal.0).ok()?,
            wal,
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
        let before = self.checkpoints()?;
        let content = content(&fs::metadata(path)?);
        let after = self.checkpoints()?;
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

    fn checkpoints(&self) -> std::io::Result<Checkpoints> {
        Ok(Index::read(&self.index)?.checkpoints())
    }

    /// A log that is not the one its index speaks of. While SQLite begins it again, nothing can be
    /// said.
    fn is_damaged(&self) -> std::io::Result<bool> {
        let before = Index::read(&self.index)?;
        let may_be = before.may_be_of(&self.content);
        Ok(!may_be && Index::read(&self.index)? == before)
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

fn identity(metadata: &Metadata) -> Identity {
    (metadata.dev(), metadata.ino())
}

fn content(metadata: &Metadata) -> Content {
    (metadata.mtime(), metadata.mtime_nsec(), metadata.size())
}
