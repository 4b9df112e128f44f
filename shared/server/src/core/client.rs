//! Client transactions (RFC 3261 §17.1, RFC 6026 §7.2): towards where a request is relayed.

use std::time::Duration;

use sip_message::{Flow, Method, Response};
use tokio::time::Instant;

use super::Core;
use super::context::Answer;
use super::derived::derived_request;
use super::timers::{Kind, Owner, doubled};
use super::via::MAGIC_COOKIE;
use crate::network::Network;

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
    /// The server transaction it serves; none for a CANCEL, whose answer interests nobody.
    pub(crate) server: Option<u64>,
    pub(crate) flow: Flow,
    pub(crate) method: Method,
    pub(crate) state: State,
    /// The request as sent; after a final response to an INVITE, the ACK.
    pub(crate) bytes: Vec<u8>,
    pub(crate) cancel: Cancel,
    /// What to assume when no final response comes: 408, or 487 once cancelled.
    pub(crate) otherwise: u16,
    pub(crate) retransmit: Option<(Instant, Duration)>,
    pub(crate) end: Option<Instant>,
    pub(crate) ring: Option<Instant>,
}

/// A request about to leave in a client transaction of its own.
pub(crate) struct Sending {
    pub(crate) key: u64,
    pub(crate) method: Method,
    pub(crate) flow: Flow,
    pub(crate) bytes: Vec<u8>,
}

/// The branch of a client transaction: its key, and what loop detection recognises.
pub(crate) fn branch(key: u64, loop_mark: u64) -> String {
    format!("{MAGIC_COOKIE}{key:016x}.{loop_mark:016x}")
}

/// The key a branch of this server carries.
pub(crate) fn key_of(branch: &str) -> Option<u64> {
    let digits = branch.strip_prefix(MAGIC_COOKIE)?.get(..16)?;
    u64::from_str_radix(digits, 16).ok()
}

/// The key of the CANCEL for a client transaction, whose branch it shares (§9.1).
fn cancel_key(key: u64) -> u64 {
    !key
}

impl Core {
    /// Sends a request and waits for its response.
    pub(crate) fn open_client(
        &mut self,
        sending: Sending,
        server: Option<u64>,
        now: Instant,
        network: &mut dyn Network,
    ) {
        let Sending {
            key,
            method,
            flow,
            bytes,
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
        self.send(&flow, &bytes, network);
        let client = Client {
            server,
            flow,
            method,
            state: State::Calling,
            bytes,
            cancel: Cancel::No,
            otherwise: 408,
            retransmit,
            end: Some(end),
            ring,
        };
        self.clients.insert(key, client);
    }

    /// The client transaction a response belongs to (§17.1.3).
    pub(crate) fn awaiting(&self, response: &Response) -> Option<u64> {
        let key = key_of(response.top_via().ok()?.branch())?;
        let method = response.cseq().ok()?.method;
        let key = if method == Method::Cancel {
            cancel_key(key)
        } else {
            key
        };
        self.clients
            .get(&key)
            .filter(|client| client.method == method)
            .map(|_| key)
    }

    pub(crate) fn client_response(
        &mut self,
        key: u64,
        response: Response,
        now: Instant,
        network: &mut dyn Network,
    ) {
        if self
            .clients
            .get(&key)
            .is_some_and(|client| client.method == Method::Invite)
        {
            self.invite_response(key, response, now, network);
        } else {
            self.other_response(key, response, now, network);
        }
    }

    fn invite_response(
        &mut self,
        key: u64,
        response: Response,
        now: Instant,
        network: &mut dyn Network,
    ) {
        let ring_again = now + self.timers.c;
        let (t1, status) = (self.timers.t1, response.status());
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        let first_final = matches!(client.state, State::Calling | State::Proceeding);
        match status {
            100..200 if first_final => {
                if client.state == State::Calling {
                    client.state = State::Proceeding;
                    client.retransmit = None;
                    client.end = None; // Timer B is over, Timer C watches
                }
                if status > 100 && client.cancel == Cancel::No {
                    client.ring = Some(ring_again); // §16.7 step 2
                    self.agenda.add(ring_again, Owner::Client(key), Kind::Ring);
                }
                let wanted = client.cancel == Cancel::Wanted;
                let server = client.server;
                if let Some(server) = server.filter(|_| status > 100) {
                    self.provisional(server, response, now, network);
                }
                if wanted {
                    self.send_cancel(key, now, network);
                }
            }
            200..300 if first_final || client.state == State::Accepted => {
                let server = client.server;
                if first_final {
                    client.state = State::Accepted;
                    client.bytes = Vec::new();
                    self.finish_client(key, now + t1 * 64, now); // Timer M
                }
                if let Some(server) = server {
                    self.success(server, key, response, now, network);
                }
            }
            300.. if first_final => {
                let to = response.value(sip_message::Name::To).unwrap_or_default();
                client.bytes = derived_request(&client.bytes, &Method::Ack, Some(to));
                client.state = State::Completed;
                let reliable = client.flow.transport.is_reliable();
                let (flow, ack, server) = (client.flow, client.bytes.clone(), client.server);
                self.send(&flow, &ack, network);
                let end = if reliable { now } else { now + t1 * 64 }; // Timer D
                self.finish_client(key, end, now);
                if let Some(server) = server {
                    self.failure(
                        server,
                        key,
                        Answer::Relayed(Box::new(response)),
                        now,
                        network,
                    );
                }
            }
            300.. if client.state == State::Completed => {
                let (flow, ack) = (client.flow, client.bytes.clone());
                self.send(&flow, &ack, network);
            }
            _ => {}
        }
    }

    fn other_response(
        &mut self,
        key: u64,
        response: Response,
        now: Instant,
        network: &mut dyn Network,
    ) {
        let t4 = self.timers.t4;
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        if !matches!(client.state, State::Calling | State::Proceeding) {
            return;
        }
        if response.status() < 200 {
            // RFC 4320 §4.1: nothing but a final response is passed on.
            client.state = State::Proceeding;
            return;
        }
        client.state = State::Completed;
        client.bytes = Vec::new();
        let server = client.server;
        let end = if client.flow.transport.is_reliable() {
            now
        } else {
            now + t4
        }; // Timer K
        self.finish_client(key, end, now);
        match server {
            Some(server) if response.status() < 300 => {
                self.success(server, key, response, now, network)
            }
            Some(server) => self.failure(
                server,
                key,
                Answer::Relayed(Box::new(response)),
                now,
                network,
            ),
            None => {}
        }
    }

    /// Leaves the transaction to absorb copies until `end`.
    fn finish_client(&mut self, key: u64, end: Instant, now: Instant) {
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        client.retransmit = None;
        client.ring = None;
        client.end = Some(end);
        if end <= now {
            self.clients.remove(&key);
            return;
        }
        let bytes = client.bytes.len();
        self.agenda.add(end, Owner::Client(key), Kind::End);
        self.finished.add(Owner::Client(key), bytes);
    }

    /// Ends a branch: at once where the other side is known to have the INVITE, else as soon
    /// as it is (§9.1). A request that is no INVITE ends by itself.
    pub(crate) fn cancel_client(
        &mut self,
        key: u64,
        otherwise: u16,
        now: Instant,
        network: &mut dyn Network,
    ) {
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        if client.method != Method::Invite || client.cancel == Cancel::Sent {
            return;
        }
        client.otherwise = otherwise;
        match client.state {
            State::Calling => client.cancel = Cancel::Wanted,
            State::Proceeding => self.send_cancel(key, now, network),
            State::Completed | State::Accepted => {}
        }
    }

    fn send_cancel(&mut self, key: u64, now: Instant, network: &mut dyn Network) {
        let end = now + self.timers.t1 * 64;
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        client.cancel = Cancel::Sent;
        client.ring = None;
        client.end = Some(end); // §9.1: without a final response, over after 64*T1
        let flow = client.flow;
        let bytes = derived_request(&client.bytes, &Method::Cancel, None);
        self.agenda.add(end, Owner::Client(key), Kind::End);
        let cancel = Sending {
            key: cancel_key(key),
            method: Method::Cancel,
            flow,
            bytes,
        };
        self.open_client(cancel, None, now, network);
    }

    /// A timer of a client transaction that is still to be heeded.
    pub(crate) fn client_timer(
        &mut self,
        key: u64,
        at: Instant,
        kind: Kind,
        network: &mut dyn Network,
    ) {
        let t2 = self.timers.t2;
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        match kind {
            Kind::End if client.end == Some(at) => {
                let server = match client.state {
                    State::Calling | State::Proceeding => client.server,
                    State::Completed | State::Accepted => None,
                };
                let otherwise = client.otherwise;
                self.clients.remove(&key);
                if let Some(server) = server {
                    self.failure(server, key, Answer::Local(otherwise), at, network);
                }
            }
            Kind::Ring if client.ring == Some(at) => {
                self.cancel_client(key, 408, at, network);
            }
            Kind::Retransmit => {
                let Some((due, interval)) = client.retransmit else {
                    return;
                };
                if due != at {
                    return;
                }
                let interval = match (&client.method, client.state) {
                    (Method::Invite, _) => interval * 2,
                    (_, State::Proceeding) => t2,
                    _ => doubled(interval, t2),
                };
                client.retransmit = Some((at + interval, interval));
                let (flow, bytes) = (client.flow, client.bytes.clone());
                self.agenda
                    .add(at + interval, Owner::Client(key), Kind::Retransmit);
                self.send(&flow, &bytes, network);
            }
            _ => {}
        }
    }

    /// The flows that failed: what waits for an answer from there need wait no longer (§16.9).
    pub(crate) fn flows_failed(&mut self, flows: &[Flow], now: Instant, network: &mut dyn Network) {
        let waits =
            |client: &Client| client.state == State::Calling && flows.contains(&client.flow);
        let lost: Vec<u64> = self
            .clients
            .iter()
            .filter(|(_, client)| waits(client))
            .map(|(key, _)| *key)
            .collect();
        for key in lost {
            let server = self.clients.remove(&key).and_then(|client| client.server);
            if let Some(server) = server {
                self.failure(server, key, Answer::Local(503), now, network);
            }
        }
    }
}
