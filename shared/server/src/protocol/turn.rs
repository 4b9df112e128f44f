//! One turn of the core: the time it happens at, and what leaves.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Instant, SystemTime};

use sip_message::{Flow, printable};

use crate::outgoing::Outgoing;
use crate::settings::Stats;

/// The turn, apart from the transactions, so that one of them can be sent while it is borrowed.
pub(crate) struct Turn {
    /// When it happens: what timers are counted from.
    pub(crate) now: Instant,
    /// The time of day of what is being handled.
    pub(crate) time: SystemTime,
    pub(crate) out: Outgoing,
    pub(crate) stats: Arc<Stats>,
}

impl Turn {
    /// Sends a message; nothing where nothing is kept to be sent again.
    pub(crate) fn send(&mut self, flow: &Flow, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.out.send(flow, bytes);
        self.stats.sent.fetch_add(1, Relaxed);
    }

    /// Sends a final answer of our own.
    pub(crate) fn answer(&mut self, flow: &Flow, bytes: &[u8]) {
        self.out.answer(flow, bytes);
        self.stats.sent.fetch_add(1, Relaxed);
    }

    /// Notes a line for the log about a peer.
    pub(crate) fn note(&mut self, from: SocketAddr, text: fmt::Arguments<'_>) {
        self.out.note(from, text);
    }
}

/// Text from a peer, with everything that is not printable escaped.
pub(crate) struct Shown<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(self.0))
    }
}
