//! Who is known by the address they send from: the `permissions` module of the texts.
//!
//! A UDP source is what its sender wrote there. Anyone who knows a carrier's address can forge a
//! request in its name. They do not see the answers, which go to the carrier. A TCP connection
//! cannot be forged so. That is why a group opens as little as it can.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use sip_message::{Request, Response};
use sip_tables::{Address, AddressRow, AddressTable, Group, TableError};

use crate::groups::Groups;

/// The `address` table, in memory. Cheap to clone; clones are the same.
#[derive(Clone)]
pub struct Addresses {
    inner: Arc<Inner>,
}

struct Inner {
    known: RwLock<Arc<Known>>,
    table: Box<dyn AddressTable>,
    warn: Box<dyn Fn(&str) + Send + Sync>,
}

/// The rows that count, and the look-up among them.
#[derive(Default)]
struct Known {
    addresses: Vec<Address>,
    groups: Groups,
}

/// What reading the table gave.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Reloaded {
    /// How many rows are valid and count from now on.
    pub loaded: usize,
    /// A line about each row that does not count: which one, and why.
    pub refused: Vec<String>,
    /// A line about each row that counts and is probably a mistake: which one, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubted: Vec<String>,
}

impl Reloaded {
    /// What a server makes of these rows.
    pub fn of(rows: &[AddressRow]) -> Self {
        Self::read(rows).1
    }

    fn read(rows: &[AddressRow]) -> (Known, Self) {
        let mut known = Known::default();
        let mut reloaded = Self::default();
        for row in rows {
            let id = row.id;
            match Address::read(row) {
                Ok(address) => {
                    let doubt = address.doubt();
                    let line = doubt.map(|why| format!("address table, row {id}: {why}"));
                    reloaded.doubted.extend(line);
                    known.groups.add(&address);
                    known.addresses.push(address);
                }
                Err(why) => {
                    let line = format!("address table, row {id} left out: {why}");
                    reloaded.refused.push(line);
                }
            }
        }
        reloaded.loaded = known.addresses.len();
        (known, reloaded)
    }
}

impl Addresses {
    /// Reads `table`, now and at every reload. `warn` gets a line about each row that is wrong or
    /// probably a mistake; the other rows count all the same.
    ///
    /// # Errors
    /// When the table cannot be read at all.
    pub fn load(
        table: impl AddressTable + 'static,
        warn: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<Self, TableError> {
        let addresses = Self {
            inner: Arc::new(Inner {
                known: RwLock::default(),
                table: Box::new(table),
                warn: Box::new(warn),
            }),
        };
        addresses.reload()?;
        Ok(addresses)
    }

    /// Whether a request came from an address of the group (`allow_source_address` of the
    /// texts). Only the source of the packet counts, never its content.
    #[track_caller]
    pub fn allow_source_address(&self, request: &Request, group: Group) -> bool {
        request.note_asked();
        let source = request.arrival().flow.remote;
        self.known().groups.has(group, source)
    }

    /// Removes what a request asserts about its sender, unless it came from an address of the
    /// group: such senders may assert who is calling (RFC 3325 §5). What they ask to withhold from
    /// the other side is removed as well (RFC 3325 §7):
    /// [`sip_message::Message::remove_withheld_identity`].
    #[track_caller]
    pub fn check_identity(&self, request: &mut Request, group: Group) {
        if self.allow_source_address(request, group) {
            request.remove_withheld_identity();
        } else {
            request.remove_asserted_identity();
        }
    }

    /// The same for a response, which asserts the identity of the callee (RFC 5876 §4).
    pub fn check_reply_identity(&self, response: &mut Response, group: Group) {
        let source = response.arrival().flow.remote;
        if self.known().groups.has(group, source) {
            response.remove_withheld_identity();
        } else {
            response.remove_asserted_identity();
        }
    }

    /// Reads the table again. A request sees the old table or the new one, never a mixture.
    ///
    /// # Errors
    /// When the table cannot be read; then the old one stays.
    pub fn reload(&self) -> Result<Reloaded, TableError> {
        let rows = self.inner.table.address_rows()?;
        let (known, reloaded) = Reloaded::read(&rows);
        for line in reloaded.refused.iter().chain(&reloaded.doubted) {
            (self.inner.warn)(line);
        }
        let mut current = self
            .inner
            .known
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(known);
        Ok(reloaded)
    }

    /// The rows that count, in the order they were read.
    pub fn dump(&self) -> Vec<Address> {
        self.known().addresses.clone()
    }

    fn known(&self) -> Arc<Known> {
        let known = self
            .inner
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&known)
    }
}

impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Addresses({} rows)", self.known().addresses.len())
    }
}

#[cfg(test)]
mod tests;
