//! What the branches of a relayed request come to (RFC 3261 §16.7): provisional responses and
//! every 2xx to an INVITE pass at once, of the others the best when all are there.

use std::time::Duration;

use sip_message::{HeaderName, Reply, Status};

use super::context::Outcome;
use crate::keys::{ClientKey, ServerKey};
use crate::myself::Secret;
use crate::protocol::Core;
use crate::protocol::inside::Step;
use crate::protocol::server_transaction::{Server, State};
use crate::protocol::turn::Shown;
use crate::record_route::sign_for_caller;
use crate::response::Response;

/// How long a call needs the connections of its two sides; a re-INVITE begins this again.
const CALL: Duration = Duration::from_secs(2 * 60 * 60);

impl Core {
    /// A provisional response of a branch.
    pub(crate) fn provisional(&mut self, key: ServerKey, mut response: Response) {
        if self.refusal_of(&mut response).is_some() {
            return;
        }
        let step = self.servers.get(&key).and_then(Server::step);
        self.step_goes_on(step, &response);
        let server = self.servers.get(&key);
        if let Some(server) = server.filter(|server| server.state == State::Proceeding) {
            let status = response.status();
            let bytes = passed_on(self.myself.secret(), server, response);
            self.pass_response(key, status, bytes);
        }
    }

    /// A 2xx of a branch: passes at once, and ends the others (§16.7 steps 5 and 10).
    pub(crate) fn success(&mut self, key: ServerKey, client: ClientKey, mut response: Response) {
        self.refusal_of(&mut response); // a call that was answered goes on
        let Some(server) = self.servers.get_mut(&key) else {
            return;
        };
        let step = server.step();
        let mut is_first = false;
        if let Some(context) = server.context.as_mut() {
            context.finish(client);
            is_first = !std::mem::replace(&mut context.is_answered, true);
        }
        self.step_succeeds(step, is_first, &response);
        let Some(server) = self.servers.get(&key) else {
            return;
        };
        if server.is_invite {
            let callee = self.clients.get(&client).map(|client| client.flow);
            for flow in callee.into_iter().chain([server.flow]) {
                if let Some(connection) = flow.connection {
                    self.turn.out.keep(connection, CALL);
                }
            }
        }
        let status = response.status();
        let bytes = passed_on(self.myself.secret(), server, response);
        if server.state == State::Proceeding {
            self.pass_response(key, status, bytes);
            self.cancel_branches(key, Status::of(487));
        } else if server.is_invite {
            // Every 2xx passes (RFC 6026 §8.9).
            self.turn.send(&server.flow, &bytes);
        }
    }

    /// A branch that ended without a 2xx.
    pub(crate) fn failure(&mut self, key: ServerKey, client: ClientKey, mut answer: Outcome) {
        if let Outcome::Relayed(response) = &mut answer
            && let Some(status) = self.refusal_of(response)
        {
            answer = Outcome::Local(status);
        }
        let server = self.servers.get_mut(&key);
        let Some(context) = server.and_then(|server| server.context.as_mut()) else {
            return;
        };
        if !context.finish(client) || context.is_answered {
            return;
        }
        let is_declined_everywhere = answer.status().class() == 6;
        context.offer(answer);
        if context.is_complete() {
            self.conclude(key);
        } else if is_declined_everywhere {
            self.cancel_branches(key, Status::of(487)); // §16.7 step 5
        }
    }

    /// Runs the chapter's [`crate::OnReply`] on a response that is to be passed on. Every response
    /// comes through here, before a fork's best is chosen. `Some` is the status of its refusal.
    fn refusal_of(&mut self, response: &mut Response) -> Option<Status> {
        let refusal = (self.on_reply.0)(response).err()?;
        let from = response.arrival().flow.remote;
        let (status, reason) = (response.status(), Shown(response.reason()));
        let why = refusal.why.as_deref().unwrap_or_default();
        self.turn.note(
            from,
            format_args!("response from {from} not passed on: {status} {reason}: {why}"),
        );
        Some(refusal.status)
    }

    /// Answers with the best of what the branches said (§16.7 step 6).
    pub(crate) fn conclude(&mut self, key: ServerKey) {
        let Some(server) = self.servers.get_mut(&key) else {
            return;
        };
        let is_invite = server.is_invite;
        let Some(context) = server.context.as_mut() else {
            return;
        };
        context.is_answered = true;
        let Some(answer) = context.take_best() else {
            return;
        };
        let step = server.step();
        self.step_fails(step, answer.status());
        let Some(server) = self.servers.get(&key) else {
            return;
        };
        match answer {
            // RFC 4320 §4.2: a 408 to anything but an INVITE comes too late to be of use.
            answer if answer.status() == 408 && !is_invite => self.answer_with_silence(key),
            // §16.7 step 6: this proxy is not itself out of service.
            answer if answer.status() == 503 => {
                self.answer_open(key, &Reply::of(500));
            }
            Outcome::Relayed(response) => {
                let status = response.status();
                let bytes = passed_on(self.myself.secret(), server, *response);
                self.pass_response(key, status, bytes);
            }
            Outcome::Local(status) => self.answer_open(key, &Reply::of(status)),
        }
    }
}

/// A response as it leaves: without our Via (§16.7 step 3), our Record-Routes signed for the
/// caller (step 8), and with what the way back needs. The rest is as it came.
fn passed_on(secret: &Secret, server: &Server, mut response: Response) -> Vec<u8> {
    response.remove_first(HeaderName::Via);
    if let Some(context) = server
        .context
        .as_ref()
        .filter(|_| !response.status().is_refusal())
        && let Some(Step::Begins(begun, _)) = &context.step
    {
        sign_for_caller(secret, begun, &context.signed, &mut response);
    }
    let mut bytes = Vec::new();
    response.print(server.flow.transport, &mut bytes);
    bytes
}
