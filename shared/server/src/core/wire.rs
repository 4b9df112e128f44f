//! What leaves the core: messages to the network, notes to whoever watches.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::SystemTime;

use sip_message::{Flow, printable};

use crate::Observer;
use crate::network::{Direction, Network};
use crate::settings::Stats;

/// The way out, apart from the transactions, so that one of them can be sent while it is held.
pub(crate) struct Wire {
    pub(crate) observer: Box<dyn Observer>,
    pub(crate) stats: Arc<Stats>,
    /// The time of day of what is being handled.
    pub(crate) time: SystemTime,
}

impl Wire {
    /// Sends a message; nothing where nothing is kept to be sent again.
    pub(crate) fn send(&mut self, flow: &Flow, bytes: &[u8], network: &mut dyn Network) {
        if bytes.is_empty() {
            return;
        }
        self.show(flow, bytes);
        network.send(flow, bytes);
    }

    /// Sends a final answer of our own.
    pub(crate) fn answer(&mut self, flow: &Flow, bytes: &[u8], network: &mut dyn Network) {
        self.show(flow, bytes);
        network.answer(flow, bytes);
    }

    fn show(&mut self, flow: &Flow, bytes: &[u8]) {
        self.observer
            .message(Direction::Out, flow, self.time, bytes);
        self.stats.sent.fetch_add(1, Relaxed);
    }

    pub(crate) fn note(&mut self, from: SocketAddr, text: fmt::Arguments<'_>) {
        self.observer.note(self.time, from, text);
    }
}

/// Text from the wire, made printable only when somebody prints it.
pub(crate) struct Shown<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(self.0))
    }
}
