//! The protocol core: transactions, relaying and timers, without a socket or a clock.
//!
//! [`Core`] is told what came and what time it is, and answers through the [`Network`] it is
//! handed. One driver ([`crate::serve`]) calls it from one task.

mod absorb;
mod answers;
mod cancel;
mod client;
mod context;
mod derived;
mod finished;
mod forward;
mod hops;
mod inside;
mod loops;
mod open;
mod outcome;
mod receive;
mod relay;
mod responses;
mod schemes;
mod server;
mod stateless;
mod timers;
mod via;
mod wire;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;

use tokio::time::Instant;

use crate::calls::{Calls, SharedCalls};
use crate::network::Network;
pub use crate::request::Waits;
use crate::request::{Early, Provisional};
use crate::settings::{Clock, Limits, OnReply, Settings, Timers};
use crate::table::{Table, shrink};
use crate::{Entropy, Myself, PrivateTargets};

pub use hops::{Hop, Next};
pub use receive::Received;
use timers::{Agenda, Owner};
use wire::Wire;

/// All a server remembers of the requests it is handling.
pub struct Core {
    myself: Myself,
    clock: Clock,
    entropy: Box<dyn Entropy>,
    timers: Timers,
    limits: Limits,
    on_reply: OnReply,
    private_targets: PrivateTargets,
    wire: Wire,
    /// What scripts say before they decide.
    early: Early,
    calls: SharedCalls,
    servers: Table<server::Server>,
    clients: Table<client::Client>,
    /// What transactions without a final response hold.
    open: open::Open,
    agenda: Agenda,
    finished: finished::Finished,
}

impl Core {
    /// A core that has seen nothing yet.
    pub fn new(settings: Settings) -> Self {
        let Settings {
            myself,
            clock,
            entropy,
            observer,
            timers,
            limits,
            private_targets,
            stats,
            on_reply,
        } = settings;
        let time = clock.now();
        let calls = Calls::new(time, timers.t1 * 64, limits.calls);
        Self {
            myself,
            clock,
            entropy,
            timers,
            limits,
            on_reply,
            private_targets,
            wire: Wire {
                observer,
                stats,
                time,
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

    /// When [`Core::fire`] is to be called at the latest.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.agenda.next()
    }

    /// Sends what scripts said before they decided ([`crate::Request::trying`]), each in the
    /// transaction it opens.
    fn send_early(&mut self, now: Instant, network: &mut dyn Network) {
        for Provisional { key, waits, bytes } in self.early.take() {
            self.script_waits(key, waits, now);
            self.pass_response(key, 100, bytes, now, network);
        }
    }

    /// Does what has become due.
    pub fn fire(&mut self, now: Instant, network: &mut dyn Network) {
        if self.next_deadline().is_some_and(|at| at <= now) {
            self.wire.time = self.clock.now();
        }
        while let Some((_, owner, kind)) = self.agenda.due(now) {
            match owner {
                Owner::Server(key) => self.server_timer(key, kind, now, network),
                Owner::Client(key) => self.client_timer(key, kind, now, network),
                Owner::Call(key) => self.calls.borrow_mut().expire(key, now),
            }
        }
        self.send_early(now, network);
        self.tidy(now);
    }

    /// Keeps memory inside its limits.
    fn tidy(&mut self, now: Instant) {
        while let Some((owner, number)) = self.finished.excess(now) {
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
        self.wire
            .stats
            .transactions
            .store(transactions as u64, Relaxed);
        self.wire.stats.calls.store(calls.len() as u64, Relaxed);
        self.agenda
            .tidy(transactions + calls.len(), |owner| match owner {
                Owner::Server(key) => servers.contains_key(&key),
                Owner::Client(key) => clients.contains_key(&key),
                Owner::Call(key) => calls.has(key),
            });
    }
}
