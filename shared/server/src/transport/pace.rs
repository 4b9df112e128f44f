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
    pub(crate) fn new(opened: Opened, limits: &TransportLimits, now: Instant) -> Self {
        Self {
            idle: limits.idle,
            patience: limits.patience,
            opened: now,
            heard: now,
            began: None,
            spoke: opened == Opened::ByUs,
        }
    }

    pub(crate) fn heard_message(&mut self, now: Instant) {
        self.spoke = true;
        self.heard_ping(now);
    }

    pub(crate) fn heard_ping(&mut self, now: Instant) {
        self.heard = now;
        self.began = None;
    }

    pub(crate) fn has_read(&mut self, inside_message: bool, now: Instant) {
        self.began = inside_message.then(|| self.began.unwrap_or(now));
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

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Duration = Duration::from_secs(100);
    const PATIENCE: Duration = Duration::from_secs(10);
    const SECOND: Duration = Duration::from_secs(1);

    fn pace(opened: Opened, now: Instant) -> Pace {
        let limits = TransportLimits {
            idle: IDLE,
            patience: PATIENCE,
            ..TransportLimits::default()
        };
        Pace::new(opened, &limits, now)
    }

    #[test]
    fn a_peer_has_only_the_patience_for_its_first_message() {
        let start = Instant::now();
        let mut pace = pace(Opened::ByPeer, start);
        pace.heard_ping(start + SECOND);
        pace.has_read(true, start + 2 * SECOND);
        let kept = Some(start + 2 * IDLE);
        assert_eq!(pace.deadline(kept), start + PATIENCE);
    }

    #[test]
    fn a_message_or_a_ping_starts_the_idle_time_again() {
        let start = Instant::now();
        let mut pace = pace(Opened::ByPeer, start);
        pace.heard_message(start + SECOND);
        assert_eq!(pace.deadline(None), start + SECOND + IDLE);
        pace.heard_ping(start + 2 * PATIENCE);
        assert_eq!(pace.deadline(None), start + 2 * PATIENCE + IDLE);
    }

    #[test]
    fn a_connection_of_ours_is_idle_from_the_start() {
        let start = Instant::now();
        assert_eq!(pace(Opened::ByUs, start).deadline(None), start + IDLE);
    }

    #[test]
    fn the_patience_counts_from_the_first_byte_of_a_message() {
        let start = Instant::now();
        let mut pace = pace(Opened::ByUs, start);
        pace.has_read(true, start + SECOND);
        pace.has_read(true, start + 5 * SECOND);
        let kept = Some(start + 2 * IDLE);
        assert_eq!(pace.deadline(kept), start + SECOND + PATIENCE);
        pace.heard_message(start + 6 * SECOND);
        pace.has_read(false, start + 6 * SECOND);
        assert_eq!(pace.deadline(None), start + 6 * SECOND + IDLE);
    }

    #[test]
    fn what_is_kept_outlives_the_idle_time_and_never_shortens_it() {
        let start = Instant::now();
        let pace = pace(Opened::ByUs, start);
        let later = start + IDLE + SECOND;
        assert_eq!(pace.deadline(Some(later)), later);
        assert_eq!(pace.deadline(Some(start + SECOND)), start + IDLE);
    }
}
