//! Where messages come from.
//!
//! | file | what it decides |
//! |---|---|
//! | `live` | a running server, through its control socket |
//! | `exchange`, `chapters` | an exchange, played by its chapter's program |
//! | `file` | whether bytes are a text or a capture |
//! | `text`, `recorded` | a pasted trace; a recording of this course |
//! | `capture`, `streams` | a capture file; messages in TCP streams |
//! | `sources` | which are open |

mod capture;
mod chapters;
mod exchange;
mod file;
mod live;
mod recorded;
mod sources;
mod streams;
mod text;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sip_control::watch::{Event, Node};
use tokio::sync::watch;

use crate::model::{Limits, Store};
use crate::view::{ExchangeView, Kind, SourceView, State};

pub(crate) use chapters::{ChapterView, Chapters};
pub(crate) use exchange::play;
pub(crate) use file::read;
pub(crate) use live::{follow, now};
pub(crate) use sources::Sources;

/// A list of messages that readers follow.
pub(crate) struct Source {
    about: Mutex<About>,
    store: Mutex<Store>,
    changed: watch::Sender<()>,
}

/// What a source is, apart from its messages.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) title: String,
    pub(crate) state: State,
    pub(crate) detail: Option<String>,
    pub(crate) exchange: Option<ExchangeView>,
    pub(crate) package: Option<String>,
    /// The folder of that package, where its script is.
    pub(crate) folder: Option<String>,
    /// The server's database.
    pub(crate) database: Option<String>,
}

impl Source {
    /// A source without messages.
    pub(crate) fn new(about: About, nodes: &[Node]) -> Self {
        Self {
            about: Mutex::new(about),
            store: Mutex::new(Store::new(Limits::default(), nodes)),
            changed: watch::channel(()).0,
        }
    }

    /// A source that has all its events.
    pub(crate) fn ended(about: About, nodes: &[Node], events: Vec<Event>) -> Self {
        let source = Self::new(about, nodes);
        source.change(|store| {
            events.into_iter().for_each(|event| store.take(event));
            store.end();
        });
        source
    }

    /// The messages.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it is.
    pub(crate) fn about(&self) -> About {
        let about = self.about.lock().unwrap_or_else(PoisonError::into_inner);
        about.clone()
    }

    /// Changes the messages, and wakes the readers.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Store)) {
        change(&mut self.store());
        self.changed.send_replace(());
    }

    /// Changes what it is, and wakes the readers.
    pub(crate) fn describe(&self, change: impl FnOnce(&mut About)) {
        change(&mut self.about.lock().unwrap_or_else(PoisonError::into_inner));
        self.change(Store::source_changed);
    }

    /// Wakes at every change.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// As the page shows it.
    pub(crate) fn view(&self) -> SourceView {
        let (messages, first) = self.store().size();
        let about = self.about();
        SourceView {
            id: about.id,
            kind: about.kind,
            title: about.title,
            state: about.state,
            detail: about.detail,
            exchange: about.exchange,
            messages,
            first,
            package: about.package,
        }
    }
}

impl About {
    /// A source that was opened.
    pub(crate) fn opened(kind: Kind, title: String) -> Self {
        Self {
            id: String::new(),
            kind,
            title,
            state: State::Ended,
            detail: None,
            exchange: None,
            package: None,
            folder: None,
            database: None,
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.about().id)
    }
}
