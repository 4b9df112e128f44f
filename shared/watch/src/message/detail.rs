//! Everything the page shows of one message.

use serde::Serialize;
use sip_control::watch::Event;

use super::digest::Case;
use super::lines::{Line, lines};
use super::makers::maker;
use super::why::{Why, why};
use crate::export::{Chosen, recording};
use crate::model::{Kept, Store};
use crate::view::Row;

/// A message in full, but for its credentials, which take their time.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Detail {
    pub(crate) row: Row,
    pub(crate) lines: Vec<Line>,
    pub(crate) body: Vec<Line>,
    pub(crate) why: Option<Why>,
}

impl Detail {
    /// A message, and its credentials if it has any. `folder` is that of the server's package.
    pub(crate) fn of(store: &Store, kept: &Kept, folder: Option<&str>) -> (Self, Option<Case>) {
        let (lines, body) = lines(&kept.message.bytes, |value| maker(store, kept, value));
        let mut row = kept.row.clone();
        if row.explanation.is_none() {
            row.explanation = explanation(store, kept);
        }
        let detail = Self {
            row,
            lines,
            body,
            why: why(store, kept, folder),
        };
        (detail, Case::of(store, kept))
    }
}

/// A longer group has no sentences: each takes a look at all of it.
const MOST: usize = 500;

/// A sentence about a message, as the book's exchanges have one: what it is among those of its
/// group.
fn explanation(store: &Store, kept: &Kept) -> Option<String> {
    let chosen = Chosen::group(kept.row.group?);
    let numbers = chosen.messages(store);
    if numbers.len() > MOST {
        return None;
    }
    let index = numbers.iter().position(|n| *n == kept.row.n)?;
    let events = recording(store, &chosen, "").events().into_iter();
    let mut messages = events.filter_map(|event| match event {
        Event::Message(message) => Some(message),
        _ => None,
    });
    messages.nth(index)?.explanation
}
