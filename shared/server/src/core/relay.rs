//! Relaying (RFC 3261 §16.6 to §16.10): a decision becomes branches, their answers one answer.

use sip_message::{Flow, Method, Name, Reply, Response, Target, printable};
use tokio::time::Instant;

use super::Core;
use super::client::{Sending, branch};
use super::context::{Answer, Branch, Context};
use super::forward::Outline;
use super::hops::{Hop, Next, hops};
use super::loops::share_breadth;
use super::server::State;
use super::via::{MAGIC_COOKIE, transaction_key};
use crate::action::Action;
use crate::network::Network;
use crate::request::Request;

impl Core {
    /// Holds a transaction open while its script waits, so that copies of the request are
    /// absorbed. An INVITE is needed again for the 100 it gets meanwhile.
    pub fn script_waits(
        &mut self,
        key: u64,
        flow: Flow,
        invite: Option<Box<sip_message::Request>>,
        now: Instant,
    ) {
        self.open_server(key, flow, invite, now);
    }

    /// Carries out what the script decided. Hops come back when names must be looked up first;
    /// then [`Core::relay`] is called with their addresses.
    pub fn decided(
        &mut self,
        key: Option<u64>,
        request: Request,
        decision: Result<Action, Reply>,
        now: Instant,
        network: &mut dyn Network,
    ) -> Option<(Request, Vec<Hop>)> {
        let targets = match decision {
            Ok(Action::Relay(targets)) => targets,
            Ok(Action::RelayInDialog) => vec![self.dialog_target(&request, network)],
            Ok(Action::Reply(reply)) | Err(reply) => {
                self.answer_decided(key, &request, &reply, now, network);
                return None;
            }
            Ok(Action::Drop) => {
                key.and_then(|key| self.servers.remove(&key));
                return None;
            }
        };
        let hops = hops(&request, &targets);
        if hops.iter().any(|hop| matches!(hop.next, Next::Name(..))) {
            return Some((request, hops));
        }
        self.relay(key, request, &hops, now, network);
        None
    }

    fn answer_decided(
        &mut self,
        key: Option<u64>,
        request: &Request,
        reply: &Reply,
        now: Instant,
        network: &mut dyn Network,
    ) {
        let Some(key) = key else { return }; // an ACK is never answered
        if reply.status >= 300 {
            let why = reply
                .why
                .as_deref()
                .map(|why| format!(": {why}"))
                .unwrap_or_default();
            let (method, uri) = (request.method(), printable(request.uri_text().as_bytes()));
            let source = request.arrival().flow.remote;
            let (status, reason) = (reply.status, &reply.reason);
            self.note(format_args!(
                "{source} {method} {uri} refused: {status} {reason}{why}"
            ));
        }
        if self
            .servers
            .get(&key)
            .is_some_and(|server| server.is_cancelled)
        {
            return self.answer(key, request, &Reply::of(487), now, network);
        }
        self.answer(key, request, reply, now, network);
    }

    /// Inside a call, the Request-URI is the target; a connection our Route named leads to it.
    fn dialog_target(&self, request: &Request, network: &mut dyn Network) -> Target {
        let flow = request
            .next_flow
            .and_then(|connection| network.flow_of(connection));
        Target {
            flow,
            ..Target::new(request.uri_text())
        }
    }

    /// Sends a request to its hops and waits for what they answer; an ACK is sent and forgotten.
    pub fn relay(
        &mut self,
        key: Option<u64>,
        request: Request,
        hops: &[Hop],
        now: Instant,
        network: &mut dyn Network,
    ) {
        let Some(key) = key else {
            return self.relay_ack(&request, hops, network);
        };
        if let Err(reply) = self.may_relay(key, &request, hops) {
            return self.answer_decided(Some(key), &request, &reply, now, network);
        }
        let mark = request.loop_mark;
        let outline = self.outline(&request, hops);
        let method = request.method().clone();
        let message = Box::new(request.into_message());
        let mut branches = Vec::with_capacity(hops.len());
        let mut context = Context::default();
        for hop in hops {
            match Self::flow_of_hop(&hop.next, network) {
                Ok(flow) => {
                    let client = self.entropy.number();
                    let branch = branch(client, mark);
                    let bytes = self.branch_bytes(&message, &outline, hop, &flow, &branch);
                    context.branches.push(Branch {
                        client,
                        is_final: false,
                    });
                    branches.push(Sending {
                        key: client,
                        method: method.clone(),
                        flow,
                        bytes,
                    });
                }
                Err(why) => {
                    self.note(format_args!(
                        "{} cannot be reached: {why}",
                        printable(hop.uri.as_bytes())
                    ));
                    context.offer(Answer::Local(503));
                }
            }
        }
        let flow = message.arrival().flow;
        self.open_server(key, flow, Some(message), now);
        if let Some(server) = self.servers.get_mut(&key) {
            server.context = Some(context);
        }
        if method == Method::Invite {
            self.answer_open(key, &Reply::of(100), now, network);
        }
        if branches.is_empty() {
            return self.conclude(key, now, network);
        }
        for branch in branches {
            self.open_client(branch, Some(key), now, network);
        }
    }

    /// What must hold before a request leaves (§16.3 step 5, RFC 5393 §5.3.3).
    fn may_relay(&self, key: u64, request: &Request, hops: &[Hop]) -> Result<(), Reply> {
        if self
            .servers
            .get(&key)
            .is_some_and(|server| server.is_cancelled)
        {
            return Err(Reply::of(487));
        }
        if let Some(extension) = request.list(Name::ProxyRequire).next() {
            let extension = printable(extension);
            return Err(Reply::of(420).with("Unsupported", extension));
        }
        share_breadth(request, hops.len() as u32, self.limits.breadth)
            .ok_or(Reply::of(440))
            .map(drop)
    }

    fn outline(&self, request: &Request, hops: &[Hop]) -> Outline {
        let counts = hops.len() > 1 || request.value(Name::MaxBreadth).is_some();
        let share = share_breadth(request, hops.len() as u32, self.limits.breadth);
        Outline {
            record_route: request.record_route,
            breadth: share.filter(|_| counts),
        }
    }

    /// §16.11: the ACK to a 2xx passes without a transaction; its branch is the same for every
    /// copy of it.
    fn relay_ack(&mut self, request: &Request, hops: &[Hop], network: &mut dyn Network) {
        let Ok(key) = transaction_key(request, &Method::Ack, self.names.secret()) else {
            return;
        };
        let branch = format!(
            "{MAGIC_COOKIE}{:016x}",
            self.names.secret().sign("ack", &[&key.to_be_bytes()])
        );
        let outline = Outline {
            record_route: false,
            breadth: None,
        };
        for hop in hops {
            if let Ok(flow) = Self::flow_of_hop(&hop.next, network) {
                let bytes = self.branch_bytes(request, &outline, hop, &flow, &branch);
                self.send(&flow, &bytes, network);
            }
        }
    }

    /// A provisional response of a branch.
    pub(crate) fn provisional(
        &mut self,
        key: u64,
        mut response: Response,
        now: Instant,
        network: &mut dyn Network,
    ) {
        let waits = |server: &super::server::Server| server.state == State::Proceeding;
        if self.servers.get(&key).is_some_and(waits) {
            response.remove_first(Name::Via);
            self.pass_response(key, response.status(), response.to_bytes(), now, network);
        }
    }

    /// A 2xx of a branch: passes at once, and ends the others (§16.7 steps 5 and 10).
    pub(crate) fn success(
        &mut self,
        key: u64,
        client: u64,
        mut response: Response,
        now: Instant,
        network: &mut dyn Network,
    ) {
        let Some(server) = self.servers.get_mut(&key) else {
            return;
        };
        let flow = server.flow;
        let is_first = server.state == State::Proceeding;
        let is_invite = server.is_invite;
        if let Some(context) = server.context.as_mut() {
            context.finish(client);
            context.is_answered = true;
        }
        response.remove_first(Name::Via);
        let bytes = response.to_bytes();
        if is_first {
            self.pass_response(key, response.status(), bytes, now, network);
            self.cancel_branches(key, 487, now, network);
        } else if is_invite {
            self.send(&flow, &bytes, network); // every 2xx to an INVITE passes (RFC 6026 §8.9)
        }
    }

    /// A branch that ended without a 2xx.
    pub(crate) fn failure(
        &mut self,
        key: u64,
        client: u64,
        answer: Answer,
        now: Instant,
        network: &mut dyn Network,
    ) {
        let context = self
            .servers
            .get_mut(&key)
            .and_then(|server| server.context.as_mut());
        let Some(context) = context else { return };
        if !context.finish(client) || context.is_answered {
            return;
        }
        let declined_everywhere = answer.status() >= 600;
        context.offer(match answer {
            Answer::Relayed(mut response) => {
                response.remove_first(Name::Via);
                Answer::Relayed(response)
            }
            local => local,
        });
        if context.is_complete() {
            self.conclude(key, now, network);
        } else if declined_everywhere {
            self.cancel_branches(key, 487, now, network);
        }
    }

    /// Answers with the best of what the branches said (§16.7 step 6).
    fn conclude(&mut self, key: u64, now: Instant, network: &mut dyn Network) {
        let Some(server) = self.servers.get_mut(&key) else {
            return;
        };
        let is_invite = server.is_invite;
        let Some(context) = server.context.as_mut() else {
            return;
        };
        context.is_answered = true;
        match context.take_best() {
            // RFC 4320 §4.2: a 408 to anything but an INVITE comes too late to be of use.
            Some(answer) if answer.status() == 408 && !is_invite => {
                self.answer_with_silence(key, now);
            }
            // §16.7 step 6: this proxy is not itself out of service.
            Some(answer) if answer.status() == 503 => {
                self.answer_open(key, &Reply::of(500), now, network);
            }
            Some(Answer::Relayed(response)) => {
                self.pass_response(key, response.status(), response.to_bytes(), now, network);
            }
            Some(Answer::Local(status)) => self.answer_open(key, &Reply::of(status), now, network),
            None => {}
        }
    }

    /// Asks every branch that has no final response to end.
    pub(crate) fn cancel_branches(
        &mut self,
        key: u64,
        otherwise: u16,
        now: Instant,
        network: &mut dyn Network,
    ) {
        let context = self
            .servers
            .get(&key)
            .and_then(|server| server.context.as_ref());
        let Some(context) = context else { return };
        let open: Vec<u64> = context
            .branches
            .iter()
            .filter(|b| !b.is_final)
            .map(|b| b.client)
            .collect();
        for client in open {
            self.cancel_client(client, otherwise, now, network);
        }
    }
}
