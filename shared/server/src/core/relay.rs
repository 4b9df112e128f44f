//! Relaying (RFC 3261 §16.6): a decision becomes an answer, or branches.

use std::net::SocketAddr;
use std::time::Duration;

use sip_message::{HeaderName, Method, NameAddr, Reply, Target};
use tokio::time::Instant;

use super::Core;
use super::answers::Asked;
use super::client::Sending;
use super::context::{Answer, Context};
use super::forward::{Asker, longest};
use super::hops::{Hop, Next, hops};
use super::inside::Step;
use super::loops::share_breadth;
use super::via::branch;
use super::wire::Shown;
use crate::account::{Account, Rank};
use crate::action::Action;
use crate::network::{Network, Unreachable};
use crate::record_route::record_routes;
use crate::request::Request;

impl Core {
    /// Carries out what the script decided. Hops come back when names must be looked up first;
    /// then [`Core::relay`] is called with their addresses.
    pub fn decided(
        &mut self,
        key: Option<u64>,
        mut request: Request,
        decision: Result<Action, Reply>,
        now: Instant,
        network: &mut dyn Network,
    ) -> Option<(Request, Vec<Hop>)> {
        self.refresh_time(key);
        self.send_early(now, network);
        let targets = match decision {
            Ok(Action::Relay(targets)) => targets,
            Ok(Action::RelayInDialog) => {
                request.is_in_dialog = true;
                vec![dialog_target(&request, network)]
            }
            Ok(Action::Reply(reply)) | Err(reply) => {
                self.answer_decided(key, &request, &reply, now, network);
                return None;
            }
            Ok(Action::Drop) => {
                if let Some(key) = key {
                    self.remove_server(key);
                }
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

    /// A request that waited is handled later than it came.
    fn refresh_time(&mut self, key: Option<u64>) {
        if key.is_some_and(|key| self.servers.contains_key(&key)) {
            self.wire.time = self.clock.now();
        }
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
        if reply.status >= 300 || reply.why.is_some() {
            self.note_answer(request, reply);
        }
        keep_for_binding(request, reply, network);
        let terminated = self.is_cancelled(key).then(|| Reply::of(487));
        let reply = terminated.as_ref().unwrap_or(reply);
        let flow = request.answered_on;
        let asked = Asked { request, flow };
        if self.is_forgotten(key, request, reply) {
            self.remove_server(key); // a script that waited has opened it
            self.answer_statelessly(key, asked, reply, network);
        } else {
            self.answer(key, asked, reply, now, network);
        }
    }

    fn note_answer(&mut self, request: &Request, reply: &Reply) {
        if matches!(reply.status, 401 | 407) && reply.why.is_none() {
            return; // the challenge every phone gets first
        }
        let (method, uri) = (request.method(), Shown(request.uri_text().as_bytes()));
        let source = request.arrival().flow.remote;
        let (status, reason) = (reply.status, &reply.reason);
        let verb = if reply.status >= 300 {
            "refused"
        } else {
            "answered"
        };
        let colon = if reply.why.is_some() { ": " } else { "" };
        let why = reply.why.as_deref().unwrap_or_default();
        self.wire.note(
            source,
            format_args!("{source} {method} {uri} {verb}: {status} {reason}{colon}{why}"),
        );
    }

    fn is_cancelled(&self, key: u64) -> bool {
        let server = self.servers.get(&key);
        server.is_some_and(|server| server.is_cancelled)
    }

    /// Sends a request to its hops and waits for what they answer; an ACK is sent and forgotten.
    pub fn relay(
        &mut self,
        key: Option<u64>,
        mut request: Request,
        hops: &[Hop],
        now: Instant,
        network: &mut dyn Network,
    ) {
        self.refresh_time(key);
        let Some(key) = key else {
            return self.relay_ack(request, hops, network);
        };
        let account = request.account();
        let breadth = match self.may_relay(key, &request, account, hops) {
            Ok(breadth) => breadth,
            Err(reply) => return self.answer_decided(Some(key), &request, &reply, now, network),
        };
        let mark = request.loop_mark();
        let step = self.step(&request, now);
        let method = request.method().clone();
        let (flow, size) = (request.answered_on, request.size());
        let mut message = Box::new(request.into_message());
        let asker = Asker {
            flow: message.arrival().flow,
            account,
        };
        if hops.len() > 1 || message.value(HeaderName::MaxBreadth).is_some() {
            message.set(HeaderName::MaxBreadth, &breadth.to_string());
        }
        let mut context = Context::new(step);
        let mut branches = Vec::with_capacity(hops.len());
        for hop in hops {
            let client = self.entropy.number();
            let sent = self.flow_of_hop(hop, &asker, network).map(|flow| {
                let branch = branch(client, mark);
                let routes = match &step {
                    Some(Step::Begins(begun, _)) => {
                        record_routes(&self.myself, begun, &message, &asker.flow, &flow)
                    }
                    _ => Vec::new(),
                };
                context.left_with(&routes);
                let bytes = self.branch_bytes(&mut message, &routes, hop, &flow, &branch);
                (flow, bytes)
            });
            match sent {
                Ok((flow, bytes)) if bytes.len() > longest(&flow) => {
                    context.offer(Answer::Local(513));
                }
                Ok((flow, bytes)) => {
                    context.begin(client);
                    branches.push(Sending {
                        key: client,
                        method: method.clone(),
                        flow,
                        bytes,
                        account,
                    });
                }
                Err(why) => {
                    self.note_unreachable(hop, asker.flow.remote, &why);
                    context.offer(Answer::Local(503));
                }
            }
        }
        let is_invite = method == Method::Invite;
        let held = self.open.hold(account, size);
        let server = self.open_server(key, flow, is_invite, now);
        server.held = Some(held);
        server.request = Some(message);
        server.context = Some(context);
        if is_invite {
            self.answer_open(key, &Reply::of(100), now, network);
        }
        if branches.is_empty() {
            return self.conclude(key, now, network);
        }
        for branch in branches {
            self.open_client(branch, Some(key), now, network);
        }
    }

    /// What must hold before a request leaves, and the Max-Breadth of each branch (§16.5,
    /// RFC 5393 §5.3.3).
    fn may_relay(
        &self,
        key: u64,
        request: &Request,
        account: Account,
        hops: &[Hop],
    ) -> Result<u32, Reply> {
        if self.is_cancelled(key) {
            return Err(Reply::of(487));
        }
        let rank = Rank::of(request.method());
        if account.has_user() && !self.open.has_room(account, request.size() * 2, rank) {
            let why = "too much of this user or address is under way";
            return Err(Reply::of(503).with("Retry-After", "5").because(why));
        }
        if hops.is_empty() {
            return Err(Reply::of(480).because("nowhere to relay it to"));
        }
        share_breadth(request, hops.len(), self.limits.breadth).ok_or(Reply::of(440))
    }

    /// §16.11: the ACK to a 2xx passes without a transaction; its branch is the same for every
    /// copy of it. An ACK never forks.
    fn relay_ack(&mut self, mut request: Request, hops: &[Hop], network: &mut dyn Network) {
        let Some(hop) = hops.first() else { return };
        let secret = self.myself.secret();
        let key = secret.sign("ack", &[&request.key.to_be_bytes()]);
        let branch = branch(key, request.loop_mark());
        let account = request.account();
        let mut message = request.into_message();
        let asker = Asker {
            flow: message.arrival().flow,
            account,
        };
        let flow = match self.flow_of_hop(hop, &asker, network) {
            Ok(flow) => flow,
            Err(why) => return self.note_unreachable(hop, asker.flow.remote, &why),
        };
        let bytes = self.branch_bytes(&mut message, &[], hop, &flow, &branch);
        if bytes.len() <= longest(&flow) {
            self.wire.send(&flow, &bytes, network);
        }
    }

    fn note_unreachable(&mut self, hop: &Hop, source: SocketAddr, why: &Unreachable) {
        let uri = Shown(hop.uri.as_bytes());
        self.wire
            .note(source, format_args!("{uri} cannot be reached: {why}"));
    }
}

/// A phone that registers is called over its connection, so that is kept until its bindings end.
fn keep_for_binding(request: &Request, reply: &Reply, network: &mut dyn Network) {
    let is_success = *request.method() == Method::Register && reply.status / 100 == 2;
    let Some(connection) = request.arrival().flow.connection.filter(|_| is_success) else {
        return;
    };
    let contacts = reply.headers.iter().filter(|(name, _)| *name == "Contact");
    let expires = contacts.filter_map(|(_, contact)| {
        let contact = NameAddr::parse(contact.as_bytes()).ok()?;
        contact.params.value("expires")?.parse().ok()
    });
    if let Some(longest) = expires.max() {
        network.keep(connection, Duration::from_secs(longest));
    }
}

/// Inside a call, the Request-URI is the target; a connection our Route named leads to it.
fn dialog_target(request: &Request, network: &mut dyn Network) -> Target {
    let connection = request.next_flow;
    Target {
        flow: connection.and_then(|connection| network.flow_of(connection)),
        local: request.next_local,
        ..Target::new(request.uri_text())
    }
}
