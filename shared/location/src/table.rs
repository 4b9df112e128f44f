//! The bindings in memory: parts with a lock each, so that whoever walks over all of them, to
//! show or to purge, holds nobody up for longer than a part takes.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use siphasher::sip::SipHasher13;

use crate::packed::Packed;
use crate::unsettled::{Before, Unsettled};

/// Into how many parts the table is split: at 100,000 bindings one holds 1,600, which are
/// walked over in well under a millisecond.
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

/// One part: the addresses-of-record whose hash falls into it, each with at least one binding.
/// The address stands in the bindings' own text.
#[derive(Debug, Default)]
pub(crate) struct Part {
    users: HashTable<Vec<Packed>>,
    pub(crate) unsettled: Unsettled,
}

impl Table {
    /// An empty table. The seed keeps strangers from choosing names that collide.
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
        let hash = self.hash(aor);
        // Bits the table inside does not use: it takes the lowest for the place and the
        // highest seven for its tags.
        (hash, self.part((hash >> 32) as usize % PARTS))
    }

    /// One part, locked. A panic under the lock cannot leave it half changed: changes are made
    /// after everything that computes.
    pub(crate) fn part(&self, index: usize) -> MutexGuard<'_, Part> {
        self.parts[index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The part whose turn it is, locked.
    pub(crate) fn next_part(&self) -> MutexGuard<'_, Part> {
        self.part(self.turn.fetch_add(1, Ordering::Relaxed) % PARTS)
    }

    fn hash(&self, aor: &str) -> u64 {
        self.hasher.hash(aor.as_bytes())
    }

    /// The next number for a change or a binding.
    pub(crate) fn number(&self) -> u64 {
        self.counter.fetch_add(1, Ordering::Relaxed)
    }

    /// Makes the numbers to come higher than one that a loaded binding has.
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
        self.users.iter().map(Vec::as_slice)
    }

    pub(crate) fn user_count(&self) -> usize {
        self.users.len()
    }

    /// The bindings of an address-of-record.
    pub(crate) fn find(&self, hash: u64, aor: &str) -> &[Packed] {
        let found = self.users.find(hash, |bindings| is(bindings, aor));
        found.map(Vec::as_slice).unwrap_or_default()
    }

    /// Lets `edit` change the bindings of an address-of-record, which exists as long as it has
    /// any.
    pub(crate) fn edit<T>(
        &mut self,
        table: &Table,
        hash: u64,
        aor: &str,
        edit: impl FnOnce(&mut Vec<Packed>) -> T,
    ) -> T {
        if let Ok(mut entry) = self.users.find_entry(hash, |bindings| is(bindings, aor)) {
            let before = entry.get().len();
            let result = edit(entry.get_mut());
            let after = entry.get().len();
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
            let hash_of = |bindings: &Vec<Packed>| table.hash(aor_of(bindings));
            self.users.insert_unique(hash, bindings, hash_of);
        }
        result
    }

    /// Drops what expired by `now`, and gives it back. A binding that the journal is at work on
    /// stays: should it fail, the binding goes back to what it was, which may not have expired.
    pub(crate) fn purge(&mut self, table: &Table, now: u32) -> Vec<Packed> {
        let mut purged = Vec::new();
        let unsettled = &self.unsettled;
        self.users.retain(|bindings| {
            let is_over = |b: &mut Packed| b.has_expired(now) && !unsettled.holds(b.id);
            purged.extend(bindings.extract_if(.., is_over));
            !bindings.is_empty()
        });
        table.grew(-(purged.len() as isize));
        purged
    }

    /// The journal failed: each binding of the change goes back to what it was.
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

fn is(bindings: &[Packed], aor: &str) -> bool {
    aor_of(bindings) == aor
}

fn aor_of(bindings: &[Packed]) -> &str {
    bindings.first().map(Packed::aor).unwrap_or_default()
}
