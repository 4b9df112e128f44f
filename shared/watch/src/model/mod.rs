//! The messages of a source, and what belongs together: a ring of limited size that readers
//! follow at their own pace.
//!
//! | file | what it decides |
//! |---|---|
//! | `ring` | how many messages are kept |
//! | `store`, `rows` | what an event changes; a message as the page lists it |
//! | `parties` | who sends and receives |
//! | `groups`, `states` | what has one Call-ID, and how far it is |
//! | `ties`, `keys` | which messages belong to a message |
//! | `marks` | what is wrong: loops, missing ACKs, retransmissions |
//! | `changes`, `reader` | what a reader has not seen yet, and how much it missed |

mod changes;
mod groups;
mod keys;
mod marks;
mod parties;
mod reader;
mod ring;
mod rows;
mod states;
mod store;
#[cfg(test)]
mod tests;
mod ties;

pub(crate) use reader::{Batch, Reader};
pub(crate) use ring::Kept;
pub(crate) use store::Store;

/// How much is kept of a source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Messages.
    pub(crate) messages: usize,
    /// Bytes of messages.
    pub(crate) bytes: usize,
    /// Notes.
    pub(crate) notes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            messages: 20_000,
            bytes: 64 << 20,
            notes: 5_000,
        }
    }
}
