//! What all connections together may hold, so that thousands of peers that stall cannot have the
//! server keep the share of each.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A bound for all.
#[derive(Debug)]
pub(crate) struct Bound {
    held: AtomicUsize,
    most: usize,
}

impl Bound {
    pub(crate) fn new(most: usize) -> Arc<Self> {
        let held = AtomicUsize::new(0);
        Arc::new(Self { held, most })
    }
}

/// What one of them holds; dropping it gives that back.
#[derive(Debug)]
pub(crate) struct Share {
    bound: Arc<Bound>,
    held: usize,
}

impl Share {
    pub(crate) fn of(bound: &Arc<Bound>) -> Self {
        let bound = Arc::clone(bound);
        Self { bound, held: 0 }
    }

    /// Notes that it holds so many bytes now, whether there is room for them or not.
    pub(crate) fn hold(&mut self, bytes: usize) {
        self.bound.held.fetch_add(bytes, Relaxed);
        self.bound.held.fetch_sub(self.held, Relaxed);
        self.held = bytes;
    }

    /// Whether so many bytes more are within the bound.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        self.bound.held.load(Relaxed) + bytes <= self.bound.most
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.hold(0);
    }
}
