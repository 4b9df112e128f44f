//! Client transactions (RFC 3261 §17.1, RFC 6026 §7.2): towards where a request is relayed.

mod derived;
mod responses;

use std::time::{Duration, Instant};

use sip_message::{Flow, Method, Status};

use crate::account::Account;
use crate::keys::{ClientKey, ServerKey};
use crate::protocol::Core;
use crate::protocol::finished::Number;
use crate::protocol::fork::Outcome;
use crate::protocol::open::Held;
use crate::protocol::sending::Sending;
use crate::protocol::timers::{Kind, Owner, doubled, is_due};
use derived::derived_request;
pub(crate) use derived::reread;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Sent, nothing heard (Calling, Trying).
    Calling,
    /// A provisional response came.
    Proceeding,
    /// A final response came; its copies are absorbed.
    Completed,
    /// A 2xx to an INVITE came; further ones pass (RFC 6026).
    Accepted,
}

/// Whether the branch is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cancel {
    No,
    /// As soon as a provisional response shows that the other side knows the INVITE (§9.1).
    Wanted,
    Sent,
}

#[derive(Debug)]
pub(crate) struct Client {
    /// The server transaction it serves; none for a CANCEL, whose answer nobody waits for.
    pub(crate) server: Option<ServerKey>,
    pub(crate) flow: Flow,
    pub(crate) method: Method,
    pub(crate) state: State,
    /// What is sent when it is time or asked for again: the request, after a refusal of an INVITE
    /// the ACK, after any other final response nothing.
    pub(crate) bytes: Vec<u8>,
    pub(crate) cancel: Cancel,
    /// What to assume when no final response comes: 408, or 487 once cancelled.
    otherwise: Status,
    /// Timers A and E: when they fire, and their interval.
    pub(crate) retransmit: Option<(Instant, Duration)>,
    /// Timers B, D, F, K and M.
    pub(crate) end: Option<Instant>,
    /// Timer C.
    pub(crate) ring: Option<Instant>,
    /// When it has rung long enough, whatever the callee says.
    pub(crate) longest_ring: Instant,
    /// Whose request it carries.
    account: Account,
    /// What it counts for while it is open.
    held: Option<Held>,
    /// Its number among the finished.
    number: Option<Number>,
}

/// The key of the CANCEL for a client transaction, whose branch it shares (§9.1).
pub(crate) fn cancel_key(key: ClientKey) -> ClientKey {
    ClientKey(!key.0)
}

impl Core {
    /// Sends a request and waits for its response.
    pub(crate) fn open_client(&mut self, sending: Sending, server: Option<ServerKey>) {
        let now = self.turn.now;
        let Sending {
            key,
            method,
            flow,
            bytes,
            account,
        } = sending;
        let t1 = self.timers.t1;
        let ring = (method == Method::Invite).then(|| now + self.timers.c);
        let retransmit = (!flow.transport.is_reliable()).then_some((now + t1, t1));
        let end = now + t1 * 64; // Timers B and F
        let owner = Owner::Client(key);
        self.agenda.add(end, owner, Kind::End);
        if let Some((at, _)) = retransmit {
            self.agenda.add(at, owner, Kind::Retransmit); // Timers A and E
        }
        if let Some(at) = ring {
            self.agenda.add(at, owner, Kind::Ring);
        }
        self.turn.send(&flow, &bytes);
        let held = Some(self.open.hold(account, bytes.len()));
        let client = Client {
            server,
            flow,
            method,
            state: State::Calling,
            bytes,
            cancel: Cancel::No,
            otherwise: Status::of(408),
            retransmit,
            end: Some(end),
            ring,
            longest_ring: now + self.timers.ring,
            account,
            held,
            number: None,
        };
        self.clients.insert(key, client);
    }

    /// Leaves the transaction to absorb copies until `end`.
    pub(crate) fn finish_client(&mut self, key: ClientKey, end: Instant) {
        let now = self.turn.now;
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        if end <= now {
            self.clients.remove(&key);
            return;
        }
        client.held = None;
        client.retransmit = None;
        client.ring = None;
        client.end = Some(end);
        let kept = client.bytes.capacity();
        let source = client.account.source();
        let number = self.finished.add(Owner::Client(key), source, end, kept);
        client.number = Some(number);
        self.agenda.add(end, Owner::Client(key), Kind::End);
    }

    /// Takes a finished transaction off the table, unless a later one has its key.
    pub(crate) fn forget_client(&mut self, key: ClientKey, number: Number) {
        let client = self.clients.get(&key);
        if client.is_some_and(|client| client.number == Some(number)) {
            self.clients.remove(&key);
        }
    }

    /// Ends a branch: at once where the other side is known to have the INVITE, else as soon
    /// as it is (§9.1). A request other than an INVITE ends by itself.
    pub(crate) fn cancel_client(&mut self, key: ClientKey, otherwise: Status) {
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        if client.method != Method::Invite || client.cancel == Cancel::Sent {
            return;
        }
        client.otherwise = otherwise;
        match client.state {
            State::Calling => client.cancel = Cancel::Wanted,
            State::Proceeding => self.send_cancel(key),
            State::Completed | State::Accepted => {}
        }
    }

    pub(crate) fn send_cancel(&mut self, key: ClientKey) {
        let now = self.turn.now;
        let end = now + self.timers.t1 * 64;
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        client.cancel = Cancel::Sent;
        client.ring = None;
        client.end = Some(end); // §9.1: without a final response, over after 64*T1
        let (flow, account) = (client.flow, client.account);
        let bytes = derived_request(&client.bytes, &Method::Cancel, None);
        self.agenda.add(end, Owner::Client(key), Kind::End);
        let Some(bytes) = bytes else { return };
        let cancel = Sending {
            key: cancel_key(key),
            method: Method::Cancel,
            flow,
            bytes,
            account,
        };
        self.open_client(cancel, None);
    }

    /// A timer of a client transaction that is still to be heeded.
    pub(crate) fn client_timer(&mut self, key: ClientKey, kind: Kind) {
        let now = self.turn.now;
        let t2 = self.timers.t2;
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        match (kind, client.retransmit) {
            (Kind::End, _) if is_due(client.end, now) => {
                let otherwise = client.otherwise;
                self.give_up(key, otherwise);
            }
            (Kind::Ring, _) => match client.ring {
                // One entry follows the deadline: provisional responses may come in thousands.
                Some(later) if later > now => self.agenda.add(later, Owner::Client(key), kind),
                Some(_) => self.cancel_client(key, Status::of(408)),
                None => {}
            },
            (Kind::Retransmit, Some((due, interval))) if due <= now => {
                let interval = match (&client.method, client.state) {
                    (Method::Invite, _) => interval * 2, // Timer A
                    (_, State::Proceeding) => t2,        // Timer E
                    (_, _) => doubled(interval, t2),     // Timer E
                };
                client.retransmit = Some((now + interval, interval));
                self.agenda
                    .add(now + interval, Owner::Client(key), Kind::Retransmit);
                self.turn.send(&client.flow, &client.bytes);
            }
            _ => {}
        }
    }

    /// Ends a transaction; without a final response it counts as having answered `otherwise`.
    fn give_up(&mut self, key: ClientKey, otherwise: Status) {
        let Some(client) = self.clients.remove(&key) else {
            return;
        };
        let is_open = matches!(client.state, State::Calling | State::Proceeding);
        if let Some(server) = client.server.filter(|_| is_open) {
            self.failure(server, key, Outcome::Local(otherwise));
        }
    }

    /// The flows that failed: what waits for an answer from there need wait no longer (§16.9).
    pub fn flows_failed(&mut self, flows: &[Flow]) {
        let lost: Vec<ClientKey> = self
            .clients
            .iter()
            .filter(|(_, client)| client.state == State::Calling && flows.contains(&client.flow))
            .map(|(key, _)| *key)
            .collect();
        for key in lost {
            self.give_up(key, Status::of(503));
        }
    }
}
