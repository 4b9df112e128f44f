//! What comes in: parsed, matched to its transaction, and only what is new goes to the script.

use std::sync::atomic::Ordering::Relaxed;

use sip_message::{Arrival, Method, Packet, Reply, Response, parse, printable};
use tokio::time::Instant;

use super::Core;
use super::loops::{is_looped, loop_mark};
use super::server::State;
use super::via::{mark_source, transaction_key};
use crate::network::{Direction, Network};
use crate::request::Request;

/// A request the script is to decide.
#[derive(Debug)]
pub struct Received {
    /// The transaction it opens; an ACK opens none.
    pub key: Option<u64>,
    /// The request, its top Via marked with its source.
    pub request: Request,
}

impl Core {
    /// Takes one message. What is returned waits for the script, then for [`Core::decided`].
    pub fn receive(
        &mut self,
        bytes: Vec<u8>,
        arrival: Arrival,
        now: Instant,
        network: &mut dyn Network,
    ) -> Option<Received> {
        self.observer
            .message(Direction::In, &arrival.flow, arrival.at, &bytes);
        let size = bytes.len();
        match parse(bytes, arrival) {
            Ok(Packet::Request(request)) => self.receive_request(request, size, now, network),
            Ok(Packet::Response(response)) => {
                self.receive_response(response, now, network);
                None
            }
            Err(malformed) => {
                self.stats.malformed.fetch_add(1, Relaxed);
                self.note(format_args!(
                    "malformed from {}: {}",
                    arrival.flow.remote, malformed.error
                ));
                if let Some(mut request) = malformed.request
                    && mark_source(&mut request).is_ok()
                {
                    let reply = Reply::new(malformed.error.status, malformed.error.to_string());
                    self.answer_statelessly(&request, &reply, network);
                }
                None
            }
        }
    }

    fn receive_request(
        &mut self,
        mut request: sip_message::Request,
        size: usize,
        now: Instant,
        network: &mut dyn Network,
    ) -> Option<Received> {
        self.stats.requests.fetch_add(1, Relaxed);
        // Both read what the parser has checked, so they do not fail.
        mark_source(&mut request).ok()?;
        let key = transaction_key(&request, request.method(), self.names.secret()).ok()?;
        let mark = loop_mark(&request, self.names.secret());
        match request.method() {
            Method::Ack => {
                let absorbed = self.acknowledge(key, now);
                let request = (!absorbed).then(|| Request::new(request, size, mark));
                request.map(|request| Received { key: None, request })
            }
            Method::Cancel => {
                self.receive_cancel(key, &request, now, network);
                None
            }
            _ if self.servers.contains_key(&key) => {
                self.stats.retransmissions.fetch_add(1, Relaxed);
                self.absorb(key, network);
                None
            }
            _ if is_looped(&request, mark) => {
                self.answer_statelessly(&request, &Reply::of(482), network);
                None
            }
            _ if self.servers.len() + self.clients.len() >= self.limits.transactions => {
                self.stats.shed.fetch_add(1, Relaxed);
                self.note(format_args!(
                    "too many transactions under way: answered 503"
                ));
                let reply = Reply::of(503).with("Retry-After", "5");
                self.answer_statelessly(&request, &reply, network);
                None
            }
            _ => Some(Received {
                key: Some(key),
                request: Request::new(request, size, mark),
            }),
        }
    }

    /// §9.2: a CANCEL is answered by the hop it reaches, and ends what the INVITE began.
    fn receive_cancel(
        &mut self,
        key: u64,
        request: &sip_message::Request,
        now: Instant,
        network: &mut dyn Network,
    ) {
        if self.servers.contains_key(&key) {
            return self.absorb(key, network);
        }
        let invite = transaction_key(request, &Method::Invite, self.names.secret());
        let invite = invite
            .ok()
            .filter(|invite| self.servers.contains_key(invite));
        let Some(invite) = invite else {
            return self.answer_statelessly(request, &Reply::of(481), network);
        };
        self.answer(key, request, &Reply::of(200), now, network);
        let Some(server) = self.servers.get_mut(&invite) else {
            return;
        };
        if server.state != State::Proceeding || server.is_cancelled {
            return;
        }
        server.is_cancelled = true;
        self.cancel_branches(invite, 487, now, network);
    }

    /// §16.7: a response goes to the transaction whose branch it carries, or nowhere. A proxy
    /// that passed stray responses on would carry anybody's packets anywhere (RFC 6026 §8.9).
    fn receive_response(&mut self, response: Response, now: Instant, network: &mut dyn Network) {
        self.stats.responses.fetch_add(1, Relaxed);
        match self.awaiting(&response) {
            Some(key) => self.client_response(key, response, now, network),
            None => {
                self.stats.stray.fetch_add(1, Relaxed);
                let (status, reason) = (response.status(), printable(response.reason()));
                let from = response.arrival().flow.remote;
                self.note(format_args!(
                    "stray response from {from} dropped: {status} {reason}"
                ));
            }
        }
    }
}
