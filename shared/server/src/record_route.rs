//! Record-Route and what proves it ours (RFC 3261 §16.6 step 4, §16.4, §16.12).
//!
//! The URI a call is told to come back through carries a signature over the call's Call-ID, the
//! caller's tag, and the way a request takes from here: the other phone's Contact and the Routes
//! behind ours. The callee's way is known when the INVITE passes, the caller's when the answer
//! does, in which the signature is written anew (§16.7 step 8). So a Route of this server leads
//! to the other end of its call and nowhere else, and nothing has to be remembered. On a stream it
//! also names the connection (a flow token, RFC 5626 §5.2): the phone behind it is reached over it
//! and no other.

use std::net::{IpAddr, SocketAddr};

use sip_message::{
    Connection, Flow, Message, Name, NameAddr, Params, Request, Response, Scope, Transport, Uri,
};

use crate::names::{Names, Secret};
use crate::text::{parse_hex, push_decimal, push_hex, push_host_port};

/// Routes behind ours that a way may have; no call that passed here has more.
const MAX_ROUTES: usize = 16;

/// A Record-Route value of ours.
pub(crate) struct RecordRoute {
    /// The value, brackets and all.
    pub(crate) text: String,
    pub(crate) left: Left,
}

/// How a Record-Route of ours left.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Left {
    /// By which it is known again in a response.
    signature: u64,
    /// The one it names: what a response names in its place is the callee's word.
    side: Side,
}

/// A side of a call, as the Route that leads to it says.
#[derive(Debug, Clone, Copy)]
struct Side {
    /// The connection to it, on a stream.
    connection: Option<Connection>,
    /// Whether loopback or a link leads to it ([`nearness`]).
    nearness: &'static str,
}

impl Side {
    /// The side that a flow leads to.
    fn of(flow: &Flow) -> Self {
        Self {
            connection: flow.connection,
            nearness: nearness(flow.local.ip()),
        }
    }
}

/// What of our end of a side is signed: nobody may move a call to loopback or to a link by writing
/// such an address into the Route. Other addresses may change, as a NAT in front of us may do it.
fn nearness(local: IpAddr) -> &'static str {
    match Scope::of(local) {
        Scope::Loopback => "loopback",
        Scope::LinkLocal => "link",
        Scope::NotOneMachine | Scope::Private | Scope::Global => "",
    }
}

/// The Record-Route values for a request that came by `from` and leaves by `to`, the one nearer
/// to the caller first. One says both where both sides look alike, else each side gets its own
/// (RFC 5658). They are signed for the callee, whose requests go to the caller's Contact.
pub(crate) fn record_routes(
    names: &Names,
    request: &Request,
    from: &Flow,
    to: &Flow,
) -> Vec<RecordRoute> {
    let call = Call {
        id: request.call_id().unwrap_or_default(),
        tag: request.tag(Name::From).unwrap_or_default(),
    };
    let contact = contact(request);
    let before = request.list(Name::RecordRoute).map(uri_of);
    let mut behind: Vec<&str> = before.take(MAX_ROUTES).collect();
    let near = route(names, &call, from, contact, &behind);
    let alike = from.transport == to.transport
        && from.local == to.local
        && from.connection.is_none()
        && to.connection.is_none();
    if alike {
        return vec![near];
    }
    behind.insert(0, uri_of(near.text.as_bytes()));
    let far = route(names, &call, to, contact, &behind);
    vec![near, far]
}

fn route(
    names: &Names,
    call: &Call<'_>,
    flow: &Flow,
    target: &str,
    behind: &[&str],
) -> RecordRoute {
    let side = Side::of(flow);
    let mut text = String::with_capacity(96);
    text.push_str("<sip:");
    push_host_port(&mut text, flow.local);
    if flow.transport == Transport::Tcp {
        text.push_str(";transport=tcp");
    }
    text.push_str(";lr;call=");
    let signature = call.sign(names.secret(), side, target, behind);
    push_hex(&mut text, signature);
    if let Some(Connection(number)) = side.connection {
        text.push_str(";flow=");
        push_hex(&mut text, number);
    }
    text.push('>');
    let left = Left { signature, side };
    RecordRoute { text, left }
}

/// Signs our Record-Routes in a response for the caller, whose requests go to the callee's
/// Contact (§16.7 step 8). They are known by the signatures they left with; nothing else of the
/// response changes.
pub(crate) fn sign_for_caller(secret: &Secret, ours: &[Left], response: &mut Response) {
    let call = Call {
        id: response.call_id().unwrap_or_default(),
        tag: response.tag(Name::From).unwrap_or_default(),
    };
    let (target, routes) = (contact(response), response.list(Name::RecordRoute));
    let mut behind = Vec::new();
    let mut changes = Vec::new();
    for uri in routes.map(uri_of).take(MAX_ROUTES) {
        let params = match Uri::parse(uri) {
            Ok(Uri::Sip(uri)) => uri.params,
            _ => Params::default(),
        };
        let signed = params.value("call").unwrap_or_default();
        let signature = parse_hex(signed);
        if let Some(left) = ours.iter().find(|left| Some(left.signature) == signature) {
            let mut anew = String::with_capacity(signed.len());
            push_hex(&mut anew, call.sign(secret, left.side, target, &behind));
            changes.push((signed.to_owned(), anew));
        }
        behind.insert(0, uri);
    }
    for (before, after) in changes {
        response.overwrite(Name::RecordRoute, &before, &after);
    }
}

/// What a Route of this server says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OwnRoute {
    /// It was made for this very call, and for the way that this request takes.
    pub(crate) is_signed: bool,
    /// The connection to the side it stands for.
    pub(crate) connection: Option<Connection>,
    /// The address of ours on that side, as the URI has it.
    pub(crate) local: Option<SocketAddr>,
}

/// Reads a URI that is ours: by its signature, or because it names us. `target` and `behind` are
/// the way the request takes from it.
pub(crate) fn own_uri(
    names: &Names,
    request: &Request,
    uri: &str,
    target: &str,
    behind: &[&str],
) -> Option<OwnRoute> {
    let uri = Uri::parse(uri).ok()?;
    let sip = *uri.sip()?;
    let params = sip.params;
    let local = sip.host.ip();
    let side = Side {
        connection: connection(params),
        nearness: local.map_or("", nearness),
    };
    let is_signed = is_signed(names.secret(), request, params, side, target, behind);
    if !is_signed && !names.is_myself(&uri, &request.arrival().flow) {
        return None;
    }
    let connection = side.connection.filter(|_| is_signed);
    let local = local.filter(|_| is_signed);
    Some(OwnRoute {
        is_signed,
        connection,
        local: local.map(|ip| SocketAddr::new(ip, sip.port_or_default())),
    })
}

/// The connection that a Route names.
fn connection(params: Params<'_>) -> Option<Connection> {
    params.value("flow").and_then(parse_hex).map(Connection)
}

/// The caller's tag is in From on the way to the callee and in To on the way back.
fn is_signed(
    secret: &Secret,
    request: &Request,
    params: Params<'_>,
    side: Side,
    target: &str,
    behind: &[&str],
) -> bool {
    let signature = params.value("call").and_then(parse_hex);
    let (Some(signature), Ok(id)) = (signature, request.call_id()) else {
        return false;
    };
    if behind.len() > MAX_ROUTES {
        return false;
    }
    let is_caller = |field| {
        let call = request.tag(field).map(|tag| Call { id, tag });
        call.is_some_and(|call| call.sign(secret, side, target, behind) == signature)
    };
    is_caller(Name::From) || is_caller(Name::To)
}

/// A call, by what is the same in all of its requests.
struct Call<'a> {
    id: &'a str,
    /// The caller's.
    tag: &'a str,
}

impl Call<'_> {
    /// Signs the way from here to `target` by the Routes `behind` ours, the first step of it over
    /// a connection where it is on a stream.
    fn sign(&self, secret: &Secret, side: Side, target: &str, behind: &[&str]) -> u64 {
        let mut token = side.nearness.to_owned();
        if let Some(Connection(number)) = side.connection {
            push_hex(&mut token, number);
        }
        let places = std::iter::once(&target).chain(behind);
        let places: Vec<[String; 2]> = places.map(|uri| place(uri)).collect();
        let mut parts = Vec::with_capacity(3 + 2 * places.len());
        parts.extend([self.id, self.tag, &token].map(str::as_bytes));
        parts.extend(places.iter().flatten().map(String::as_bytes));
        secret.sign("call", &parts)
    }
}

/// What of a URI says where a request goes, user and host: phones may drop other parameters of a
/// Contact or Record-Route when they write it into a request.
fn place(uri: &str) -> [String; 2] {
    let Ok(Uri::Sip(sip)) = Uri::parse(uri) else {
        return [String::new(), uri.to_owned()];
    };
    let mut host = sip.host.to_string().to_ascii_lowercase();
    host.push(':');
    push_decimal(&mut host, sip.port_or_default());
    let maddr = sip.params.value("maddr");
    host.extend(maddr.into_iter().flat_map(|maddr| [";", maddr]));
    [sip.unescaped_user().unwrap_or_default().into_owned(), host]
}

/// The Contact of a request or response that begins a call; empty where there is none. What else
/// the header field says is for a registrar.
fn contact(message: &Message) -> &str {
    message.list(Name::Contact).next().map_or("", uri_of)
}

/// The URI of a Route or Record-Route; empty when it cannot be read.
pub(crate) fn uri_of(value: &[u8]) -> &str {
    NameAddr::parse(value).map_or("", |address| address.uri)
}
