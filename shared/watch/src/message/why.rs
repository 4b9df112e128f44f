//! Why the server did what it did with a message.

use serde::Serialize;
use sip_control::watch::Verdict;

use super::script::{Place, place};
use crate::model::{Kept, Store};

/// The decision of the script about a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Why {
    /// What was decided.
    pub(crate) decision: Verdict,
    /// The status of the answer.
    pub(crate) status: Option<u16>,
    /// Its reason phrase.
    pub(crate) reason: Option<String>,
    /// The cause, which the phone is never sent.
    pub(crate) because: Option<String>,
    /// The line that decided.
    pub(crate) place: Option<Place>,
    /// Lines of the log about it.
    pub(crate) log: Vec<String>,
    /// The request that it is about.
    pub(crate) request: u64,
}

/// The decision about a message: its own, that about the request it answers, or that about the
/// request that was passed on as this one.
pub(crate) fn why(store: &Store, kept: &Kept, folder: Option<&str>) -> Option<Why> {
    let decided = decided(store, kept)?;
    let decision = decided.decision.clone()?;
    let source = &decided.message.from;
    let method = decided.row.method.as_deref().unwrap_or_default();
    // The server's log lines begin with the source and the method.
    let begins = format!("{source} {method} ");
    let near = decided.row.n..=decided.row.n + 20;
    let notes = store
        .notes()
        .filter(|note| near.contains(&note.after) && note.text.starts_with(&begins));
    let (status, reason) = decision.answer.unzip();
    Some(Why {
        decision: decision.verdict,
        status,
        reason,
        because: decision.because,
        place: folder.and_then(|folder| place(folder, &decision.places)),
        log: notes.take(1).map(|note| note.text.clone()).collect(),
        request: decided.row.n,
    })
}

fn decided<'a>(store: &'a Store, kept: &'a Kept) -> Option<&'a Kept> {
    let tied = &kept.row.tied;
    let others = [tied.original, tied.request, tied.received];
    let others = others
        .into_iter()
        .flatten()
        .filter_map(|n| store.message(n));
    std::iter::once(kept)
        .chain(others)
        .find(|kept| kept.decision.is_some())
}
