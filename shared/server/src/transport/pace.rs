//! How long a connection waits for its peer.

use tokio::time::{Duration, Instant};

use super::limits::TransportLimits;

/// Who opened the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opened {
    ByPeer,
    ByUs,
}

/// How long a peer may still be waited for.
pub(crate) struct Pace {
    idle: Duration,
    patience: Duration,
    opened: Instant,
    /// When something whole came last.
    heard: Instant,
    /// When the message that is not yet whole began.
    began: Option<Instant>,
    /// Whether a message ever came; a connection of ours needs no such proof.
    spoke: bool,
}

impl Pace {
    pub(crate) fn new(opened: Opened, limits: &TransportLimits) -> Self {
        let now = Instant::now();
        Self {
            idle: limits.idle,
            patience: limits.patience,
            opened: now,
            heard: now,
            began: None,
            spoke: opened == Opened::ByUs,
        }
    }

    pub(crate) fn heard_message(&mut self) {
        self.spoke = true;
        self.heard_ping();
    }

    pub(crate) fn heard_ping(&mut self) {
        self.heard = Instant::now();
        self.began = None;
    }

    pub(crate) fn has_read(&mut self, inside_message: bool) {
        self.began = match inside_message {
            true => self.began.or_else(|| Some(Instant::now())),
            false => None,
        };
    }

    /// When it is over; `kept` is until when a binding or a call needs the connection.
    pub(crate) fn deadline(&self, kept: Option<Instant>) -> Instant {
        match self.began {
            _ if !self.spoke => self.opened + self.patience,
            Some(began) => began + self.patience,
            None => kept.into_iter().fold(self.heard + self.idle, Instant::max),
        }
    }
}
