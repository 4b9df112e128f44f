//! What comes back on a branch: the client transaction's view of a response (RFC 3261 §17.1.1,
//! §17.1.2; RFC 6026 §7.2).

use sip_message::{HeaderName, Method};

use super::derived::derived_request;
use super::{Cancel, State, cancel_key};
use crate::keys::ClientKey;
use crate::protocol::Core;
use crate::protocol::fork::Outcome;
use crate::protocol::via::key_of;
use crate::response::Response;

impl Core {
    /// The client transaction a response belongs to (§17.1.3). One that is to travel on must
    /// hold the Via of a next hop below ours.
    pub(crate) fn awaiting(&self, response: &sip_message::Response) -> Option<ClientKey> {
        let key = key_of(response.top_via().ok()?.branch())?;
        let method = response.cseq().ok()?.method;
        let is_cancel = method == Method::Cancel;
        let key = if is_cancel { cancel_key(key) } else { key };
        let client = self.clients.get(&key)?;
        let is_whole = is_cancel || response.list(HeaderName::Via).nth(1).is_some();
        (client.method == method && is_whole).then_some(key)
    }

    pub(crate) fn client_response(&mut self, key: ClientKey, response: Response) {
        let Some(client) = self.clients.get(&key) else {
            return;
        };
        if client.method != Method::Invite {
            return self.other_response(key, response);
        }
        let is_open = matches!(client.state, State::Calling | State::Proceeding);
        let status = response.status();
        if status.is_provisional() && is_open {
            self.invite_provisional(key, response);
        } else if status.is_success() && (is_open || client.state == State::Accepted) {
            self.invite_success(key, response);
        } else if status.is_refusal() && is_open {
            self.invite_failure(key, response);
        } else if status.is_refusal() && client.state == State::Completed {
            self.turn.send(&client.flow, &client.bytes); // the ACK again
        }
    }

    fn invite_provisional(&mut self, key: ClientKey, response: Response) {
        let now = self.turn.now;
        let ring_again = now + self.timers.c;
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        if client.state == State::Calling {
            client.state = State::Proceeding;
            client.retransmit = None;
            client.end = None; // Timer B is over, Timer C watches
        }
        let is_trying = response.status() == 100;
        if !is_trying && client.cancel == Cancel::No {
            // §16.7 step 2; the entry in the agenda follows.
            client.ring = Some(ring_again.min(client.longest_ring));
        }
        let is_to_end = client.cancel == Cancel::Wanted;
        let server = client.server;
        if let Some(server) = server.filter(|_| !is_trying) {
            self.provisional(server, response);
        }
        if is_to_end {
            self.send_cancel(key);
        }
    }

    fn invite_success(&mut self, key: ClientKey, response: Response) {
        let now = self.turn.now;
        let end = now + self.timers.t1 * 64; // Timer M
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        let server = client.server;
        if client.state != State::Accepted {
            client.state = State::Accepted;
            client.bytes = Vec::new();
            self.finish_client(key, end);
        }
        if let Some(server) = server {
            self.success(server, key, response);
        }
    }

    /// §17.1.1.3: every refusal gets its ACK from the hop it reaches.
    fn invite_failure(&mut self, key: ClientKey, response: Response) {
        let now = self.turn.now;
        let t1 = self.timers.t1;
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        let to = response.value(HeaderName::To).unwrap_or_default();
        let ack = derived_request(&client.bytes, &Method::Ack, Some(to));
        client.bytes = ack.unwrap_or_default();
        client.state = State::Completed;
        self.turn.send(&client.flow, &client.bytes);
        let server = client.server;
        let end = match client.flow.transport.is_reliable() {
            true => now,
            false => now + t1 * 64, // Timer D
        };
        self.finish_client(key, end);
        if let Some(server) = server {
            let answer = Outcome::Relayed(Box::new(response));
            self.failure(server, key, answer);
        }
    }

    fn other_response(&mut self, key: ClientKey, response: Response) {
        let now = self.turn.now;
        let t4 = self.timers.t4;
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        if !matches!(client.state, State::Calling | State::Proceeding) {
            return;
        }
        if response.status().is_provisional() {
            // RFC 4320 §4.1: nothing but a final response is passed on.
            client.state = State::Proceeding;
            return;
        }
        client.state = State::Completed;
        client.bytes = Vec::new();
        let server = client.server;
        let end = match client.flow.transport.is_reliable() {
            true => now,
            false => now + t4, // Timer K
        };
        self.finish_client(key, end);
        match server {
            Some(server) if response.status().is_success() => {
                self.success(server, key, response);
            }
            Some(server) => {
                let answer = Outcome::Relayed(Box::new(response));
                self.failure(server, key, answer);
            }
            None => {}
        }
    }
}
