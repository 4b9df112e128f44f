//! Refuses a new request before any work is spent on it, while more come than can be served: a 503
//! with Retry-After, written from the bytes of the request.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use sip_message::{Arrival, Transport};

use super::Core;
use super::answers::answer_flow;
use super::plain::{self, Plain};
use super::pressure::Favour;
use super::via::{key_of_branch, marked};
use crate::account::Source;
use crate::keys::ServerKey;
use crate::text::push_decimal;

/// When a refused phone may come again, in seconds. Each gets a time of its own between the two, or
/// all would come back at once.
const RETRY_AFTER: std::ops::RangeInclusive<u64> = 5..=20;

impl Core {
    /// Notes whether the messages of this turn have waited longer than they should.
    pub fn note_queue(&mut self, now: Instant, is_behind: bool) {
        self.pressure.note(now, is_behind);
    }

    /// Refuses a message, if it is a request that more should not be spent on.
    pub(crate) fn shed(&mut self, bytes: &[u8], arrival: &Arrival) -> bool {
        self.try_to_shed(bytes, arrival).is_some()
    }

    fn try_to_shed(&mut self, bytes: &[u8], arrival: &Arrival) -> Option<()> {
        let came_by = arrival.flow;
        // A connection slows its peer down by itself.
        if came_by.transport != Transport::Udp || bytes.starts_with(b"SIP/") {
            return None;
        }
        let source = Source::of(came_by.remote.ip());
        if !self.pressure.count(self.turn.now, source) {
            return None;
        }
        let request = plain::read(bytes)?;
        let branch = request.via.unique_branch()?;
        let (ip, secret) = (came_by.remote.ip(), self.myself.secret());
        let key = key_of_branch(&request.via, branch, &request.method, ip, secret);
        // A copy of a request that was admitted gets that one's answer.
        if self.servers.contains_key(&key) {
            return None;
        }
        let favour = match request.has_credentials {
            true => Favour::Answers,
            false => Favour::None,
        };
        if !self.pressure.refuses(self.turn.now, favour) {
            return None;
        }
        let answer = self.unavailable(&request, key, arrival);
        self.turn.stats.requests.fetch_add(1, Relaxed);
        self.turn.stats.shed.fetch_add(1, Relaxed);
        if self.pressure.is_new() {
            let from = came_by.remote;
            self.turn.note(
                from,
                format_args!("more requests come than can be served: some get 503, first {from}"),
            );
        }
        self.turn
            .answer(&answer_flow(&request.via, came_by), &answer);
        Some(())
    }

    /// The 503, as [`sip_message::Reply::to_bytes`] would write it: the same for every copy of the
    /// request.
    fn unavailable(&mut self, request: &Plain<'_>, key: ServerKey, arrival: &Arrival) -> Vec<u8> {
        let fingerprint = self.fingerprint(key);
        let marked = marked(&request.via, arrival.flow.remote);
        let top = marked.as_deref().unwrap_or(request.via_text);
        let mut out = Vec::with_capacity(512);
        let mut push = |label: &str, value: &[u8]| {
            out.extend_from_slice(label.as_bytes());
            out.extend_from_slice(value);
        };
        push("SIP/2.0 503 Service Unavailable\r\nVia: ", top.as_bytes());
        for via in &request.vias_below {
            push("\r\nVia: ", via);
        }
        push("\r\nFrom: ", request.from);
        push("\r\nTo: ", request.to);
        push(";tag=", self.entropy.tag(fingerprint).as_bytes());
        push("\r\nCall-ID: ", request.call_id);
        push("\r\nCSeq: ", request.cseq);
        let (first, last) = RETRY_AFTER.into_inner();
        let mut seconds = String::with_capacity(2);
        push_decimal(
            &mut seconds,
            (first + fingerprint % (last - first + 1)) as u16,
        );
        push("\r\nRetry-After: ", seconds.as_bytes());
        push("\r\nContent-Length: 0\r\n\r\n", b"");
        out
    }
}
