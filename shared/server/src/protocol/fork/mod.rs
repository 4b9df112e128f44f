//! Relaying (RFC 3261 §16.6): a decision becomes an answer, or a fork of one branch and more.

mod branch;
mod context;
mod outcome;

use std::net::SocketAddr;
use std::time::Duration;

use sip_message::{Flow, HeaderName, Method, NameAddr, Reply, Status, Target};

use crate::account::{Account, Rank};
use crate::action::Action;
use crate::keys::{ClientKey, ServerKey};
use crate::protocol::Core;
use crate::protocol::answers::Asked;
use crate::protocol::inside::Step;
use crate::protocol::loops::share_breadth;
use crate::protocol::sending::Sending;
use crate::protocol::turn::Shown;
use crate::protocol::via::branch;
use crate::record_route::record_routes;
use crate::request::{Request, Waits};
use crate::unreachable::Unreachable;
use crate::way::{Hop, hops};
use branch::{branch_bytes, longest};
pub(crate) use context::{Context, Outcome};

/// A request that is to be relayed, once there is a way to its hops.
#[derive(Debug)]
pub struct Departure {
    pub(crate) request: Box<Request>,
    /// The Max-Breadth of each branch (RFC 5393 §5.3.3).
    breadth: u32,
    hops: Vec<Hop>,
    account: Account,
}

impl Departure {
    /// Where it goes: one hop a branch.
    pub fn hops(&self) -> &[Hop] {
        &self.hops
    }

    /// Where the request came in.
    pub fn came_by(&self) -> &Flow {
        &self.request.arrival().flow
    }

    /// What is kept of the request while its names are looked up.
    pub(crate) fn waits(&self) -> Option<Waits> {
        Waits::of(&self.request)
    }

    /// Who pays for it.
    pub fn account(&self) -> Account {
        self.account
    }
}

impl Core {
    /// Carries out what the script decided. A request that is to be relayed comes back: once a way
    /// to each of its hops is found, it is for [`Core::send`].
    pub fn decide(
        &mut self,
        mut request: Box<Request>,
        decision: Result<Action, Reply>,
    ) -> Option<Departure> {
        let targets = match decision {
            Ok(Action::Relay(targets)) => targets,
            Ok(Action::RelayInDialog) => {
                request.notes.is_in_dialog = true;
                vec![Target {
                    local: request.notes.next_local,
                    ..Target::new(request.uri_text())
                }]
            }
            Ok(Action::Reply(reply)) | Err(reply) => {
                self.answer_decided(&request, &reply);
                return None;
            }
            Ok(Action::Drop) => {
                if !request.is_ack() {
                    self.remove_server(request.notes.key);
                }
                return None;
            }
        };
        let mut hops = hops(&request, &targets);
        if request.is_ack() {
            hops.truncate(1); // an ACK never forks
        }
        let account = request.account();
        match self.may_relay(&request, account, &hops) {
            Ok(breadth) => Some(Departure {
                request,
                breadth,
                hops,
                account,
            }),
            Err(reply) => {
                self.answer_decided(&request, &reply);
                None
            }
        }
    }

    /// What must hold before a request leaves, and the Max-Breadth of each branch (§16.5,
    /// RFC 5393 §5.3.3).
    fn may_relay(&self, request: &Request, account: Account, hops: &[Hop]) -> Result<u32, Reply> {
        if request.is_ack() {
            return Ok(self.limits.breadth);
        }
        if self.is_cancelled(request.notes.key) {
            return Err(Reply::of(487));
        }
        let rank = Rank::of(request.method());
        if account.has_user() && !self.open.has_room(account, request.notes.size * 2, rank) {
            let why = "too much of this user or address is under way";
            return Err(Reply::of(503).with("Retry-After", "5").because(why));
        }
        if hops.is_empty() {
            return Err(Reply::of(480).because("nowhere to relay it to"));
        }
        share_breadth(request, hops.len(), self.limits.breadth).ok_or(Reply::of(440))
    }

    fn answer_decided(&mut self, request: &Request, reply: &Reply) {
        if request.is_ack() {
            return; // it is never answered
        }
        let key = request.notes.key;
        if reply.status.is_refusal() || reply.why.is_some() {
            self.note_answer(request, reply);
        }
        self.keep_for_binding(request, reply);
        let terminated = self.is_cancelled(key).then(|| Reply::of(487));
        let reply = terminated.as_ref().unwrap_or(reply);
        let flow = request.notes.answered_on;
        let asked = Asked { request, flow };
        if self.is_forgotten(key, request, reply) {
            self.remove_server(key); // a script that waited has opened it
            self.answer_statelessly(key, asked, reply);
        } else {
            self.answer(key, asked, reply);
        }
    }

    fn note_answer(&mut self, request: &Request, reply: &Reply) {
        if reply.status.is_challenge() && reply.why.is_none() {
            return; // the challenge every phone gets first
        }
        let (method, uri) = (request.method(), Shown(request.uri_text().as_bytes()));
        let source = request.arrival().flow.remote;
        let (status, reason) = (reply.status, &reply.reason);
        let verb = if reply.status.is_refusal() {
            "refused"
        } else {
            "answered"
        };
        let colon = if reply.why.is_some() { ": " } else { "" };
        let why = reply.why.as_deref().unwrap_or_default();
        self.turn.note(
            source,
            format_args!("{source} {method} {uri} {verb}: {status} {reason}{colon}{why}"),
        );
    }

    fn is_cancelled(&self, key: ServerKey) -> bool {
        let server = self.servers.get(&key);
        server.is_some_and(|server| server.is_cancelled)
    }

    /// Relays a request over the way to each of its hops, and waits for what they answer. An ACK is
    /// sent and forgotten.
    pub fn send(&mut self, departure: Departure, ways: Vec<Result<Flow, Unreachable>>) {
        let Departure {
            mut request,
            breadth,
            hops,
            account,
        } = departure;
        let key = request.notes.key;
        if request.is_ack() {
            return self.send_ack(request, &hops, ways);
        }
        if self.is_cancelled(key) {
            return self.answer_decided(&request, &Reply::of(487));
        }
        let mark = request.loop_mark();
        let step = self.step(&request);
        let method = request.method().clone();
        let (flow, size) = (request.notes.answered_on, request.notes.size);
        let mut message = Box::new(request.into_message());
        let came_by = message.arrival().flow;
        if hops.len() > 1 || message.value(HeaderName::MaxBreadth).is_some() {
            message.set(HeaderName::MaxBreadth, &breadth.to_string());
        }
        let mut context = Context::new(step);
        let mut branches = Vec::with_capacity(hops.len());
        for (hop, way) in hops.iter().zip(ways) {
            let client = ClientKey(self.entropy.number());
            let flow = match way {
                Ok(flow) => flow,
                Err(why) => {
                    self.note_unreachable(hop, came_by.remote, &why);
                    context.offer(Outcome::Local(Status::of(503)));
                    continue;
                }
            };
            let routes = match &step {
                Some(Step::Begins(begun, _)) => {
                    record_routes(&self.myself, begun, &message, &came_by, &flow)
                }
                _ => Vec::new(),
            };
            context.leaves_with(&routes);
            let branch = branch(client, mark);
            let bytes = branch_bytes(&mut message, &routes, hop, &flow, &branch);
            if bytes.len() > longest(&flow) {
                context.offer(Outcome::Local(Status::of(513)));
                continue;
            }
            context.begin(client);
            branches.push(Sending {
                key: client,
                method: method.clone(),
                flow,
                bytes,
                account,
            });
        }
        let is_invite = method == Method::Invite;
        let held = self.open.hold(account, size);
        let server = self.open_server(key, flow, is_invite);
        server.held = Some(held);
        server.request = Some(message);
        server.context = Some(context);
        if is_invite {
            self.answer_open(key, &Reply::of(100));
        }
        if branches.is_empty() {
            return self.conclude(key);
        }
        for branch in branches {
            self.open_client(branch, Some(key));
        }
    }

    /// §16.11: the ACK to a 2xx passes without a transaction; its branch is the same for every
    /// copy of it.
    fn send_ack(
        &mut self,
        mut request: Box<Request>,
        hops: &[Hop],
        ways: Vec<Result<Flow, Unreachable>>,
    ) {
        let (Some(hop), Some(way)) = (hops.first(), ways.into_iter().next()) else {
            return;
        };
        let secret = self.myself.secret();
        let key = ClientKey(secret.sign("ack", &[&request.notes.key.0.to_be_bytes()]));
        let branch = branch(key, request.loop_mark());
        let mut message = request.into_message();
        let flow = match way {
            Ok(flow) => flow,
            Err(why) => {
                let source = message.arrival().flow.remote;
                return self.note_unreachable(hop, source, &why);
            }
        };
        let bytes = branch_bytes(&mut message, &[], hop, &flow, &branch);
        if bytes.len() <= longest(&flow) {
            self.turn.send(&flow, &bytes);
        }
    }

    fn note_unreachable(&mut self, hop: &Hop, source: SocketAddr, why: &Unreachable) {
        let uri = Shown(hop.uri.as_bytes());
        self.turn
            .note(source, format_args!("{uri} cannot be reached: {why}"));
    }

    /// A phone that registers is called over its connection, so that is kept until its bindings
    /// end.
    fn keep_for_binding(&mut self, request: &Request, reply: &Reply) {
        let is_success = *request.method() == Method::Register && reply.status.is_success();
        let Some(connection) = request.arrival().flow.connection.filter(|_| is_success) else {
            return;
        };
        let contacts = reply.headers.iter().filter(|(name, _)| *name == "Contact");
        let expires = contacts.filter_map(|(_, contact)| {
            let contact = NameAddr::parse(contact.as_bytes()).ok()?;
            contact.params.value("expires")?.parse().ok()
        });
        if let Some(longest) = expires.max() {
            self.turn.out.keep(connection, Duration::from_secs(longest));
        }
    }
}
