//! The generator: a closed loop of many phones, in one thread that never sleeps.
//!
//! A generator that sleeps is woken by the server's system calls, which then cost the server more.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use crate::busy::Busy;
use crate::message;
use crate::outcome::Outcome;
use crate::phones::{Batch, Phones};

/// Transactions under way at any moment, unless another number is given.
pub(crate) const IN_FLIGHT: usize = 32;

/// T1: after this time without an answer a phone would send again.
const T1: Duration = Duration::from_millis(500);

/// An answer later than this is a failure.
const GIVE_UP: Duration = Duration::from_secs(10);

/// How many turns pass between two looks at the clock.
const BETWEEN_LOOKS: u32 = 256;

/// One kind of transaction: what it sends, and how it reacts to what comes.
pub(crate) trait Job {
    /// The number of the phone that transaction `number` belongs to.
    fn phone(&self, number: u64) -> u64;

    /// Writes the first request of transaction `number`, with the branch
    /// [`message::BRANCH`]`SLOT.NUMBER`.
    fn begin(&mut self, slot: usize, number: u64, out: &mut Outbox);

    /// Takes a message that belongs to transaction `number`.
    fn take(&mut self, slot: usize, number: u64, message: &[u8], out: &mut Outbox) -> Turn;

    /// Does other work meanwhile: phones that are called answer. True if there was any.
    fn attend(&mut self) -> bool {
        false
    }

    /// How many messages came to the called phones more than once, or should not have come.
    fn again(&self) -> u64 {
        0
    }
}

/// The state of a transaction after a message.
pub(crate) enum Turn {
    /// It waits for more; what it wrote is sent.
    Wait,
    /// It is complete.
    Done,
    /// It failed.
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

    /// Sends all; `slot` keeps the last, to send it again.
    fn flush(&mut self, phones: &Phones, server: SocketAddr, slot: &mut Slot) {
        for message in &self.messages[..self.used] {
            phones.send(slot.phone, server, message);
        }
        if let Some(last) = self.used.checked_sub(1) {
            slot.last.clone_from(&self.messages[last]);
            slot.sent = Some(Instant::now());
        }
        self.used = 0;
    }
}

/// A transaction under way.
struct Slot {
    number: Option<u64>,
    /// Where its phone is.
    phone: SocketAddr,
    last: Vec<u8>,
    sent: Option<Instant>,
    began: Option<Instant>,
}

/// Runs `count` transactions of `phones` with `server`.
///
/// # Errors
/// The outcome, if a message was sent again: the rest was not measured.
///
/// # Panics
/// When a transaction fails.
pub(crate) fn run(
    phones: &Phones,
    server: SocketAddr,
    count: u64,
    job: &mut impl Job,
) -> Result<(), Outcome> {
    let outcome = attempt(phones, server, count, IN_FLIGHT, job);
    assert!(
        outcome.failed == 0 && outcome.refusal.is_none(),
        "{outcome}"
    );
    if outcome.is_clean() {
        Ok(())
    } else {
        Err(outcome)
    }
}

/// Runs `count` transactions, `in_flight` of them at any moment, or until the first is lost or
/// anything is sent again.
pub(crate) fn attempt(
    phones: &Phones,
    server: SocketAddr,
    count: u64,
    in_flight: usize,
    job: &mut impl Job,
) -> Outcome {
    let idle = || Slot {
        number: None,
        phone: phones.places().of(0),
        last: Vec::new(),
        sent: None,
        began: None,
    };
    let slots = (0..in_flight).map(|_| idle()).collect();
    let mut run = Run {
        phones,
        server,
        job,
        out: Outbox::default(),
        slots,
        count,
        begun: 0,
        done: 0,
        again: 0,
        failed: 0,
        refusal: None,
    };
    let began = Instant::now();
    let mut busy = Busy::new(began);
    let mut batch = Batch::default();
    let (mut turns, mut opened) = (0, 0);
    while run.done < count && run.may_go_on() {
        // One after another: no socket buffer holds hundreds at once.
        if opened < in_flight {
            run.begin(opened);
            opened += 1;
        }
        let came = phones.receive(&mut batch);
        for message in batch.messages() {
            run.take(message.at, message.bytes);
        }
        let attended = run.job.attend();
        let had_work = came || attended;
        if !had_work {
            // Lets other processes have this processor.
            std::thread::yield_now();
        }
        busy.turn(had_work);
        turns += 1;
        if turns == BETWEEN_LOOKS {
            turns = 0;
            run.look_at_the_clock();
        }
    }
    Outcome {
        done: run.done,
        failed: run.failed,
        again: run.again(),
        refusal: run.refusal,
        took: began.elapsed(),
        busy: busy.total,
    }
}

struct Run<'r, J> {
    phones: &'r Phones,
    server: SocketAddr,
    job: &'r mut J,
    out: Outbox,
    slots: Vec<Slot>,
    count: u64,
    begun: u64,
    done: u64,
    again: u64,
    failed: u64,
    refusal: Option<String>,
}

impl<J: Job> Run<'_, J> {
    /// Messages that either side sent again.
    fn again(&self) -> u64 {
        self.again + self.job.again()
    }

    fn may_go_on(&self) -> bool {
        self.failed == 0 && self.again() == 0 && self.refusal.is_none()
    }

    /// The next transaction in a free slot, if there is one more.
    fn begin(&mut self, index: usize) {
        let slot = &mut self.slots[index];
        slot.number = None;
        slot.began = None;
        slot.sent = None;
        if self.begun < self.count {
            slot.number = Some(self.begun);
            slot.phone = self.phones.places().of(self.job.phone(self.begun));
            slot.began = Some(Instant::now());
            self.job.begin(index, self.begun, &mut self.out);
            self.out.flush(self.phones, self.server, slot);
            self.begun += 1;
        }
    }

    fn take(&mut self, at: IpAddr, message: &[u8]) {
        let found = message::transaction(message);
        let Some((index, number)) = found.filter(|(index, _)| *index < self.slots.len()) else {
            self.failed += 1;
            return;
        };
        let slot = &mut self.slots[index];
        if slot.number != Some(number) {
            // With two workers a 200 may overtake its 180. A second 200 is an error.
            if message::status(message) >= Some(200) {
                self.again += 1;
            }
            return;
        }
        if slot.phone.ip() != at {
            self.refusal = Some(format!("{at} got an answer for {}", slot.phone));
            return;
        }
        match self.job.take(index, number, message, &mut self.out) {
            Turn::Wait => self.out.flush(self.phones, self.server, slot),
            Turn::Done => {
                self.done += 1;
                self.begin(index);
            }
            Turn::Failed => {
                self.refusal = Some(String::from_utf8_lossy(message).into_owned());
            }
        }
    }

    fn look_at_the_clock(&mut self) {
        let now = Instant::now();
        for index in 0..self.slots.len() {
            let slot = &mut self.slots[index];
            let waited = |since: Option<Instant>| since.map(|since| now - since);
            if waited(slot.began) > Some(GIVE_UP) {
                self.failed += 1;
                self.begin(index);
            } else if waited(slot.sent) > Some(T1) {
                self.again += 1;
                slot.sent = Some(now);
                self.phones.send(slot.phone, self.server, &slot.last);
            }
        }
    }
}
