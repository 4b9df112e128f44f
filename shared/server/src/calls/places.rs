//! How many places the table of calls has, and what each source takes of them.

use std::collections::HashMap;
use std::net::IpAddr;

/// One source has a quarter of the places at most.
const SHARE: usize = 4;

/// The places of the table.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    taken: usize,
    sources: HashMap<IpAddr, usize>,
}

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            taken: 0,
            sources: HashMap::new(),
        }
    }

    /// Takes a place for a source; false when its share is used up, or the table is full.
    pub(super) fn take(&mut self, source: IpAddr) -> bool {
        let share = (self.most / SHARE).max(1);
        let of_source = self.sources.get(&source).copied().unwrap_or_default();
        if self.taken >= self.most || of_source >= share {
            return false;
        }
        self.sources.insert(source, of_source + 1);
        self.taken += 1;
        true
    }

    /// Gives places back.
    pub(super) fn give_back(&mut self, source: IpAddr, places: usize) {
        self.taken = self.taken.saturating_sub(places);
        if let Some(held) = self.sources.get_mut(&source) {
            *held = held.saturating_sub(places);
            if *held == 0 {
                self.sources.remove(&source);
            }
        }
        if self.sources.len() < self.sources.capacity() / 8 {
            self.sources.shrink_to(1024.max(2 * self.sources.len()));
        }
    }
}

/// Whom a call counts for: an IPv6 peer has a network of 64 bits to itself.
pub(super) fn network(source: IpAddr) -> IpAddr {
    match source {
        IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) >> 64 << 64).into()),
        ip @ IpAddr::V4(_) => ip,
    }
}
