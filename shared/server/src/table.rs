//! The tables of transactions, whose keys are keyed hashes or random numbers already; and when
//! any table or queue gives back the room it no longer needs.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};

/// Transactions by their key.
pub(crate) type Table<K, T> = HashMap<K, T, BuildHasherDefault<KeyHasher>>;

/// How many entries a table keeps room for when it is empty: some 200 KiB of transactions.
const IDLE_CAPACITY: usize = 256;

/// Gives back the room of a table that was much fuller once. This happens when less than an eighth
/// of it is in use, and leaves twice what is in use, so that a busy table does not move again and
/// again.
pub(crate) fn shrink<K: Eq + Hash, V, S: BuildHasher>(table: &mut HashMap<K, V, S>) {
    // The capacity does not count places whose entries were removed until they are used again, so an
    // empty table may be larger than it says.
    let is_much_too_large =
        table.capacity() > 2 * IDLE_CAPACITY && table.len() < table.capacity() / 8;
    if is_much_too_large || table.is_empty() {
        table.shrink_to(IDLE_CAPACITY.max(table.len() * 2));
    }
}

/// The same for a queue.
pub(crate) fn shrink_queue<T>(queue: &mut VecDeque<T>) {
    if queue.capacity() > 2 * IDLE_CAPACITY && queue.len() < queue.capacity() / 8 {
        queue.shrink_to(IDLE_CAPACITY.max(queue.len() * 2));
    }
}

/// Spreads a key over the table. Nobody outside can choose one (§17.2.3 keys are signed with
/// the server's secret, branches are random), so no stronger hash is needed.
#[derive(Debug, Default)]
pub(crate) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0 ^ u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key.wrapping_mul(0x9e37_79b9_7f4a_7c15); // 2^64 by the golden ratio
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_was_full_is_small_once_it_is_empty() {
        let mut table: Table<u64, [u8; 64]> = Table::default();
        for key in 0..7_168 {
            table.insert(key, [0; 64]);
        }
        for key in 0..7_168 {
            table.remove(&key);
            shrink(&mut table);
        }
        // Only a table without removed entries reports all its room.
        table.clear();
        assert!(
            table.capacity() <= 2 * IDLE_CAPACITY,
            "{}",
            table.capacity()
        );
    }
}
