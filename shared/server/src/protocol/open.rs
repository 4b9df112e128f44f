//! What transactions hold while they are under way: a place each, and the bytes of their messages.

use crate::account::{Account, Rank};
use crate::settings::Limits;
use crate::shares::{Share, Shares};

/// The transactions of a request that is relayed: one towards each side.
const PLACES: usize = 2;

/// The limits of what is under way, with a share for each account.
#[derive(Debug)]
pub(crate) struct Open {
    places: Shares,
    bytes: Shares,
}

/// What one transaction holds; dropping it gives that back.
#[derive(Debug)]
pub(crate) struct Held {
    _place: Share,
    _bytes: Share,
}

impl Open {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            places: Shares::new(limits.transactions),
            bytes: Shares::new(limits.open_bytes),
        }
    }

    /// Whether a further request of that account, so many bytes long, may come under way.
    pub(crate) fn has_room(&self, account: Account, bytes: usize, rank: Rank) -> bool {
        self.places.has_room(account, PLACES, rank) && self.bytes.has_room(account, bytes, rank)
    }

    /// What a transaction holds. A request that was admitted is not refused half-way, so this
    /// does not ask whether there is room.
    pub(crate) fn hold(&self, account: Account, bytes: usize) -> Held {
        Held {
            _place: self.places.hold(account, 1),
            _bytes: self.bytes.hold(account, bytes),
        }
    }
}
