//! Who made a branch, a tag, a Call-ID, a nonce: the sender of the first message that has it.

use memchr::memmem;

use crate::model::{Kept, Store};

/// How many messages of a group are looked through.
const MOST: usize = 2_000;

/// The party that made a value of a message: the first of its group to send it.
pub(super) fn maker(store: &Store, kept: &Kept, value: &str) -> Option<usize> {
    let finder = memmem::Finder::new(value.as_bytes());
    let same_group = |other: &&Kept| other.row.group == kept.row.group && other.row.n <= kept.row.n;
    let mut messages = store.messages().filter(same_group).take(MOST);
    let first = messages.find(|other| finder.find(&other.message.bytes).is_some());
    first.map(|first| first.row.from)
}
