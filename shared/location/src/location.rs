//! The location service: what it holds, and everything but `save` and `lookup`.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use crate::binding::Binding;
use crate::common::Common;
use crate::journal::{Change, Journal, JournalError, Written};
use crate::matching::Identity;
use crate::packed::{Numbers, Packed, Texts};
use crate::registration::seconds;
use crate::settings::Settings;
use crate::settling::Settling;
use crate::table::{PARTS, Table};

/// The location service. Cheap to clone; clones are the same service.
#[derive(Clone)]
pub struct Location {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) journal: Option<Arc<dyn Journal>>,
    pub(crate) table: Table,
    pub(crate) common: Common,
}

/// How much is registered, including expired bindings until they are purged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Addresses-of-record with at least one binding.
    pub users: usize,
    /// Bindings.
    pub bindings: usize,
}

impl Location {
    /// A location service without bindings. If there is a journal, it gets every change;
    /// [`Location::load`] brings back what it kept before.
    pub fn new(settings: Settings, journal: Option<Arc<dyn Journal>>) -> Self {
        Self {
            inner: Arc::new(Inner {
                table: Table::new(settings.seed),
                settings,
                journal,
                common: Common::default(),
            }),
        }
    }

    /// Takes bindings that were kept before, and returns how many. They do not go to the journal.
    /// Bindings that expired by `now`, the older of two for the same contact, and bindings with
    /// texts too long for a REGISTER are left out.
    pub fn load(&self, bindings: impl IntoIterator<Item = Binding>, now: SystemTime) -> usize {
        let now = seconds(now);
        let fits = |binding: &Binding| !binding.has_expired(now) && is_bounded(binding);
        let bindings = bindings.into_iter().filter(fits);
        bindings
            .map(|binding| self.load_one(&binding))
            .filter(|new| *new)
            .count()
    }

    fn load_one(&self, binding: &Binding) -> bool {
        let Inner {
            settings, table, ..
        } = &*self.inner;
        let packed = self.pack(binding);
        let (hash, mut part) = table.part_of(&binding.aor);
        part.edit(table, hash, &binding.aor, |bindings| {
            let identity = Identity::of(&packed);
            let same = |other: &Packed| {
                other.ruid(settings.seed) == binding.ruid || identity.is(&Identity::of(other))
            };
            match bindings.iter().position(same) {
                Some(at) if bindings[at].modified > packed.modified => false,
                Some(at) => {
                    bindings[at] = packed;
                    false
                }
                None => {
                    bindings.push(packed);
                    true
                }
            }
        })
    }

    fn pack(&self, binding: &Binding) -> Packed {
        let Inner {
            settings, table, ..
        } = &*self.inner;
        let own = binding
            .ruid
            .strip_prefix("sip-")
            .filter(|hex| hex.len() == 16);
        let own = own.and_then(|hex| u64::from_str_radix(hex, 16).ok());
        let id = own.map(|number| number.wrapping_sub(settings.seed));
        if let Some(id) = id.filter(|id| *id < u64::MAX / 2) {
            table.number_above(id);
        }
        let texts = Texts {
            aor: &binding.aor,
            contact: &binding.contact,
            params: &binding.params,
            call_id: &binding.call_id,
            user_agent: &binding.user_agent,
            socket: &binding.socket,
            foreign_ruid: if own.is_some() { "" } else { &binding.ruid },
        };
        let numbers = Numbers {
            change: table.number(),
            id: id.unwrap_or_else(|| table.number()),
            flow: binding.flow.map(Box::new),
            expires: binding.expires,
            modified: binding.modified,
            cseq: binding.cseq,
            q: binding.q,
        };
        Packed::new(texts, numbers)
    }

    /// The bindings of an address-of-record that have not expired by `now`, latest first.
    pub fn bindings(&self, aor: &str, now: SystemTime) -> Vec<Binding> {
        let now = seconds(now);
        let (hash, part) = self.inner.table.part_of(aor);
        let mut found: Vec<&Packed> = part.find(hash, aor).iter().collect();
        found.retain(|binding| !binding.has_expired(now));
        found.sort_by_key(|binding| std::cmp::Reverse(binding.change));
        found
            .into_iter()
            .map(|binding| self.unpack(binding))
            .collect()
    }

    /// All bindings that have not expired by `now`, in any order. The iterator copies one part of
    /// the table at a time, so that a REGISTER waits for one part at most.
    pub fn dump(&self, now: SystemTime) -> impl Iterator<Item = Binding> {
        let now = seconds(now);
        (0..PARTS).flat_map(move |index| {
            let part = self.inner.table.part(index);
            let live = part
                .users()
                .flatten()
                .filter(|binding| !binding.has_expired(now));
            live.map(|binding| self.unpack(binding)).collect::<Vec<_>>()
        })
    }

    /// Removes every binding of an address-of-record, and returns how many.
    ///
    /// # Errors
    /// The journal could not keep it; the bindings are then restored.
    pub async fn remove(&self, aor: &str) -> Result<usize, JournalError> {
        self.removed(self.remove_in_memory(aor, |_| true)).await
    }

    /// Removes the bindings of an address-of-record with exactly this Contact URI, and returns how
    /// many.
    ///
    /// # Errors
    /// As [`Location::remove`].
    pub async fn remove_contact(&self, aor: &str, contact: &str) -> Result<usize, JournalError> {
        let is_meant = |binding: &Packed| binding.contact() == contact;
        self.removed(self.remove_in_memory(aor, is_meant)).await
    }

    async fn removed(
        &self,
        (count, written): (usize, Option<Settling<'_>>),
    ) -> Result<usize, JournalError> {
        match written {
            Some(written) => written.settle().await.map(|()| count),
            None => Ok(count),
        }
    }

    /// Drops bindings that expired by `now` from memory and the journal, and returns how many. Each
    /// call goes through the next of 64 parts, so that none takes long. Once a second is enough: an
    /// expired binding is never found, and purging only frees its memory.
    ///
    /// # Errors
    /// The journal could not keep it; the bindings are still gone from memory, and will not be
    /// loaded again.
    pub async fn purge_expired(&self, now: SystemTime) -> Result<usize, JournalError> {
        let (count, written) = self.purge_in_memory(seconds(now));
        match written {
            Some(written) => written.await.map(|()| count),
            None => Ok(count),
        }
    }

    fn purge_in_memory(&self, now: u32) -> (usize, Option<Written>) {
        let Inner {
            table,
            journal,
            settings,
            ..
        } = &*self.inner;
        let mut part = table.next_part();
        let purged = part.purge(table, now);
        let journal = journal.as_ref().filter(|_| !purged.is_empty());
        let written = journal.map(|journal| {
            let ruids = purged.iter().map(|binding| binding.ruid(settings.seed));
            journal.write(ruids.map(Change::Delete).collect())
        });
        (purged.len(), written)
    }

    /// How much is registered.
    pub fn counts(&self) -> Counts {
        Counts {
            users: (0..PARTS)
                .map(|i| self.inner.table.part(i).user_count())
                .sum(),
            bindings: self.inner.table.bindings(),
        }
    }

    pub(crate) fn unpack(&self, binding: &Packed) -> Binding {
        binding.unpack(self.inner.settings.seed)
    }
}

/// Whether the texts fit into a [`Packed`].
fn is_bounded(binding: &Binding) -> bool {
    let texts = [
        &binding.aor,
        &binding.contact,
        &binding.params,
        &binding.call_id,
        &binding.user_agent,
        &binding.socket,
        &binding.ruid,
    ];
    !binding.aor.is_empty() && texts.iter().all(|text| text.len() <= 4096)
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Location")
            .field("settings", &self.inner.settings)
            .field("bindings", &self.inner.table.bindings())
            .finish_non_exhaustive()
    }
}
