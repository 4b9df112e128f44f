//! The tables of transactions, by keys that are keyed hashes or random numbers already.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

/// Transactions by their key.
pub(crate) type Table<T> = HashMap<u64, T, BuildHasherDefault<KeyHasher>>;

/// What a table keeps for the next burst.
const IDLE_CAPACITY: usize = 4096;

/// Gives back the room of a table that was much fuller once. Done when an eighth is left, and
/// down to twice what is there, so a table that is used does not move again and again.
pub(crate) fn shrink<T>(table: &mut Table<T>) {
    if table.capacity() > IDLE_CAPACITY && table.len() < table.capacity() / 8 {
        table.shrink_to(IDLE_CAPACITY.max(table.len() * 2));
    }
}

/// The same for a queue.
pub(crate) fn shrink_queue<T>(queue: &mut VecDeque<T>) {
    if queue.capacity() > IDLE_CAPACITY && queue.len() < queue.capacity() / 8 {
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
