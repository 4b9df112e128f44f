//! What makes bindings last.
//!
//! Changes go to the journal while the changed part of memory is still locked, so both have them in
//! the same order. The 200 waits for the journal; a look-up does not, and may find a binding a
//! moment before it is kept. That is harmless: the binding leads to a phone that asked for it. If the
//! server crashes in that moment the binding is lost, but the phone got no 200 and asks again.
//!
//! If the journal fails, the phone gets a 500 and memory is restored, so that a refused binding is
//! never called, and a restart changes nothing.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::binding::Binding;

/// One change to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Write this binding, replacing the one with the same [`Binding::ruid`].
    Put(Box<Binding>),
    /// Remove the binding with this ruid.
    Delete(String),
}

/// Why changes were not kept.
#[derive(Debug, Clone)]
pub enum JournalError {
    /// More changes are waiting than the journal accepts; only the load is too high.
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

/// Completes when the changes are kept for good, or never will be.
pub type Written = Pin<Box<dyn Future<Output = Result<(), JournalError>> + Send>>;

/// Keeps changes so that they survive the process.
pub trait Journal: Send + Sync {
    /// Takes changes in the order of the calls, and keeps all changes of a call or none. The call
    /// itself must not wait, because the table is locked. Dropping the future takes nothing back.
    fn write(&self, changes: Vec<Change>) -> Written;
}
