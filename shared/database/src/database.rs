use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rusqlite::OptionalExtension;
use sip_location::{Change, Journal, JournalError, Location, Written};

use crate::batch::Store;
use crate::error::{OpenError, OpenFault, WriteError};
use crate::files::Files;
use crate::link::Link;
use crate::load::{self, Loaded, Purge};
use crate::modes;
use crate::open;
use crate::recent::Recent;
use crate::warn::Warn;
use crate::writer::Writer;

/// A database in use. Cheap to clone; clones are the same. When the last is dropped, what was
/// still waiting to be written is.
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
    /// A thread of its own, which commits for many at once.
    Thread(Writer),
    /// Whoever writes commits, and has the outcome at once.
    Inline(Mutex<Store>),
}

/// How a database is used.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How long one waits for another program that holds the file locked: 5 s, well within the
    /// 32 s for which a phone repeats its REGISTER.
    pub busy: Duration,
    /// How many changes may wait to be written: 8,192, some 4 MB. Beyond it the journal is
    /// [`JournalError::Busy`].
    pub queue: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy: Duration::from_secs(5),
            queue: 8192,
        }
    }
}

impl Database {
    /// Opens the file and starts the thread that writes it. A file that is missing is made, for
    /// its owner alone to read; tables that are missing are made, in a file of Kamailio's too.
    ///
    /// # Errors
    /// When the file cannot be used; it is then as it was.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_with(path, Options::default())
    }

    /// [`Database::open`] with other options.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let (recent, warn) = (Arc::default(), Arc::default());
        let link = open::serve(path, options.busy)?;
        let files = link.files();
        let store = Store::new(link).telling(&recent, &warn);
        let writer = Writer::start(store, options.queue);
        let writer = writer.map_err(|e| OpenError::new(path, OpenFault::Failed(e.to_string())))?;
        let mode = Mode::Thread(writer);
        Ok(Self::new(Inner {
            path: path.to_owned(),
            options,
            mode,
            recent,
            warn,
            files,
        }))
    }

    /// Has `warn` told what an administrator should look after, a line each: at once who else may
    /// read the file, later which rows are left out of a load, and that the file was replaced.
    #[must_use]
    pub fn warning(self, warn: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.inner.warn.to(warn);
        for line in modes::open_to_others(&self.inner.path) {
            self.inner.warn.line(&line);
        }
        self
    }

    /// Opens the file to be written by whoever calls, without a thread: every change is
    /// committed by itself and before the call returns. For a stage whose clock stands still
    /// while a message is handled, and for commands.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn inline(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let (path, options) = (path.as_ref(), Options::default());
        let link = open::open(path, options.busy)?;
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

    /// Reads every binding that has not expired by `now` into `location`, and has the rows of
    /// the others removed in the background, a thousand at a time.
    ///
    /// # Errors
    /// When the file cannot be read to its end. What was read until then is in `location`.
    pub fn load(&self, location: &Location, now: SystemTime) -> Result<Loaded, WriteError> {
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

    /// A location service that begins with what the file holds at `now`, and keeps it here.
    ///
    /// # Errors
    /// As [`Database::load`].
    pub fn location(
        &self,
        settings: sip_location::Settings,
        now: SystemTime,
    ) -> Result<Location, WriteError> {
        let location = Location::new(settings, Some(Arc::new(self.clone())));
        self.load(&location, now)?;
        Ok(location)
    }

    /// The server's secret, which stays the same over restarts; `new` becomes it when the file
    /// has none yet.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn secret(&self, new: [u8; 16]) -> Result<[u8; 16], WriteError> {
        let link = self.connect()?;
        let connection = link.get()?;
        let read = "SELECT secret FROM server_secret WHERE id = 1";
        let read = || connection.query_row(read, [], |row| row.get(0)).optional();
        if let Some(secret) = read()? {
            return Ok(secret);
        }
        // Another process may have been quicker; then its secret counts.
        let write = "INSERT OR IGNORE INTO server_secret (id, secret) VALUES (1, ?1)";
        connection.execute(write, [new])?;
        Ok(read()?.unwrap_or(new))
    }

    /// The passwords read a moment ago. Where there is no thread, nothing is remembered.
    pub(crate) fn recent(&self) -> Arc<Recent> {
        Arc::clone(&self.inner.recent)
    }

    /// Another connection to the file, where it is still the same.
    pub(crate) fn connect(&self) -> Result<Link, WriteError> {
        let Inner {
            path,
            options,
            files,
            ..
        } = &*self.inner;
        files.look()?;
        let link = Link::new(open::connect(path, options.busy)?, files);
        files.look()?;
        Ok(link)
    }
}

impl Journal for Database {
    fn write(&self, changes: Vec<Change>) -> Written {
        match &self.inner.mode {
            Mode::Thread(writer) => Box::pin(writer.write(changes)),
            Mode::Inline(store) => {
                let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
                let outcome = store.commit(changes);
                let outcome = outcome.map_err(|error| JournalError::Failed(error.to_string()));
                Box::pin(std::future::ready(outcome))
            }
        }
    }
}
