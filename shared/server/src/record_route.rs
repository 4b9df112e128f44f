//! Record-Route and what proves it ours (RFC 3261 §16.6 step 4, §16.4, §16.12).
//!
//! The URI through which a call is to come back carries a signed token: since when the call is on,
//! whose requests it carries, and where to, which is the other phone's Contact. The signature
//! covers the call and the Routes behind ours, too. The callee's way is known when the INVITE
//! passes, the caller's when the answer does, in which the token is signed again (§16.7 step 8).
//! So a Route of this server leads to the other end of its call and nowhere else. Whether the
//! call goes on, and whether that end has moved, is for the table of calls. On a stream the URI
//! also names the connection (a flow token, RFC 5626 §5.2): the phone behind it is reached over
//! that one alone.

use std::net::SocketAddr;

use sip_message::{
    Connection, Flow, HeaderName, Message, NameAddr, Params, Request, Response, Transport, Uri,
};
use std::time::Instant;

use crate::call_token::{FirstHop, Side, Token, call_key, dialog_key, place};
use crate::calls::{Begun, Calls, Leads, Proof};
use crate::keys::CallKey;
use crate::myself::{Myself, Secret};
use crate::text::{parse_hex, push_hex, push_host_port};

/// Routes behind ours that a way may have; no call that passed here has more.
const MAX_ROUTES: usize = 16;

/// A Record-Route value of ours.
pub(crate) struct RecordRoute {
    /// The value, brackets and all.
    pub(crate) text: String,
    pub(crate) signed: Signed,
}

/// How a Record-Route of ours left.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed {
    /// By which it is known again in a response.
    signature: u64,
    /// The one it names: what a response names in its place is the callee's word.
    step: FirstHop,
}

/// The Record-Route values for a request that came by `from` and leaves by `to`, the one nearer
/// to the caller first. One says both where both sides look alike, else each side gets its own
/// (RFC 5658). They are signed for the callee, whose requests go to the caller's Contact.
pub(crate) fn record_routes(
    myself: &Myself,
    begun: &Begun,
    request: &Request,
    from: &Flow,
    to: &Flow,
) -> Vec<RecordRoute> {
    let token = begun.token(Side::Callee, place(myself.secret(), contact(request)));
    let before = request.list(HeaderName::RecordRoute).map(uri_of);
    let mut behind: Vec<&str> = before.take(MAX_ROUTES).collect();
    let near = signed_route(myself.secret(), begun.call, &token, from, &behind);
    let alike = from.transport == to.transport
        && from.local == to.local
        && from.connection.is_none()
        && to.connection.is_none();
    if alike {
        return vec![near];
    }
    behind.insert(0, uri_of(near.text.as_bytes()));
    let far = signed_route(myself.secret(), begun.call, &token, to, &behind);
    vec![near, far]
}

fn signed_route(
    secret: &Secret,
    call: CallKey,
    token: &Token,
    flow: &Flow,
    behind: &[&str],
) -> RecordRoute {
    let step = FirstHop::of(flow);
    let mut text = String::with_capacity(128);
    text.push_str("<sip:");
    push_host_port(&mut text, flow.local);
    if flow.transport == Transport::Tcp {
        text.push_str(";transport=tcp");
    }
    text.push_str(";lr;call=");
    let signature = token.sign(secret, call, step, behind);
    token.push(&mut text, signature);
    if let Some(Connection(number)) = step.over {
        text.push_str(";flow=");
        push_hex(&mut text, number);
    }
    text.push('>');
    let signed = Signed { signature, step };
    RecordRoute { text, signed }
}

/// Signs our Record-Routes in a response for the caller, whose requests go to the callee's
/// Contact (§16.7 step 8). They are known by the signatures they left with; nothing else of the
/// response changes.
pub(crate) fn sign_for_caller(
    secret: &Secret,
    begun: &Begun,
    ours: &[Signed],
    response: &mut Response,
) {
    let mut token = None;
    let mut changes = Vec::new();
    let fields = response.list(HeaderName::RecordRoute).take(MAX_ROUTES);
    let values: Vec<&[u8]> = fields.collect();
    for (at, value) in values.iter().enumerate() {
        let Some((signed, ours)) = signed_by_us(value, ours) else {
            continue;
        };
        let sign = || -> Token { begun.token(Side::Caller, place(secret, contact(response))) };
        let token = token.get_or_insert_with(sign);
        let before = values[..at].iter().rev();
        let behind: Vec<&str> = before.map(|value| uri_of(value)).collect();
        let mut after = String::with_capacity(signed.len());
        let signature = token.sign(secret, begun.call, ours.step, &behind);
        token.push(&mut after, signature);
        changes.push((response.place_of(signed.as_bytes()), after));
    }
    for (place, after) in changes {
        response.overwrite(place, &after);
    }
}

/// The token in a Record-Route, and which of ours it is by its signature.
fn signed_by_us<'a>(value: &'a [u8], ours: &'a [Signed]) -> Option<(&'a str, &'a Signed)> {
    let known = |text: &'a str| {
        let (_, signature) = Token::parse(text)?;
        let ours = ours.iter().find(|ours| ours.signature == signature)?;
        Some((text, ours))
    };
    // Nearly always it is as we wrote it, and the value need not be read as an address.
    let as_written = memchr::memmem::find(value, b";call=").and_then(|at| {
        let text = value.get(at + ";call=".len()..)?.get(..Token::LENGTH)?;
        known(std::str::from_utf8(text).ok()?)
    });
    as_written.or_else(|| known(Route::read(value).param("call")?))
}

/// A value of Route or Record-Route.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Route<'a> {
    /// The URI; empty when the value cannot be read.
    pub(crate) uri: &'a str,
    /// Its parameters, if it is a SIP URI.
    of_uri: Params<'a>,
    /// The address that it names, if any.
    address: Option<SocketAddr>,
    /// The parameters behind it. Some phones and servers write those of the URI there, with the
    /// brackets in the wrong place or none.
    of_value: Params<'a>,
}

impl<'a> Route<'a> {
    /// Reads a value.
    pub(crate) fn read(value: &'a [u8]) -> Self {
        let Ok(address) = NameAddr::parse(value) else {
            return Self::default();
        };
        Self {
            of_value: address.params,
            ..Self::of_uri(address.uri)
        }
    }

    /// A URI alone, as a strict router writes it.
    pub(crate) fn of_uri(uri: &'a str) -> Self {
        let parsed = Uri::parse(uri).ok();
        let sip = parsed.as_ref().and_then(Uri::sip);
        let address = sip.and_then(|sip| Some((sip.host.ip()?, sip.port_or_default()).into()));
        Self {
            uri,
            of_uri: sip.map(|sip| sip.params).unwrap_or_default(),
            address,
            of_value: Params::default(),
        }
    }

    fn param(&self, name: &str) -> Option<&'a str> {
        let of_value = || self.of_value.value(name);
        self.of_uri.value(name).or_else(of_value)
    }

    /// The connection that it names.
    fn connection(&self) -> Option<Connection> {
        self.param("flow").and_then(parse_hex).map(Connection)
    }

    /// The first step of the way that it leads.
    fn step(&self) -> FirstHop {
        FirstHop::new(self.connection(), self.address.map(|address| address.ip()))
    }
}

/// What a Route of this server is good for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OwnRoute {
    /// It proves the request to be inside its call.
    Inside {
        proof: Proof,
        /// The call leads over this connection, if any,
        connection: Option<Connection>,
        /// and leaves from this address of ours.
        local: Option<SocketAddr>,
    },
    /// It is signed for the call, which is over, or has no such end any more.
    Over,
    /// It names this server, and proves nothing.
    Unsigned,
}

/// A request whose Routes are read.
pub(crate) struct Asking<'a> {
    pub(crate) myself: &'a Myself,
    pub(crate) calls: &'a Calls,
    pub(crate) request: &'a Request,
    pub(crate) now: Instant,
}

impl Asking<'_> {
    /// Reads a Route that is ours: by its signature, or because it names us. `target` and `behind`
    /// are the way the request takes from it.
    pub(crate) fn own(
        &self,
        route: &Route<'_>,
        target: &str,
        behind: &[Route<'_>],
    ) -> Option<OwnRoute> {
        if let Some(proof) = self.proof(route, behind) {
            let (request, target) = (self.request, place(self.myself.secret(), target));
            let at = request.arrival().at;
            let leads = self
                .calls
                .leads(&proof, request.method(), target, at, self.now);
            let connection = match leads {
                Some(Leads::AsSigned) => route.connection(),
                Some(Leads::Over(connection)) => connection,
                None => return Some(OwnRoute::Over),
            };
            let local = route.address;
            return Some(OwnRoute::Inside {
                proof,
                connection,
                local,
            });
        }
        let uri = Uri::parse(route.uri).ok()?;
        let flow = &self.request.arrival().flow;
        self.myself
            .is_myself(&uri, flow)
            .then_some(OwnRoute::Unsigned)
    }

    /// What a Route proves. The caller's tag is in From on the way to the callee and in To on the
    /// way back.
    fn proof(&self, route: &Route<'_>, behind: &[Route<'_>]) -> Option<Proof> {
        let (token, signature) = Token::parse(route.param("call")?)?;
        let (callers, callees) = match token.side {
            Side::Caller => (HeaderName::From, HeaderName::To),
            Side::Callee => (HeaderName::To, HeaderName::From),
        };
        if behind.len() > MAX_ROUTES {
            return None;
        }
        let secret = self.myself.secret();
        let call = call_key(
            secret,
            self.request.call_id().ok()?,
            self.request.tag(callers)?,
        );
        let behind: Vec<&str> = behind.iter().map(|route| route.uri).collect();
        if token.sign(secret, call, route.step(), &behind) != signature {
            return None;
        }
        let dialog = dialog_key(secret, call, self.request.tag(callees).unwrap_or_default());
        Some(Proof {
            call,
            dialog,
            token,
        })
    }
}

/// The Contact of a request or response that begins a call; empty where there is none. What else
/// the header field says is for a registrar.
pub(crate) fn contact(message: &Message) -> &str {
    message.list(HeaderName::Contact).next().map_or("", uri_of)
}

/// The URI of a Route or Record-Route; empty when it cannot be read.
pub(crate) fn uri_of(value: &[u8]) -> &str {
    NameAddr::parse(value).map_or("", |address| address.uri)
}
