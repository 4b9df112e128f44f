//! The protocol core: transactions, relaying and timers, without a socket or a clock.
//!
//! [`Core`] is handed what came and the time. What it decides to send gathers in
//! [`Core::outgoing`]. One driver ([`crate::serve`]) calls it from one task:
//!
//! - [`Core::turn`] begins a turn,
//! - [`Core::receive`] takes a message and may return a request for the script,
//! - [`Core::decide`] carries out the script's decision, and may return hops to find a way to,
//! - [`Core::send`] relays the request over those ways,
//! - [`Core::fire`] does what has become due.

mod answers;
mod client_transaction;
mod finished;
mod fork;
mod inside;
mod loops;
mod open;
mod receive;
mod schemes;
mod sending;
mod server_transaction;
mod stateless;
mod timers;
mod turn;
mod via;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Instant, SystemTime};

use sip_message::Status;

use crate::calls::{Calls, SharedCalls};
use crate::keys::{ClientKey, ServerKey};
use crate::outgoing::Outgoing;
pub use crate::request::Waits;
use crate::request::{Early, Provisional};
use crate::settings::{Limits, OnReply, Stats, Timers};
use crate::table::{Table, shrink};
use crate::{Entropy, Myself};

pub use fork::Departure;
use timers::{Agenda, Owner};
use turn::Turn;

/// All a server remembers of the requests it is handling.
pub struct Core {
    myself: Myself,
    entropy: Box<dyn Entropy>,
    timers: Timers,
    limits: Limits,
    on_reply: OnReply,
    turn: Turn,
    /// What scripts say before they decide.
    early: Early,
    calls: SharedCalls,
    servers: Table<ServerKey, server_transaction::Server>,
    clients: Table<ClientKey, client_transaction::Client>,
    /// What transactions without a final response hold.
    open: open::Open,
    agenda: Agenda,
    finished: finished::Finished,
}

/// What a core is given.
pub struct Setup {
    /// Who the server is.
    pub myself: Myself,
    /// When it starts,
    pub now: Instant,
    /// and the time of day.
    pub time: SystemTime,
    /// Where branches come from.
    pub entropy: Box<dyn Entropy>,
    /// RFC 3261's timers.
    pub timers: Timers,
    /// What it holds at most.
    pub limits: Limits,
    /// Counted here.
    pub stats: Arc<Stats>,
    /// What is done to responses.
    pub on_reply: OnReply,
}

impl Core {
    /// A core that has seen nothing yet.
    pub fn new(setup: Setup) -> Self {
        let Setup {
            myself,
            now,
            time,
            entropy,
            timers,
            limits,
            stats,
            on_reply,
        } = setup;
        let calls = Calls::new(time, timers.t1 * 64, limits.calls);
        Self {
            myself,
            entropy,
            timers,
            limits,
            on_reply,
            turn: Turn {
                now,
                time,
                out: Outgoing::default(),
                stats,
            },
            early: Early::default(),
            calls: Rc::new(RefCell::new(calls)),
            servers: Table::default(),
            clients: Table::default(),
            open: open::Open::new(&limits),
            agenda: Agenda::default(),
            finished: finished::Finished::new(limits.finished_bytes),
        }
    }

    /// Begins a turn: what happens from here on happens at this moment. `time` is the time of day.
    pub fn turn(&mut self, now: Instant, time: SystemTime) {
        self.turn.now = now;
        self.turn.time = time;
    }

    /// What is to leave since it was cleared last, and its time of day.
    pub fn outgoing(&mut self) -> (&mut Outgoing, SystemTime) {
        (&mut self.turn.out, self.turn.time)
    }

    /// When [`Core::fire`] is to be called at the latest.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.agenda.next()
    }

    /// Whether something is due.
    pub fn is_due(&self, now: Instant) -> bool {
        self.next_deadline().is_some_and(|at| at <= now)
    }

    /// Sends what scripts have said before they decide ([`crate::Request::trying`]), each in the
    /// transaction that it opens.
    pub fn send_early(&mut self) {
        for Provisional { waits, bytes } in self.early.take() {
            let key = waits.key;
            self.script_waits(waits);
            self.pass_response(key, Status::of(100), bytes);
        }
    }

    /// Does what has become due, until much is to leave. Then something may be due still.
    pub fn fire(&mut self) {
        let now = self.turn.now;
        while !self.turn.out.is_full()
            && let Some((_, owner, kind)) = self.agenda.due(now)
        {
            match owner {
                Owner::Server(key) => self.server_timer(key, kind),
                Owner::Client(key) => self.client_timer(key, kind),
                Owner::Call(key) => self.calls.borrow_mut().expire(key, now),
            }
        }
        self.send_early();
        self.tidy();
    }

    /// Keeps memory inside its limits.
    fn tidy(&mut self) {
        while let Some((owner, number)) = self.finished.excess(self.turn.now) {
            match owner {
                Owner::Server(key) => self.forget_server(key, number),
                Owner::Client(key) => self.forget_client(key, number),
                Owner::Call(_) => {} // only transactions finish
            }
        }
        shrink(&mut self.servers);
        shrink(&mut self.clients);
        let (servers, clients, calls) = (&self.servers, &self.clients, self.calls.borrow());
        let transactions = servers.len() + clients.len();
        let stats = &self.turn.stats;
        stats.transactions.store(transactions as u64, Relaxed);
        stats.calls.store(calls.len() as u64, Relaxed);
        self.agenda
            .tidy(transactions + calls.len(), |owner| match owner {
                Owner::Server(key) => servers.contains_key(&key),
                Owner::Client(key) => clients.contains_key(&key),
                Owner::Call(key) => calls.has(key),
            });
    }
}
