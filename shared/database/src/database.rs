//! The database of a server or a command: open, load, write, close.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use sip_location::{Change, Journal, JournalError, Location, Written};

use crate::error::DatabaseError;
use crate::files::Files;
use crate::link::Link;
use crate::load::{self, Loaded, Purge};
use crate::modes;
use crate::open;
use crate::open_error::{OpenError, OpenErrorKind};
use crate::options::Options;
use crate::recent::Recent;
use crate::store::Store;
use crate::warn::Warn;
use crate::writer::Writer;

/// A database in use. Cheap to clone; clones are the same. Dropping the last one writes what is
/// still waiting.
#[derive(Debug, Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    options: Options,
    mode: Mode,
    recent: Arc<Recent>,
    warn: Arc<Warn>,
    files: Arc<Files>,
}

#[derive(Debug)]
enum Mode {
    /// A thread commits for many at once.
    Thread(Writer),
    /// The caller commits, and has the outcome at once.
    Inline(Mutex<Store>),
}

impl Database {
    /// Opens the file and starts the thread that writes it. If the file is missing, it is made so
    /// that only its owner can read it. Missing tables are made, also in a file of Kamailio's.
    ///
    /// # Errors
    /// When the file cannot be used; then it is unchanged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_with(path, Options::default())
    }

    /// [`Database::open`] with other options.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let recent = Arc::default();
        let warn = Arc::default();
        let clock = &options.clock;
        let link = open::serve(path, options.busy, clock)?;
        let files = link.files();
        let store = Store::new(link).reporting(&recent, clock, &warn);
        let writer = Writer::start(store, options.queue, clock.clone());
        let writer = writer.map_err(|e| OpenError::new(path, OpenErrorKind::Failed(e.into())))?;
        Ok(Self::new(Inner {
            path: path.to_owned(),
            options,
            mode: Mode::Thread(writer),
            recent,
            warn,
            files,
        }))
    }

    /// Gives `warn` a line about everything an administrator should look at: at once, which files
    /// other users may read; later, which rows a load leaves out, and that the file was replaced.
    #[must_use]
    pub fn warning(self, warn: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.inner.warn.to(warn);
        for line in modes::open_to_others(&self.inner.path) {
            self.inner.warn.line(&line);
        }
        self
    }

    /// Opens the file without a thread: every change is committed by itself, before the call
    /// returns. For commands, and for a stage whose clock is paused while a message is handled.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn inline(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let options = Options::default();
        let link = open::open(path, options.busy, &options.clock)?;
        let files = link.files();
        Ok(Self::new(Inner {
            path: path.to_owned(),
            options,
            mode: Mode::Inline(Mutex::new(Store::new(link))),
            recent: Arc::default(),
            warn: Arc::default(),
            files,
        }))
    }

    fn new(inner: Inner) -> Self {
        let inner = Arc::new(inner);
        Self { inner }
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Reads every binding that has not expired by `now` into `location`. The rows of the others
    /// are removed in the background, a thousand at a time.
    ///
    /// # Errors
    /// When the file cannot be read to its end. `location` then has what was read until there.
    pub fn load(&self, location: &Location, now: SystemTime) -> Result<Loaded, DatabaseError> {
        let link = self.connect()?;
        let connection = link.get()?;
        let loaded = load::load(connection, location, now, &self.inner.warn)?;
        let purge = Purge::new(now);
        match &self.inner.mode {
            Mode::Thread(writer) => writer.purge(purge),
            Mode::Inline(_) => {
                let mut left = Some(purge);
                while let Some(purge) = left {
                    left = purge.step(connection)?;
                }
            }
        }
        Ok(loaded)
    }

    pub(crate) fn options(&self) -> &Options {
        &self.inner.options
    }

    /// The passwords that were read a moment ago. Without a thread nothing is remembered.
    pub(crate) fn recent(&self) -> Arc<Recent> {
        Arc::clone(&self.inner.recent)
    }

    /// Another connection to the file, if it is still the same.
    pub(crate) fn connect(&self) -> Result<Link, DatabaseError> {
        let inner = &*self.inner;
        inner.files.check_now()?;
        let connection = open::connect(&inner.path, inner.options.busy)?;
        let link = Link::new(connection, &inner.files);
        inner.files.check_now()?;
        Ok(link)
    }
}

impl Journal for Database {
    fn write(&self, changes: Vec<Change>) -> Written {
        match &self.inner.mode {
            Mode::Thread(writer) => Box::pin(writer.write(changes)),
            Mode::Inline(store) => {
                let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
                let outcome = store.commit(changes).map_err(JournalError::failed);
                Box::pin(std::future::ready(outcome))
            }
        }
    }
}
