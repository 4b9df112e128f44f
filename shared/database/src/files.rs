//! Whether the files of a database are still the ones that were opened.
//!
//! SQLite goes on with files that were moved, deleted, overwritten or replaced: it would read one
//! file and write another. So every connection asks here before it is used ([`crate::link`]).
//!
//! - A file that was moved, deleted or replaced has another number (inode) under its name.
//! - A database that was overwritten, or a log: see [`log`].

mod log;

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::error::{DatabaseError, How, Replaced};
use crate::lock::Lock;

use log::{Log, Rest};

/// For how long a check counts: at thousands of look-ups a second, the file system is asked a
/// hundred times a second.
const LEASE: Duration = Duration::from_millis(10);

/// The files of a database.
#[derive(Debug)]
pub(crate) struct Files {
    path: PathBuf,
    /// The path without links. SQLite names the log after it.
    real: PathBuf,
    main: Identity,
    /// Only a server watches its log; a command is done before that matters.
    log: Option<Log>,
    clock: Clock,
    state: Mutex<State>,
    _lock: Option<Lock>,
}

#[derive(Debug, Default)]
struct State {
    rest: Option<Rest>,
    fault: Option<DatabaseError>,
    checked: Option<Instant>,
}

/// A file, whatever its name: its device and its number there.
type Identity = (u64, u64);

impl Files {
    /// The files of a command, watched for as long as it runs.
    pub(crate) fn of_command(path: &Path, clock: &Clock) -> Result<Self, DatabaseError> {
        let main = fs::metadata(path).map_err(|_| DatabaseError::ReadOnly)?;
        Self::new(path, &main, clock, None, None)
    }

    /// The files of a server. SQLite must have opened its log before.
    pub(crate) fn of_server(path: &Path, clock: &Clock, lock: Lock) -> Result<Self, DatabaseError> {
        let log = Log::open(path).ok_or(DatabaseError::ReadOnly)?;
        let main = lock.file().metadata();
        let main = main.map_err(|_| DatabaseError::ReadOnly)?;
        let files = Self::new(path, &main, clock, Some(log), Some(lock))?;
        files.check_now()?;
        Ok(files)
    }

    fn new(
        path: &Path,
        main: &Metadata,
        clock: &Clock,
        log: Option<Log>,
        lock: Option<Lock>,
    ) -> Result<Self, DatabaseError> {
        Ok(Self {
            path: path.to_owned(),
            real: fs::canonicalize(path).map_err(|_| DatabaseError::ReadOnly)?,
            main: identity(main),
            log,
            clock: clock.clone(),
            state: Mutex::default(),
            _lock: lock,
        })
    }

    /// Whether the files were still the same within the last [`LEASE`].
    ///
    /// # Errors
    /// What became of them, and what to do.
    pub(crate) fn check(&self) -> Result<(), DatabaseError> {
        let now = self.clock.now();
        let checked = self.state().checked;
        if checked.is_some_and(|at| now.saturating_duration_since(at) < LEASE) {
            return Ok(());
        }
        self.check_now()
    }

    /// Whether the files are still the same.
    ///
    /// # Errors
    /// As [`Files::check`].
    pub(crate) fn check_now(&self) -> Result<(), DatabaseError> {
        let mut state = self.state();
        if let Some(fault) = &state.fault {
            return Err(fault.clone());
        }
        state.checked = None;
        // A file that is gone may be put back, so this is not kept as a fault.
        let changed = self.changed(&mut state);
        let changed = changed.map_err(|_| DatabaseError::ReadOnly)?;
        let Some(how) = changed else {
            state.checked = Some(self.clock.now());
            return Ok(());
        };
        let aside = match how {
            // The log still belongs to this database, or is gone.
            How::Linked | How::LogGone | How::LogOverwritten => None,
            How::AnotherFile | How::Overwritten => self.log.as_ref().and_then(Log::set_aside),
        };
        let fault = DatabaseError::Replaced(Replaced {
            path: self.path.clone(),
            how,
            aside,
        });
        state.fault = Some(fault.clone());
        Err(fault)
    }

    /// Whether the rest of SQLite's log must stay out of the file when the last connection closes.
    /// If the log alone was removed and nothing else has written the database since, the rest must
    /// go in: it exists nowhere else.
    pub(crate) fn are_strange(&self) -> bool {
        if self.check_now().is_ok() {
            return false;
        }
        let is_main = fs::metadata(&self.path).is_ok_and(|main| identity(&main) == self.main);
        let Some(log) = self.log.as_ref().filter(|_| is_main) else {
            return true;
        };
        let overwritten = log.database_was_overwritten(&self.path, &mut self.state().rest);
        log.is_another() || log.is_damaged().unwrap_or(true) || overwritten.unwrap_or(true)
    }

    fn changed(&self, state: &mut State) -> std::io::Result<Option<How>> {
        let main = fs::metadata(&self.path)?;
        if identity(&main) != self.main {
            return Ok(Some(How::AnotherFile));
        }
        let real = fs::symlink_metadata(&self.real);
        if !real.is_ok_and(|real| identity(&real) == self.main) {
            return Ok(Some(How::Linked));
        }
        let Some(log) = &self.log else {
            return Ok(None);
        };
        if log.database_was_overwritten(&self.path, &mut state.rest)? {
            return Ok(Some(How::Overwritten));
        }
        if log.is_gone() {
            return Ok(Some(How::LogGone));
        }
        if log.is_damaged()? {
            return Ok(Some(How::LogOverwritten));
        }
        Ok(None)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn identity(metadata: &Metadata) -> Identity {
    (metadata.dev(), metadata.ino())
}
