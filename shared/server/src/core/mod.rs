//! The protocol core: transactions, relaying and timers, without a socket or a clock.
//!
//! [`Core`] is told what came and what time it is, and answers through the [`Network`] it is
//! handed. One driver ([`crate::serve`]) calls it from one task.

mod client;
mod context;
mod derived;
mod finished;
mod forward;
mod hops;
mod loops;
mod receive;
mod relay;
mod server;
mod timers;
mod via;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use sip_message::{Flow, Reply, Request};
use tokio::time::Instant;

use crate::network::{Direction, Network};
use crate::settings::{Clock, Limits, Settings, Stats, Timers};
use crate::{Entropy, Names, Observer};

pub use hops::{Hop, Next};
pub use receive::Received;
use timers::{Agenda, Owner};
pub(crate) use via::host_port;

/// All a server remembers of the requests it is handling.
pub struct Core {
    names: Names,
    clock: Clock,
    entropy: Box<dyn Entropy>,
    observer: Box<dyn Observer>,
    timers: Timers,
    limits: Limits,
    stats: Arc<Stats>,
    servers: HashMap<u64, server::Server>,
    clients: HashMap<u64, client::Client>,
    agenda: Agenda,
    finished: finished::Finished,
}

impl Core {
    /// A core that has seen nothing yet.
    pub fn new(settings: Settings) -> Self {
        let Settings {
            names,
            clock,
            entropy,
            observer,
            timers,
            limits,
            stats,
        } = settings;
        Self {
            names,
            clock,
            entropy,
            observer,
            timers,
            limits,
            stats,
            servers: HashMap::new(),
            clients: HashMap::new(),
            agenda: Agenda::default(),
            finished: finished::Finished::default(),
        }
    }

    /// When [`Core::fire`] is to be called at the latest.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.agenda.next()
    }

    /// Does what has become due.
    pub fn fire(&mut self, now: Instant, network: &mut dyn Network) {
        while let Some((at, owner, kind)) = self.agenda.due(now) {
            match owner {
                Owner::Server(key) => self.server_timer(key, at, kind, network),
                Owner::Client(key) => self.client_timer(key, at, kind, network),
            }
        }
        self.tidy();
    }

    /// Keeps memory inside its limits.
    fn tidy(&mut self) {
        while let Some(owner) = self.finished.excess(self.limits.finished_bytes) {
            match owner {
                Owner::Server(key) => drop(self.servers.remove(&key)),
                Owner::Client(key) => drop(self.clients.remove(&key)),
            }
        }
        let (servers, clients) = (&self.servers, &self.clients);
        let live = servers.len() + clients.len();
        self.stats.transactions.store(live as u64, Relaxed);
        self.agenda.tidy(live, |owner| match owner {
            Owner::Server(key) => servers.contains_key(&key),
            Owner::Client(key) => clients.contains_key(&key),
        });
    }

    fn send(&mut self, flow: &Flow, bytes: &[u8], network: &mut dyn Network) {
        self.observer
            .message(Direction::Out, flow, self.clock.now(), bytes);
        self.stats.sent.fetch_add(1, Relaxed);
        network.send(flow, bytes);
    }

    /// Answers without a transaction: the same bytes whenever the same request comes again.
    fn answer_statelessly(&mut self, request: &Request, reply: &Reply, network: &mut dyn Network) {
        let key = via::transaction_key(request, request.method(), self.names.secret());
        let tag = self.tag(request, key.unwrap_or_default());
        let bytes = reply.to_bytes(request, &tag);
        self.send(&request.arrival().flow, &bytes, network);
    }

    fn tag(&mut self, request: &Request, key: u64) -> String {
        let fingerprint = self.names.secret().sign("tag", &[&key.to_be_bytes()]);
        self.entropy.tag(request, fingerprint)
    }

    fn note(&mut self, text: fmt::Arguments<'_>) {
        self.observer.note(self.clock.now(), text);
    }
}
