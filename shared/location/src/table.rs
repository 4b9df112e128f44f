//! The bindings in memory: parts with one lock each, so that going through all of them, to show or
//! to purge, delays others only for the time of one part.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use siphasher::sip::SipHasher13;

use crate::packed::Packed;
use crate::unsettled::{Before, Unsettled};

/// Into how many parts the table is split: with 100,000 bindings a part holds 1,600, which takes well
/// under a millisecond to go through.
pub(crate) const PARTS: usize = 64;

/// Everything that is registered.
#[derive(Debug)]
pub(crate) struct Table {
    parts: Vec<Mutex<Part>>,
    hasher: SipHasher13,
    counter: AtomicU64,
    bindings: AtomicUsize,
    /// The part to purge next.
    turn: AtomicUsize,
}

/// One part: the addresses-of-record whose hash falls into it.
#[derive(Debug, Default)]
pub(crate) struct Part {
    users: HashTable<User>,
    pub(crate) unsettled: Unsettled,
}

/// One address-of-record; its name is in the bindings' own texts.
#[derive(Debug)]
struct User {
    /// Kept, so that a growing table does not read every text again.
    hash: u64,
    /// At least one.
    bindings: Vec<Packed>,
}

impl User {
    fn is(&self, aor: &str) -> bool {
        self.bindings.first().map(Packed::aor) == Some(aor)
    }
}

impl Table {
    /// An empty table. The seed prevents strangers from choosing names that collide.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            parts: (0..PARTS).map(|_| Mutex::default()).collect(),
            hasher: SipHasher13::new_with_keys(seed, !seed),
            counter: AtomicU64::new(0),
            bindings: AtomicUsize::new(0),
            turn: AtomicUsize::new(0),
        }
    }

    /// The part an address-of-record belongs to, locked, and its hash there.
    pub(crate) fn part_of(&self, aor: &str) -> (u64, MutexGuard<'_, Part>) {
        let hash = self.hasher.hash(aor.as_bytes());
        (hash, self.part_at(hash))
    }

    /// The part of an address-of-record whose hash is known, locked.
    pub(crate) fn part_at(&self, hash: u64) -> MutexGuard<'_, Part> {
        // Bits the table inside does not use: it takes the lowest for the place and the
        // highest seven for its tags.
        self.part((hash >> 32) as usize % PARTS)
    }

    /// One part, locked. A panic under the lock cannot leave it half changed: everything is computed
    /// before changes are made.
    pub(crate) fn part(&self, index: usize) -> MutexGuard<'_, Part> {
        self.parts[index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The part whose turn it is, locked.
    pub(crate) fn next_part(&self) -> MutexGuard<'_, Part> {
        self.part(self.turn.fetch_add(1, Ordering::Relaxed) % PARTS)
    }

    /// The next number for a change or a binding.
    pub(crate) fn number(&self) -> u64 {
        self.counter.fetch_add(1, Ordering::Relaxed)
    }

    /// Makes further numbers higher than that of a loaded binding.
    pub(crate) fn number_above(&self, number: u64) {
        self.counter
            .fetch_max(number.saturating_add(1), Ordering::Relaxed);
    }

    pub(crate) fn bindings(&self) -> usize {
        self.bindings.load(Ordering::Relaxed)
    }

    pub(crate) fn grew(&self, by: isize) {
        self.bindings.fetch_add(by as usize, Ordering::Relaxed);
    }
}

impl Part {
    pub(crate) fn users(&self) -> impl Iterator<Item = &[Packed]> {
        self.users.iter().map(|user| user.bindings.as_slice())
    }

    pub(crate) fn user_count(&self) -> usize {
        self.users.len()
    }

    /// The bindings of an address-of-record.
    pub(crate) fn find(&self, hash: u64, aor: &str) -> &[Packed] {
        let found = self.users.find(hash, |user| user.is(aor));
        found
            .map(|user| user.bindings.as_slice())
            .unwrap_or_default()
    }

    /// Lets `edit` change the bindings of an address-of-record, which exists while it has any.
    pub(crate) fn edit<T>(
        &mut self,
        table: &Table,
        hash: u64,
        aor: &str,
        edit: impl FnOnce(&mut Vec<Packed>) -> T,
    ) -> T {
        if let Ok(mut entry) = self.users.find_entry(hash, |user| user.is(aor)) {
            let bindings = &mut entry.get_mut().bindings;
            let before = bindings.len();
            let result = edit(bindings);
            let after = bindings.len();
            if after == 0 {
                entry.remove();
            }
            table.grew(after as isize - before as isize);
            return result;
        }
        // Most have one phone, and a vector's first growth would make room for four.
        let mut bindings = Vec::with_capacity(1);
        let result = edit(&mut bindings);
        table.grew(bindings.len() as isize);
        if !bindings.is_empty() {
            let user = User { hash, bindings };
            self.users.insert_unique(hash, user, |user| user.hash);
        }
        result
    }

    /// Removes and returns the bindings that expired by `now`. A binding that the journal is writing
    /// stays: if the journal fails, the binding is restored, and may not have expired.
    pub(crate) fn purge(&mut self, table: &Table, now: u32) -> Vec<Packed> {
        let mut purged = Vec::new();
        let unsettled = &self.unsettled;
        self.users.retain(|user| {
            let is_over = |b: &mut Packed| b.has_expired(now) && !unsettled.holds(b.id);
            purged.extend(user.bindings.extract_if(.., is_over));
            !user.bindings.is_empty()
        });
        table.grew(-(purged.len() as isize));
        let room = 2 * self.users.len();
        self.users.shrink_to(room, |user| user.hash);
        purged
    }

    /// The journal failed: each binding of the change is restored.
    pub(crate) fn undo(&mut self, table: &Table, hash: u64, aor: &str, change: u64) {
        for before in self.unsettled.fail(change) {
            self.edit(table, hash, aor, |bindings| restore(bindings, before));
        }
    }
}

fn restore(bindings: &mut Vec<Packed>, before: Before) {
    let at = bindings.iter().position(|binding| binding.id == before.id);
    match (at, before.binding) {
        (Some(at), _) if bindings[at].change != before.change => {}
        (Some(at), Some(binding)) => bindings[at] = binding,
        (Some(at), None) => drop(bindings.remove(at)),
        (None, Some(binding)) => bindings.push(binding),
        (None, None) => {}
    }
}
