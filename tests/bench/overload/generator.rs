//! The open loop: transactions begin at a stated rate whatever becomes of those before, and are sent
//! again as RFC 3261 §17.1.2 says, in one thread that never sleeps.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::busy::Busy;
use crate::message;
use crate::phones::{Batch, Phones};

use super::request::{RUN, Requests};

/// Requests sent between two looks at what came.
const BURST: usize = 30;

/// Timer E: T1, doubled up to T2. After 64*T1 the phone gives up (Timer F), so it sends 11 times.
const AGAIN_AFTER: [u64; 10] = [500, 1000, 2000, 4000, 4000, 4000, 4000, 4000, 4000, 4000];

/// How late a request may be sent again: a phone whose timer is later is not a phone of RFC 3261.
const LATE: Duration = Duration::from_millis(100);

/// The part of the stated rate that has to be offered.
const OFFERED: f64 = 0.99;

/// The outcome of a run.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    /// Transactions begun.
    pub(crate) begun: u64,
    /// Transactions with a 2xx, each counted once.
    pub(crate) served: u64,
    /// Transactions with a 503.
    pub(crate) refused: u64,
    /// Those 503 that say when to come again.
    pub(crate) says_when: u64,
    /// Transactions with another final answer.
    pub(crate) other: u64,
    /// Requests sent again.
    pub(crate) again: u64,
    /// Final answers to transactions that had one.
    pub(crate) doubled: u64,
    /// From the first request to the end.
    pub(crate) took: Duration,
    /// How much of that time the generator had work.
    pub(crate) busy: Duration,
    /// How late a request was sent again at most.
    pub(crate) late: Duration,
}

impl Counts {
    /// Whether everything was served at once.
    pub(crate) fn is_clean(&self) -> bool {
        self.served == self.begun && self.again == 0 && self.doubled == 0
    }
}

/// The state of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Over,
}

/// What a run is given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offer {
    /// Transactions a second.
    pub(crate) rate: f64,
    /// How long they are offered.
    pub(crate) time: Duration,
    /// How long answers may take after that, where all are to be counted.
    pub(crate) patience: Duration,
}

/// Offers a server so much.
///
/// # Errors
/// Why the run does not count: the generator could not offer what is stated.
pub(crate) fn offer(phones: &Phones, requests: &Requests, offer: Offer) -> Result<Counts, String> {
    let Offer {
        rate,
        time,
        patience,
    } = offer;
    let count = (rate * time.as_secs_f64()) as u64 / RUN * RUN;
    let mut run = Run {
        phones,
        requests,
        states: Vec::with_capacity(count as usize),
        queues: [const { VecDeque::new() }; AGAIN_AFTER.len()],
        bytes: Vec::with_capacity(8192),
        gathered: 0,
        size: 0,
        last: 0,
        counts: Counts::default(),
    };
    let began = Instant::now();
    let mut busy = Busy::new(began);
    let mut batch = Batch::default();
    let mut last_begun = Duration::ZERO;
    loop {
        let now = Instant::now();
        let since = now - began;
        let is_over = run.counts.begun == count;
        let all_have_ended = is_over && run.open() == 0;
        if since >= time && (all_have_ended || since >= time + patience) {
            break;
        }
        let came = phones.receive(&mut batch);
        for message in batch.messages() {
            run.take(message.bytes);
        }
        let due = ((since.as_secs_f64() * rate) as u64).min(count);
        let begins = (due - run.counts.begun).min(BURST as u64) / RUN * RUN;
        for _ in 0..begins {
            run.begin(now);
            last_begun = since;
        }
        run.flush();
        let repeated = run.send_again(now);
        let had_work = came || begins > 0 || repeated > 0;
        if !had_work {
            std::thread::yield_now();
        }
        busy.turn(had_work);
    }
    run.counts.took = time;
    run.counts.busy = busy.total.min(time);
    let begun = run.counts.begun;
    let offered = begun as f64 / last_begun.as_secs_f64().max(time.as_secs_f64());
    if offered < OFFERED * rate {
        let Counts {
            again,
            served,
            refused,
            ..
        } = run.counts;
        return Err(format!(
            "the generator began {begun} transactions of {count} in {time:.0?}, sent {again} \
             requests again; {served} were served, {refused} refused"
        ));
    }
    let late = run.counts.late;
    if late > LATE {
        return Err(format!("the generator sent again up to {late:.0?} late"));
    }
    Ok(run.counts)
}

struct Run<'r> {
    phones: &'r Phones,
    requests: &'r Requests,
    /// Of each transaction, by its number.
    states: Vec<State>,
    /// When which transaction is sent again, for each time that it has been sent.
    queues: [VecDeque<(Instant, u64)>; AGAIN_AFTER.len()],
    /// Requests of one phone that are to leave,
    bytes: Vec<u8>,
    /// how many, how large each is, and the last of them.
    gathered: u64,
    size: usize,
    last: u64,
    counts: Counts,
}

impl Run<'_> {
    fn open(&self) -> u64 {
        let Counts {
            begun,
            served,
            refused,
            other,
            ..
        } = self.counts;
        begun - served - refused - other
    }

    fn begin(&mut self, now: Instant) {
        let number = self.counts.begun;
        self.states.push(State::Open);
        self.counts.begun += 1;
        self.send(number, 0, now);
    }

    /// Sends a request that has been sent so often, with others of its phone.
    fn send(&mut self, number: u64, times: usize, now: Instant) {
        if self.requests.phone(number) != self.requests.phone(self.last) || self.gathered == RUN {
            self.flush();
        }
        self.requests.write(number, &mut self.bytes);
        if self.gathered == 0 {
            self.size = self.bytes.len();
        }
        self.gathered += 1;
        self.last = number;
        if let Some(wait) = AGAIN_AFTER.get(times) {
            let at = now + Duration::from_millis(*wait);
            self.queues[times].push_back((at, number));
        }
    }

    /// Lets what is gathered leave. The system takes requests of one phone at once and carries each
    /// as a packet of its own to the server's socket (UDP_SEGMENT, udp(7)).
    fn flush(&mut self) {
        if !self.bytes.is_empty() {
            let from = self.requests.phone(self.last);
            let server = self.requests.server();
            self.phones.send_run(from, server, &self.bytes, self.size);
            self.bytes.clear();
            self.gathered = 0;
        }
    }

    /// Sends again what is due, at most a burst. Gives how many.
    fn send_again(&mut self, now: Instant) -> usize {
        let mut sent = 0;
        for times in 0..self.queues.len() {
            while sent < BURST
                && let Some(&(at, number)) = self.queues[times].front()
                && at <= now
            {
                self.queues[times].pop_front();
                if self.states[number as usize] == State::Open {
                    self.counts.late = self.counts.late.max(now - at);
                    self.counts.again += 1;
                    self.send(number, times + 1, now);
                    sent += 1;
                }
            }
            self.flush();
        }
        sent
    }

    fn take(&mut self, message: &[u8]) {
        let status = message::status(message).unwrap_or_default();
        let Some((_, number)) = message::transaction(message).filter(|_| status >= 200) else {
            return;
        };
        let Some(state) = self.states.get_mut(number as usize) else {
            return; // of a run before
        };
        if *state == State::Over {
            self.counts.doubled += 1;
            return;
        }
        *state = State::Over;
        match status {
            200..300 => self.counts.served += 1,
            503 => {
                self.counts.refused += 1;
                let says_when = message::header(message, "Retry-After").is_some();
                self.counts.says_when += u64::from(says_when);
            }
            _ => self.counts.other += 1,
        }
    }
}
