//! How a run of the generator went.

use std::time::Duration;

/// How a run went.
pub(crate) struct Outcome {
    /// Transactions complete.
    pub(crate) done: u64,
    /// Transactions that were not answered in time.
    pub(crate) failed: u64,
    /// The answer that should not have come.
    pub(crate) refusal: Option<String>,
    /// Messages that either side sent again.
    pub(crate) again: u64,
    /// From the first request to the last answer.
    pub(crate) took: Duration,
    /// For how much of it the generator had something to do.
    pub(crate) busy: Duration,
}

impl Outcome {
    /// Whether nothing was lost or sent again.
    pub(crate) fn is_clean(&self) -> bool {
        self.failed == 0 && self.again == 0 && self.refusal.is_none()
    }
}

/// What becomes of a transaction after a message.
pub(crate) enum Turn {
    /// It waits for more, what it wrote is sent.
    Wait,
    /// It is complete.
    Done,
    /// It came to what it should not.
    Failed,
}

/// Messages to send.
#[derive(Default)]
pub(crate) struct Outbox {
    messages: Vec<Vec<u8>>,
    used: usize,
}

impl Outbox {
    /// An empty message to write into.
    pub(crate) fn message(&mut self) -> &mut Vec<u8> {
        if self.used == self.messages.len() {
            self.messages.push(Vec::with_capacity(1024));
        }
        let message = &mut self.messages[self.used];
        message.clear();
        self.used += 1;
        message
    }

    /// Sends all; the last is kept in `slot` to be sent again.
    fn flush(&mut self, socket: &UdpSocket, slot: &mut Slot) {
        for message in &self.messages[..self.used] {
            send(socket, message);
        }
        if let Some(last) = self.used.checked_sub(1) {
            slot.last.clone_from(&self.messages[last]);
            slot.sent = Some(Instant::now());
        }
        self.used = 0;
    }
}

/// A transaction under way.
#[derive(Default)]
struct Slot {
    number: Option<u64>,
    last: Vec<u8>,
    sent: Option<Instant>,
    began: Option<Instant>,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            done,
            failed,
            again,
            refusal,
            ..
        } = self;
        let refusal = refusal.as_deref().unwrap_or("none");
        write!(
            f,
            "{done} complete, {failed} not in time, {again} messages sent again, refusal: {refusal}"
        )
    }
}
