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

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::binding::Binding;

/// One change to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Write this binding, over the one of the same [`Binding::ruid`] if there is one.
    Put(Box<Binding>),
    /// Remove the binding of this ruid.
    Delete(String),
}

/// Why changes were not kept.
#[derive(Debug, Clone)]
pub enum JournalError {
    /// More is waiting to be written than the journal takes; nothing is wrong but the load.
    Busy,
    /// The journal could not write. The cause is [`Error::source`].
    Failed(Arc<dyn Error + Send + Sync>),
}

impl JournalError {
    /// The journal could not write because of `cause`.
    pub fn failed(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed(Arc::from(cause.into()))
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("more registrations are waiting to be written than fit"),
            Self::Failed(cause) => cause.fmt(f),
        }
    }
}

impl Error for JournalError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Busy => None,
            Self::Failed(cause) => Some(&**cause),
        }
    }
}

/// Ends when the changes are kept for good, or never will be.
pub type Written = Pin<Box<dyn Future<Output = Result<(), JournalError>> + Send>>;

/// Keeps changes so that they survive the process.
pub trait Journal: Send + Sync {
    /// Takes changes, in the order of the calls, and keeps all of one call or none. The call
    /// itself must not wait: the table is locked. Dropping the future takes nothing back.
    fn write(&self, changes: Vec<Change>) -> Written;
}
