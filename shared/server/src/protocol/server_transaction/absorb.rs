//! Server transactions once they are open (RFC 3261 §17.2): copies of the request, the ACK, and
//! the timers.

use std::net::SocketAddr;

use sip_message::{Reply, Status};

use super::State;
use crate::keys::ServerKey;
use crate::protocol::Core;
use crate::protocol::client_transaction::reread;
use crate::protocol::finished::Number;
use crate::protocol::timers::{Kind, Owner, doubled, is_due};
use crate::protocol::via::mark;

impl Core {
    /// A copy of a request whose transaction is open.
    pub(crate) fn absorb(&mut self, key: ServerKey) {
        let Some(server) = self.servers.get(&key) else {
            return;
        };
        self.turn.send(&server.flow, &server.last);
    }

    /// An ACK that belongs to an INVITE transaction: true when it ends here, which is for
    /// every response but a 2xx (§17.2.1).
    pub(crate) fn acknowledge(&mut self, key: ServerKey) -> bool {
        let now = self.turn.now;
        let t4 = self.timers.t4;
        let Some(server) = self.servers.get_mut(&key) else {
            return false;
        };
        if server.state == State::Completed {
            server.state = State::Confirmed;
            server.retransmit = None;
            server.last = Vec::new();
            if server.flow.transport.is_reliable() {
                self.remove_server(key); // Timer I is zero
            } else {
                let end = now + t4; // Timer I
                server.end = Some(end);
                self.agenda.add(end, Owner::Server(key), Kind::End);
            }
            return true;
        }
        server.state != State::Accepted
    }

    /// Takes a transaction off the table.
    pub(crate) fn remove_server(&mut self, key: ServerKey) {
        self.servers.remove(&key);
    }

    /// Takes a finished transaction off the table, unless a later one has its key.
    pub(crate) fn forget_server(&mut self, key: ServerKey, number: Number) {
        let server = self.servers.get(&key);
        if server.is_some_and(|server| server.number == Some(number)) {
            self.remove_server(key);
        }
    }

    /// A timer of a server transaction that is still to be heeded.
    pub(crate) fn server_timer(&mut self, key: ServerKey, kind: Kind) {
        let now = self.turn.now;
        let t2 = self.timers.t2;
        let Some(server) = self.servers.get_mut(&key) else {
            return;
        };
        match (kind, server.retransmit) {
            (Kind::End, _) if is_due(server.end, now) => self.remove_server(key),
            (Kind::Trying, _) if is_due(server.trying, now) => {
                let mut copy = reread(&std::mem::take(&mut server.copy));
                if let Some(copy) = &mut copy {
                    let source = SocketAddr::new(server.flow.remote.ip(), server.source_port);
                    mark(copy, source);
                }
                let Some(request) = copy.as_ref().or(server.request.as_deref()) else {
                    return;
                };
                let bytes = Reply::of(100).to_bytes(request, ""); // a 100 adds no tag
                self.pass_response(key, Status::of(100), bytes);
            }
            (Kind::Retransmit, Some((due, interval))) if due <= now => {
                let interval = doubled(interval, t2);
                server.retransmit = Some((now + interval, interval));
                self.agenda
                    .add(now + interval, Owner::Server(key), Kind::Retransmit);
                self.turn.send(&server.flow, &server.last);
            }
            _ => {}
        }
    }
}
