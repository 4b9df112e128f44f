//! Answers that leave no transaction behind (RFC 3261 §8.2.7): the same request gets the same
//! answer whenever it comes, so nothing need be remembered of it.

use crate::keys::ServerKey;
use sip_message::{Method, Reply, Request};

use super::Core;
use super::answers::Asked;

impl Core {
    /// Whether what a script answered is forgotten at once. A challenge is (§26.3.2.4): else
    /// a peer without a password could fill the table by asking. So is what an OPTIONS got. A copy
    /// of either is decided again; but the client of an INVITE sends none once it has heard a
    /// provisional response (§17.1.1.2), so there the answer has to be repeated.
    pub(crate) fn is_forgotten(&self, key: ServerKey, request: &Request, reply: &Reply) -> bool {
        let server = self.servers.get(&key);
        let is_quiet = server.is_some_and(|server| server.is_invite && !server.last.is_empty());
        (reply.status.is_challenge() || *request.method() == Method::Options) && !is_quiet
    }

    /// Answers without a transaction: the same tag whenever the same request comes again.
    pub(crate) fn answer_statelessly(&mut self, key: ServerKey, asked: Asked<'_>, reply: &Reply) {
        let tag = self.tag(asked.request, key);
        let bytes = reply.to_bytes(asked.request, &tag);
        self.turn.answer(&asked.flow, &bytes);
    }

    /// The tag of a To this server answers itself, the same for every copy of the request.
    pub(crate) fn tag(&mut self, request: &Request, key: ServerKey) -> String {
        if request.has_to_tag() {
            return String::new(); // it keeps its own
        }
        let fingerprint = self.fingerprint(key);
        self.entropy.tag(fingerprint)
    }

    /// Whether an ACK belongs to an INVITE that was answered without a transaction: its key is
    /// the INVITE's, and so is the tag that can be made of it.
    pub(crate) fn is_tagged_by_us(&self, key: ServerKey, ack: &Request) -> bool {
        let to = ack.to().ok();
        let tag = to.as_ref().and_then(|to| to.tag());
        tag.is_some_and(|tag| self.entropy.made(tag, self.fingerprint(key)))
    }

    fn fingerprint(&self, key: ServerKey) -> u64 {
        self.myself.secret().sign("tag", &[&key.0.to_be_bytes()])
    }
}
