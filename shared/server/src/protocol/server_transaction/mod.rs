//! Server transactions (RFC 3261 §17.2, RFC 6026 §7.1): towards the sender of the request.

mod absorb;
mod cancel;

use std::time::{Duration, Instant};

use sip_message::{Flow, Method, Reply, Request, Status};

use crate::account::Source;
use crate::keys::ServerKey;
use crate::protocol::Core;
use crate::protocol::answers::Asked;
use crate::protocol::finished::Number;
use crate::protocol::fork::Context;
use crate::protocol::inside::Step;
use crate::protocol::open::Held;
use crate::protocol::timers::{Kind, Owner};
use crate::request::Waits;

/// How long an INVITE may go without a response before a 100 says that it was heard (§17.2.1).
const TRYING_AFTER: Duration = Duration::from_millis(200);

/// The states of §17.2; a request other than an INVITE goes from `Proceeding` to `Completed`.
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
    /// Where every response goes.
    pub(crate) flow: Flow,
    pub(crate) is_invite: bool,
    pub(crate) state: State,
    /// The request once it is relayed, until its final response: local replies copy from it.
    pub(crate) request: Option<Box<Request>>,
    /// The last response sent; empty before the first, and when no copy of it is ever due.
    pub(crate) last: Vec<u8>,
    /// The request while its script has it, in bytes, for a 100 should that take long.
    pub(crate) copy: Vec<u8>,
    /// The port that request came from, which need not be the one responses go to.
    pub(crate) source_port: u16,
    /// What became of the branches, once it is relayed.
    pub(crate) context: Option<Context>,
    /// A CANCEL came.
    pub(crate) is_cancelled: bool,
    /// Timer G: when it fires, and its interval.
    pub(crate) retransmit: Option<(Instant, Duration)>,
    /// Timers H, I, J and L.
    pub(crate) end: Option<Instant>,
    /// When a 100 is due.
    pub(crate) trying: Option<Instant>,
    /// What it counts for while it is open.
    pub(crate) held: Option<Held>,
    /// Its number among the finished.
    pub(crate) number: Option<Number>,
}

impl Server {
    fn new(flow: Flow, is_invite: bool) -> Self {
        Self {
            flow,
            is_invite,
            state: State::Proceeding,
            request: None,
            last: Vec::new(),
            copy: Vec::new(),
            source_port: flow.remote.port(),
            context: None,
            is_cancelled: false,
            retransmit: None,
            end: None,
            trying: None,
            held: None,
            number: None,
        }
    }

    /// What the answer changes in the table of calls.
    pub(crate) fn step(&self) -> Option<Step> {
        self.context.as_ref().and_then(|context| context.step)
    }
}

impl Core {
    /// Holds a transaction open while its script or a look-up takes time, so that copies of
    /// the request are absorbed.
    pub fn script_waits(&mut self, waits: Waits) {
        let bytes = waits.copy.len() * 2; // the script has it, too
        let held = self.open.hold(waits.account, bytes);
        let server = self.open_server(waits.key, waits.flow, waits.is_invite);
        server.copy = waits.copy;
        server.source_port = waits.source_port;
        server.held = Some(held);
    }

    /// Opens a transaction, or finds the one that a wait has opened.
    pub(crate) fn open_server(
        &mut self,
        key: ServerKey,
        flow: Flow,
        is_invite: bool,
    ) -> &mut Server {
        let now = self.turn.now;
        // RFC 4320 §4.1: to all but an INVITE not before Timer E has doubled from T1 to T2.
        let patience = match is_invite {
            true => TRYING_AFTER,
            false => self.timers.t2.saturating_sub(self.timers.t1),
        };
        let agenda = &mut self.agenda;
        self.servers.entry(key).or_insert_with(|| {
            let mut server = Server::new(flow, is_invite);
            server.trying = Some(now + patience);
            agenda.add(now + patience, Owner::Server(key), Kind::Trying);
            server
        })
    }

    /// Answers a request from here, for which no transaction need be open.
    pub(crate) fn answer(&mut self, key: ServerKey, asked: Asked<'_>, reply: &Reply) {
        let tag = self.tag(asked.request, key);
        self.answer_tagged(key, asked, reply, &tag);
    }

    /// As [`Core::answer`], with the tag of a To that has none.
    pub(crate) fn answer_tagged(
        &mut self,
        key: ServerKey,
        asked: Asked<'_>,
        reply: &Reply,
        tag: &str,
    ) {
        let Asked { request, flow } = asked;
        let bytes = reply.to_bytes(request, tag);
        let is_invite = *request.method() == Method::Invite;
        self.turn.answer(&flow, &bytes);
        if !is_invite && flow.transport.is_reliable() {
            self.remove_server(key); // Timer J is zero
            return;
        }
        let open = || Server::new(flow, is_invite);
        self.servers.entry(key).or_insert_with(open);
        self.finish_server(key, reply.status, bytes);
    }

    /// Answers from here in a transaction whose request is at hand.
    pub(crate) fn answer_open(&mut self, key: ServerKey, reply: &Reply) {
        let Some(server) = self.servers.get_mut(&key) else {
            return;
        };
        let Some(request) = server.request.take() else {
            return;
        };
        if reply.status.is_final() {
            let flow = server.flow;
            let request = &request;
            return self.answer(key, Asked { request, flow }, reply);
        }
        let bytes = reply.to_bytes(&request, ""); // a 100, whose To gets no tag
        server.request = Some(request);
        self.pass_response(key, reply.status, bytes);
    }

    /// Sends a response in its transaction.
    pub(crate) fn pass_response(&mut self, key: ServerKey, status: Status, bytes: Vec<u8>) {
        let Some(server) = self.servers.get_mut(&key) else {
            return;
        };
        self.turn.send(&server.flow, &bytes);
        server.trying = None;
        if status.is_provisional() {
            server.last = bytes;
        } else {
            self.finish_server(key, status, bytes);
        }
    }

    /// Moves to the state that a final response leads to (§17.2.1, §17.2.2).
    ///
    /// Timer G runs only where a provisional response went before: it has stopped the client's
    /// own retransmissions (§17.1.1.2). Else a lost refusal is repaired when the INVITE comes
    /// again, and a forged one is answered once, not eleven times to the address it names.
    fn finish_server(&mut self, key: ServerKey, status: Status, bytes: Vec<u8>) {
        let now = self.turn.now;
        let t1 = self.timers.t1;
        let Some(server) = self.servers.get_mut(&key) else {
            return;
        };
        let is_reliable = server.flow.transport.is_reliable();
        let client_is_quiet = server.is_invite && !server.last.is_empty();
        server.held = None;
        server.request = None;
        server.copy = Vec::new();
        server.trying = None;
        if server.is_invite && !status.is_refusal() {
            server.state = State::Accepted;
            server.last = Vec::new(); // RFC 6026 §7.1: the callee repeats a 2xx, not we
        } else if !server.is_invite && is_reliable {
            self.remove_server(key); // Timer J is zero
            return;
        } else {
            server.state = State::Completed;
            server.last = bytes;
            if client_is_quiet && !is_reliable && !server.last.is_empty() {
                server.retransmit = Some((now + t1, t1)); // Timer G
                self.agenda
                    .add(now + t1, Owner::Server(key), Kind::Retransmit);
            }
        }
        let end = now + t1 * 64; // Timers H, J and L
        server.end = Some(end);
        let kept = server.last.capacity();
        let source = Source::of(server.flow.remote.ip());
        let number = self.finished.add(Owner::Server(key), source, end, kept);
        server.number = Some(number);
        self.agenda.add(end, Owner::Server(key), Kind::End);
    }

    /// Ends a transaction without a response: copies of its request are absorbed, no more.
    pub(crate) fn answer_with_silence(&mut self, key: ServerKey) {
        self.finish_server(key, Status::of(408), Vec::new());
    }
}
