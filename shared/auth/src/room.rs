//! When a table or queue gives back the room it no longer needs.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hash};

/// How many entries a table keeps room for when it is empty.
const IDLE_CAPACITY: usize = 256;

/// Gives back the room of a table that was much fuller once: when less than an eighth of it is in
/// use, down to twice what is in use.
pub(crate) fn shrink<K: Eq + Hash, V, S: BuildHasher>(table: &mut HashMap<K, V, S>) {
    // The capacity does not count places whose entries were removed until they are used again, so an
    // empty table may be larger than it says.
    if table.is_empty() || is_much_too_large(table.capacity(), table.len()) {
        table.shrink_to(IDLE_CAPACITY.max(table.len() * 2));
    }
}

/// The same for a queue.
pub(crate) fn shrink_queue<T>(queue: &mut VecDeque<T>) {
    if is_much_too_large(queue.capacity(), queue.len()) {
        queue.shrink_to(IDLE_CAPACITY.max(queue.len() * 2));
    }
}

fn is_much_too_large(capacity: usize, used: usize) -> bool {
    capacity > 2 * IDLE_CAPACITY && used < capacity / 8
}
