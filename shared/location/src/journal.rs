//! What makes bindings last.
//!
//! Changes are handed to the journal while the memory they were made in is still locked, so
//! both see them in one order. The 200 waits for the journal; a look-up does not, and may
//! find a binding a moment before it is kept. That is harmless: it leads to a phone that is
//! there and did ask for it; a crash in that moment loses a binding nobody was promised, and the
//! phone, which got no 200, asks again.
//!
//! When the journal fails, the phone gets a 500 and memory goes back to what it was before,
//! so that nobody is called on the strength of a refusal, and after a restart the same phones
//! are there as before it.

use std::fmt;
use std::pin::Pin;

use crate::binding::Binding;
use crate::packed::Packed;

/// One change to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Write this binding, over the one of the same [`Binding::ruid`] if there is one.
    Put(Box<Binding>),
    /// Remove the binding of this ruid.
    Delete(String),
}

/// Why changes were not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalError {
    /// More is waiting to be written than the journal takes; nothing is wrong but the load.
    Busy,
    /// It could not write, and why, in words for the log.
    Failed(String),
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("more registrations are waiting to be written than fit"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for JournalError {}

/// Ends when the changes are kept for good, or never will be.
pub type Written = Pin<Box<dyn Future<Output = Result<(), JournalError>> + Send>>;

/// Keeps changes so that they survive the process.
pub trait Journal: Send + Sync {
    /// Takes changes, in the order of the calls, and keeps all of one call or none. The call
    /// itself must not wait: the table is locked. Dropping the future takes nothing back.
    fn write(&self, changes: Vec<Change>) -> Written;
}

/// What was before a change that the journal has not yet confirmed.
#[derive(Debug)]
pub(crate) struct Unsettled {
    /// The binding.
    pub(crate) id: u64,
    /// The number of the change; all of one REGISTER have one.
    pub(crate) change: u64,
    /// The binding before; `None` when there was none.
    pub(crate) before: Option<Packed>,
}

/// Takes the entries of a change off the list.
pub(crate) fn settled(list: &mut Vec<Unsettled>, change: u64) -> Vec<Unsettled> {
    list.extract_if(.., |entry| entry.change == change)
        .collect()
}

/// Hands what was before a failed change on to the next change of the same binding that is
/// still unsettled, for should that one fail too, this is where it goes back to. Gives it back
/// when there is no such change.
pub(crate) fn inherit(list: &mut [Unsettled], failed: Unsettled) -> Option<Unsettled> {
    let later = |entry: &&mut Unsettled| entry.id == failed.id && entry.change > failed.change;
    match list
        .iter_mut()
        .filter(later)
        .min_by_key(|entry| entry.change)
    {
        Some(next) => {
            next.before = failed.before;
            None
        }
        None => Some(failed),
    }
}
