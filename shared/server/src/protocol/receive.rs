//! What comes in: parsed, matched to its transaction, and only what is new goes to the script.

use std::sync::atomic::Ordering::Relaxed;

use sip_message::{Arrival, HeaderName, Malformed, Method, Packet, Reply, parse};

use super::Core;
use super::answers::{Asked, answer_flow};
use super::loops::is_looped;
use super::schemes::check_schemes;
use super::turn::Shown;
use super::via::{key_of, mark, marked, transaction_key};
use crate::account::{Account, Rank};
use crate::request::{Notes, Request};
use crate::response::Response;

impl Core {
    /// Takes one message. A request that is returned waits for the script, then for
    /// [`Core::decide`].
    pub fn receive(&mut self, bytes: Vec<u8>, arrival: Arrival) -> Option<Box<Request>> {
        let size = bytes.len();
        // A fault of theirs is met with silence (§16.7, §18.3); a request that cannot be answered
        // at least ends its connection, or its sender would wait for nothing.
        let is_to_be_ignored = bytes.starts_with(b"SIP/") || bytes.starts_with(b"ACK ");
        match parse(bytes, arrival) {
            Ok(Packet::Request(request)) => self.receive_request(request, size),
            Ok(Packet::Response(response)) => {
                self.receive_response(response);
                None
            }
            Err(malformed) => {
                if malformed.request.is_none()
                    && !is_to_be_ignored
                    && let Some(connection) = arrival.flow.connection
                {
                    self.turn.out.hang_up(connection);
                }
                self.refuse_malformed(malformed, &arrival);
                None
            }
        }
    }

    fn receive_request(
        &mut self,
        mut request: sip_message::Request,
        size: usize,
    ) -> Option<Box<Request>> {
        self.turn.stats.requests.fetch_add(1, Relaxed);
        // What is read here the parser has checked, so it does not fail.
        let via = request.top_via().ok()?;
        let branch = via.unique_branch();
        let secret = self.myself.secret();
        let key = transaction_key(&request, &via, branch, request.method(), secret)?;
        let came_by = request.arrival().flow;
        let flow = answer_flow(&via, came_by);
        let mut notes = Notes::new(key, size, self.turn.now, flow);
        notes.is_spiral = branch.is_some_and(|branch| self.was_sent_here(branch, &request));
        if let Some(marked) = marked(&via, came_by.remote) {
            request.set_first(HeaderName::Via, &marked);
        }
        match request.method() {
            Method::Ack => {
                if self.acknowledge(key) || self.is_tagged_by_us(key, &request) {
                    return None;
                }
                return Some(self.received(request, notes));
            }
            Method::Cancel => {
                let asked = Asked {
                    request: &request,
                    flow,
                };
                self.receive_cancel(key, asked);
                return None;
            }
            _ => {}
        }
        let asked = |request| Asked { request, flow };
        if self.servers.contains_key(&key) {
            self.turn.stats.retransmissions.fetch_add(1, Relaxed);
            self.absorb(key);
            return None;
        }
        if let Err(refusal) = self.validate(&request) {
            self.answer_statelessly(key, asked(&request), &refusal);
            return None;
        }
        let (from, rank) = (request.arrival().flow.remote, Rank::of(request.method()));
        if !self.open.has_room(Account::at(from.ip()), size, rank) {
            self.turn.stats.shed.fetch_add(1, Relaxed);
            let method = request.method();
            self.turn.note(
                from,
                format_args!("{from} {method} got 503: too much of it is under way"),
            );
            let reply = Reply::of(503).with("Retry-After", "5");
            self.answer_statelessly(key, asked(&request), &reply);
            return None;
        }
        Some(self.received(request, notes))
    }

    /// Whether this server has sent the request itself, to one of its own addresses: byte for byte, it is
    /// what a client transaction waits for an answer to, and it comes from where that was sent. Neither
    /// would prove it alone. A phone reads the same bytes when they are sent to it, and a datagram's source
    /// can be forged.
    fn was_sent_here(&self, branch: &str, request: &sip_message::Request) -> bool {
        let client = key_of(branch).and_then(|key| self.clients.get(&key));
        client.is_some_and(|client| {
            self.myself.is_to_myself(&client.flow)
                && request.arrival().flow.remote.ip() == client.flow.local.ip()
                && client.bytes == request.as_it_came()
        })
    }

    /// The request for the script, boxed: it is passed on several times.
    fn received(&self, request: sip_message::Request, notes: Notes) -> Box<Request> {
        let (early, calls) = (self.early.clone(), self.calls.clone());
        Box::new(Request::new(
            request,
            notes,
            self.myself.clone(),
            early,
            calls,
        ))
    }

    /// What a proxy checks of every request before it routes it (§16.3), and before it asks for a
    /// password: loops, URI schemes and what Proxy-Require asks. Max-Forwards is the script's.
    fn validate(&self, request: &sip_message::Request) -> Result<(), Reply> {
        if is_looped(request, self.myself.secret()) {
            return Err(Reply::of(482));
        }
        check_schemes(request)?;
        request.check_proxy_require()
    }

    /// §16.7: a response goes to the transaction whose branch it carries, or nowhere. A proxy
    /// that passed stray responses on would carry anybody's packets anywhere (RFC 6026 §8.9).
    fn receive_response(&mut self, response: sip_message::Response) {
        self.turn.stats.responses.fetch_add(1, Relaxed);
        match self.awaiting(&response) {
            Some(key) => {
                let response = Response::new(response, self.myself.clone());
                self.client_response(key, response);
            }
            None => {
                self.turn.stats.stray.fetch_add(1, Relaxed);
                let (status, reason) = (response.status(), Shown(response.reason()));
                let from = response.arrival().flow.remote;
                self.turn.note(
                    from,
                    format_args!("stray response from {from} dropped: {status} {reason}"),
                );
            }
        }
    }

    /// The sender of a malformed message gets the reason, unless it is a response, an ACK or noise
    /// (§16.3, §18.3).
    fn refuse_malformed(&mut self, malformed: Malformed, arrival: &Arrival) {
        let Malformed { error, request } = malformed;
        self.turn.stats.malformed.fetch_add(1, Relaxed);
        let from = arrival.flow.remote;
        self.turn
            .note(from, format_args!("malformed from {from}: {error}"));
        let Some(mut request) = request else { return };
        let Ok(via) = request.top_via() else { return };
        let (branch, secret) = (via.unique_branch(), self.myself.secret());
        let key = transaction_key(&request, &via, branch, request.method(), secret);
        let flow = answer_flow(&via, arrival.flow);
        mark(&mut request, from);
        let reply = Reply::new(error.kind.status(), error.to_string());
        let request = &request;
        let asked = Asked { request, flow };
        self.answer_statelessly(key.unwrap_or_default(), asked, &reply);
    }
}
