//! Which sources are open: the running server, and the last ones opened by hand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::{About, Source};
use crate::view::{Kind, State};

/// The id of the running server.
pub(crate) const LIVE: &str = "live";

/// How many opened sources are kept.
const MOST: usize = 16;

/// The sources that are open.
#[derive(Debug)]
pub(crate) struct Sources {
    live: Arc<Source>,
    opened: Mutex<Opened>,
}

#[derive(Debug, Default)]
struct Opened {
    sources: VecDeque<Arc<Source>>,
    count: u64,
}

impl Sources {
    /// The running server alone, which does not answer yet.
    pub(crate) fn new(title: String) -> Self {
        let about = About {
            id: LIVE.to_owned(),
            state: State::Waiting,
            ..About::opened(Kind::Live, title)
        };
        Self {
            live: Arc::new(Source::new(about, &[])),
            opened: Mutex::default(),
        }
    }

    /// The running server.
    pub(crate) fn live(&self) -> &Arc<Source> {
        &self.live
    }

    /// All of them, the running server first.
    pub(crate) fn all(&self) -> Vec<Arc<Source>> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = opened.sources.iter().cloned();
        std::iter::once(Arc::clone(&self.live))
            .chain(opened)
            .collect()
    }

    /// The source with that id.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<Source>> {
        self.all()
            .into_iter()
            .find(|source| source.about().id == id)
    }

    /// Adds a source and numbers it. The oldest one goes if there are too many.
    pub(crate) fn open(&self, source: Source) -> Arc<Source> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.count += 1;
        let id = opened.count.to_string();
        source.describe(|about| about.id = id);
        let source = Arc::new(source);
        opened.sources.push_back(Arc::clone(&source));
        if opened.sources.len() > MOST {
            opened.sources.pop_front();
        }
        source
    }

    /// Forgets a source. False if none that was opened has that id.
    pub(crate) fn close(&self, id: &str) -> bool {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let before = opened.sources.len();
        opened.sources.retain(|source| source.about().id != id);
        opened.sources.len() < before
    }
}
