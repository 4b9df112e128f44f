//! Server transactions (RFC 3261 §17.2, RFC 6026 §7.1): towards whoever sent the request.

use std::time::Duration;

use sip_message::{Flow, Method, Reply, Request};
use tokio::time::Instant;

use super::Core;
use super::context::Context;
use super::timers::{Kind, Owner, doubled};
use crate::network::Network;

/// How long an INVITE may go without a response before a 100 says that it was heard (§17.2.1).
const TRYING_AFTER: Duration = Duration::from_millis(200);

/// The states of §17.2; a request that is no INVITE goes from `Proceeding` to `Completed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// No final response yet: the script decides, or the branches are out.
    Proceeding,
    /// A final response was sent; its copies answer retransmissions.
    Completed,
    /// The ACK has come; further ones are absorbed.
    Confirmed,
    /// A 2xx was sent: retransmissions are absorbed, further 2xx pass (RFC 6026).
    Accepted,
}

#[derive(Debug)]
pub(crate) struct Server {
    /// Where the request came from, and every response goes.
    pub(crate) flow: Flow,
    pub(crate) is_invite: bool,
    pub(crate) state: State,
    /// The request, until its final response: what local replies copy from.
    pub(crate) request: Option<Box<Request>>,
    /// The last response sent; empty before the first.
    pub(crate) last: Vec<u8>,
    /// What became of the branches, once it is relayed.
    pub(crate) context: Option<Context>,
    /// A CANCEL came.
    pub(crate) is_cancelled: bool,
    pub(crate) retransmit: Option<(Instant, Duration)>,
    pub(crate) end: Option<Instant>,
    pub(crate) trying: Option<Instant>,
}

impl Server {
    fn new(flow: Flow, request: Option<Box<Request>>) -> Self {
        Self {
            flow,
            is_invite: request
                .as_ref()
                .is_some_and(|request| *request.method() == Method::Invite),
            state: State::Proceeding,
            request,
            last: Vec::new(),
            context: None,
            is_cancelled: false,
            retransmit: None,
            end: None,
            trying: None,
        }
    }
}

/// Who made a final response: what this server says by itself to a source it has not verified
/// is sent once, and again only when asked again, or it would amplify forged requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Local,
    Relayed,
}

impl Core {
    /// Opens a transaction for a request whose script or branches take time.
    pub(crate) fn open_server(
        &mut self,
        key: u64,
        flow: Flow,
        request: Option<Box<Request>>,
        now: Instant,
    ) {
        let mut server = Server::new(flow, request);
        // A CANCEL may have come while the script waited.
        server.is_cancelled = self
            .servers
            .get(&key)
            .is_some_and(|waiting| waiting.is_cancelled);
        if server.request.is_some() {
            // RFC 4320 §4.1: not before Timer E has doubled from T1 to T2.
            let patience = if server.is_invite {
                TRYING_AFTER
            } else {
                self.timers.t2 - self.timers.t1
            };
            server.trying = Some(now + patience);
            self.agenda
                .add(now + patience, Owner::Server(key), Kind::Trying);
        }
        self.servers.insert(key, server);
    }

    /// Answers a request from here, for which no transaction need be open.
    pub(crate) fn answer(
        &mut self,
        key: u64,
        request: &Request,
        reply: &Reply,
        now: Instant,
        network: &mut dyn Network,
    ) {
        let tag = self.tag(request, key);
        let bytes = reply.to_bytes(request, &tag);
        let flow = request.arrival().flow;
        self.send(&flow, &bytes, network);
        let server = self
            .servers
            .entry(key)
            .or_insert_with(|| Server::new(flow, None));
        server.is_invite = *request.method() == Method::Invite;
        server.last = bytes;
        self.finish_server(key, reply.status, Origin::Local, now);
    }

    /// Answers from here in a transaction that is open.
    pub(crate) fn answer_open(
        &mut self,
        key: u64,
        reply: &Reply,
        now: Instant,
        network: &mut dyn Network,
    ) {
        let Some(request) = self.servers.get_mut(&key).and_then(|s| s.request.take()) else {
            return;
        };
        if reply.status >= 200 {
            return self.answer(key, &request, reply, now, network);
        }
        let tag = self.tag(&request, key);
        let bytes = reply.to_bytes(&request, &tag);
        self.send(&request.arrival().flow, &bytes, network);
        if let Some(server) = self.servers.get_mut(&key) {
            server.request = Some(request);
            server.trying = None;
            server.last = bytes;
        }
    }

    /// Passes a response of a branch on.
    pub(crate) fn pass_response(
        &mut self,
        key: u64,
        status: u16,
        bytes: Vec<u8>,
        now: Instant,
        network: &mut dyn Network,
    ) {
        let Some(server) = self.servers.get_mut(&key) else {
            return;
        };
        let flow = server.flow;
        server.trying = None;
        server.last.clear();
        server.last.extend_from_slice(&bytes);
        self.send(&flow, &bytes, network);
        if status >= 200 {
            self.finish_server(key, status, Origin::Relayed, now);
        }
    }

    /// Moves to the state that a final response leads to (§17.2.1, §17.2.2).
    fn finish_server(&mut self, key: u64, status: u16, origin: Origin, now: Instant) {
        let t1 = self.timers.t1;
        let Some(server) = self.servers.get_mut(&key) else {
            return;
        };
        let reliable = server.flow.transport.is_reliable();
        server.request = None;
        server.trying = None;
        if server.is_invite && status < 300 {
            server.state = State::Accepted; // Timer L
        } else {
            server.state = State::Completed; // Timer H or J
            if server.is_invite && !reliable && origin == Origin::Relayed {
                server.retransmit = Some((now + t1, t1)); // Timer G
                self.agenda
                    .add(now + t1, Owner::Server(key), Kind::Retransmit);
            } else if !server.is_invite && reliable {
                self.servers.remove(&key); // Timer J is zero
                return;
            }
        }
        let end = now + t1 * 64;
        server.end = Some(end);
        let bytes = server.last.len();
        self.agenda.add(end, Owner::Server(key), Kind::End);
        self.finished.add(Owner::Server(key), bytes);
    }

    /// Ends a transaction without a response: copies of its request are absorbed, no more.
    pub(crate) fn answer_with_silence(&mut self, key: u64, now: Instant) {
        if let Some(server) = self.servers.get_mut(&key) {
            server.last = Vec::new();
        }
        self.finish_server(key, 408, Origin::Local, now);
    }

    /// A copy of a request whose transaction is open.
    pub(crate) fn absorb(&mut self, key: u64, network: &mut dyn Network) {
        let Some(server) = self.servers.get(&key) else {
            return;
        };
        if server.last.is_empty() || matches!(server.state, State::Confirmed | State::Accepted) {
            return;
        }
        let (flow, bytes) = (server.flow, server.last.clone());
        self.send(&flow, &bytes, network);
    }

    /// An ACK that belongs to an INVITE transaction: true when it ends here, which is for
    /// every response but a 2xx (§17.2.1).
    pub(crate) fn acknowledge(&mut self, key: u64, now: Instant) -> bool {
        let t4 = self.timers.t4;
        let Some(server) = self.servers.get_mut(&key) else {
            return false;
        };
        match server.state {
            State::Completed => {
                server.state = State::Confirmed;
                server.retransmit = None;
                let reliable = server.flow.transport.is_reliable();
                let end = if reliable { now } else { now + t4 }; // Timer I
                server.end = Some(end);
                self.agenda.add(end, Owner::Server(key), Kind::End);
                true
            }
            State::Accepted => false,
            State::Proceeding | State::Confirmed => true,
        }
    }

    /// A timer of a server transaction that is still to be heeded.
    pub(crate) fn server_timer(
        &mut self,
        key: u64,
        at: Instant,
        kind: Kind,
        network: &mut dyn Network,
    ) {
        let t2 = self.timers.t2;
        let Some(server) = self.servers.get_mut(&key) else {
            return;
        };
        match kind {
            Kind::End if server.end == Some(at) => {
                self.servers.remove(&key);
            }
            Kind::Trying if server.trying == Some(at) => {
                server.trying = None;
                self.answer_open(key, &Reply::of(100), at, network);
            }
            Kind::Retransmit => {
                let Some((due, interval)) = server.retransmit else {
                    return;
                };
                if due != at {
                    return;
                }
                let interval = doubled(interval, t2);
                server.retransmit = Some((at + interval, interval));
                let (flow, bytes) = (server.flow, server.last.clone());
                self.agenda
                    .add(at + interval, Owner::Server(key), Kind::Retransmit);
                self.send(&flow, &bytes, network);
            }
            _ => {}
        }
    }
}
