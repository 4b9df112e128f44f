//! The generator: a closed loop over one UDP socket.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::message;

/// Transactions under way at any moment.
const IN_FLIGHT: usize = 32;

/// T1: an answer later than this is a retransmission seen.
const T1: Duration = Duration::from_millis(500);

/// An answer later than this is a failure.
const GIVE_UP: Duration = Duration::from_secs(10);

/// How many messages pass between two looks at the clock.
const BETWEEN_LOOKS: u32 = 256;

/// What one transaction is: what it sends, and what it makes of what comes.
pub(crate) trait Job {
    /// Writes the first request of transaction `number`, with the branch
    /// [`message::BRANCH`]`SLOT.NUMBER`.
    fn begin(&mut self, slot: usize, number: u64, out: &mut Outbox);

    /// Takes a message that belongs to transaction `number`.
    fn take(&mut self, slot: usize, number: u64, message: &[u8], out: &mut Outbox) -> Turn;
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

    /// Sends all; the last is kept to be sent again.
    fn flush(&mut self, socket: &UdpSocket, last: &mut Vec<u8>) {
        for message in &self.messages[..self.used] {
            socket.send(message).expect("loopback takes datagrams");
        }
        if let Some(message) = self.used.checked_sub(1).map(|index| &self.messages[index]) {
            last.clear();
            last.extend_from_slice(message);
        }
        self.used = 0;
    }
}

#[derive(Default)]
struct Slot {
    number: Option<u64>,
    last: Vec<u8>,
    sent: Option<Instant>,
    began: Option<Instant>,
}

/// Runs `count` transactions against `server` from `socket`.
///
/// # Panics
/// When a transaction fails, or either side sends anything again.
pub(crate) fn run(socket: &UdpSocket, server: SocketAddr, count: u64, job: &mut impl Job) {
    socket.connect(server).expect("loopback is there");
    socket
        .set_read_timeout(Some(Duration::from_millis(50)))
        .expect("not zero");
    let mut slots: Vec<Slot> = (0..IN_FLIGHT).map(|_| Slot::default()).collect();
    let mut out = Outbox::default();
    let (mut begun, mut done, mut again, mut failed) = (0, 0, 0_u64, 0_u64);
    for (index, slot) in slots.iter_mut().enumerate() {
        begin(index, slot, &mut begun, count, job, socket, &mut out);
    }
    let mut buffer = vec![0; 65_536];
    let mut unseen = 0;
    while done + failed < count {
        let received = socket.recv(&mut buffer);
        unseen += 1;
        if received.is_err() || unseen == BETWEEN_LOOKS {
            unseen = 0;
            let now = Instant::now();
            for (index, slot) in slots.iter_mut().enumerate() {
                let waited = |since: Option<Instant>| since.map(|since| now - since);
                if waited(slot.began) > Some(GIVE_UP) {
                    failed += 1;
                    begin(index, slot, &mut begun, count, job, socket, &mut out);
                } else if waited(slot.sent) > Some(T1) {
                    again += 1;
                    slot.sent = Some(now);
                    socket.send(&slot.last).expect("loopback takes datagrams");
                }
            }
        }
        let Ok(length) = received else { continue };
        let message = &buffer[..length];
        let Some((index, number)) = message::transaction(message) else {
            failed += 1;
            continue;
        };
        let slot = &mut slots[index];
        if slot.number != Some(number) {
            // Two workers may send a 180 after the 200 that overtook it; a second 200 is another
            // matter.
            if message::status(message) >= Some(200) {
                again += 1;
            }
            continue;
        }
        match job.take(index, number, message, &mut out) {
            Turn::Wait => {
                if out.used > 0 {
                    out.flush(socket, &mut slot.last);
                    slot.sent = Some(Instant::now());
                }
            }
            Turn::Done => {
                done += 1;
                begin(index, slot, &mut begun, count, job, socket, &mut out);
            }
            Turn::Failed => {
                let text = String::from_utf8_lossy(message);
                panic!("transaction {number} came to:\n{text}");
            }
        }
    }
    assert!(
        failed == 0 && again == 0,
        "{failed} of {count} transactions failed, {again} messages were sent again"
    );
}

fn begin(
    index: usize,
    slot: &mut Slot,
    begun: &mut u64,
    count: u64,
    job: &mut impl Job,
    socket: &UdpSocket,
    out: &mut Outbox,
) {
    *slot = Slot {
        last: std::mem::take(&mut slot.last),
        ..Slot::default()
    };
    if *begun < count {
        let now = Some(Instant::now());
        (slot.number, slot.sent, slot.began) = (Some(*begun), now, now);
        job.begin(index, *begun, out);
        out.flush(socket, &mut slot.last);
        *begun += 1;
    }
}
