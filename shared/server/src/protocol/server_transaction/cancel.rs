//! CANCEL (RFC 3261 §9.2, §16.10): answered by each hop it reaches, and sent to the next as a request of its own.

use sip_message::{Method, Reply, Status};

use super::State;
use crate::keys::ServerKey;
use crate::protocol::Core;
use crate::protocol::answers::Asked;
use crate::protocol::via::transaction_key;

impl Core {
    /// A CANCEL that came: 200 and the end of what the INVITE began, or 481.
    pub(crate) fn receive_cancel(&mut self, key: ServerKey, asked: Asked<'_>) {
        if self.servers.contains_key(&key) {
            return self.absorb(key);
        }
        let request = asked.request;
        let secret = self.myself.secret();
        let invite = request
            .top_via()
            .ok()
            .and_then(|via| {
                transaction_key(request, &via, via.unique_branch(), &Method::Invite, secret)
            })
            .filter(|invite| self.servers.contains_key(invite));
        let Some(invite) = invite else {
            return self.answer_statelessly(key, asked, &Reply::of(481));
        };
        // §9.2: the 200 to the CANCEL has the tag that answers to the INVITE have.
        let tag = self.tag(request, invite);
        self.answer_tagged(key, asked, &Reply::of(200), &tag);
        let Some(server) = self.servers.get_mut(&invite) else {
            return;
        };
        if server.state == State::Proceeding && !server.is_cancelled {
            server.is_cancelled = true;
            self.cancel_branches(invite, Status::of(487));
        }
    }

    /// Asks every branch that has no final response to end; one that does not obey counts as
    /// having answered `otherwise`.
    pub(crate) fn cancel_branches(&mut self, key: ServerKey, otherwise: Status) {
        let server = self.servers.get(&key);
        let Some(context) = server.and_then(|server| server.context.as_ref()) else {
            return;
        };
        for client in context.pending() {
            self.cancel_client(client, otherwise);
        }
    }
}
