//! Where a request goes next (RFC 3261 §16.6 steps 6 and 7, RFC 3263 without NAPTR and SRV).

use std::net::SocketAddr;

use sip_message::{Connection, Host, Target, Transport, Uri};

use crate::request::Request;
use crate::text::push_params;

/// One branch before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The Request-URI the branch will have.
    pub uri: String,
    /// The connection it is sent over, while that is open: the phone registered over it, or the
    /// Route of the call names it.
    pub over: Option<Connection>,
    /// Where it is sent otherwise.
    pub to: Destination,
    /// The address of ours that it leaves from: the one its phone registered at, or that of the
    /// Route which led here.
    pub local: Option<SocketAddr>,
    /// The Request-URI instead when the next hop is a strict router of RFC 2543: it wants
    /// itself there, and `uri` as the last Route (§16.6 step 6).
    pub router: Option<String>,
    /// True inside a call. Such a request is never sent to this server itself: a packet from one
    /// of our own addresses could be trusted more than the one it was made from.
    pub is_in_dialog: bool,
}

/// Where a hop leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// To an address.
    Address(Transport, SocketAddr),
    /// To a host and port. The host's address must be looked up first.
    Name(Transport, String, u16),
    /// Nowhere this server can reach, and why.
    Nowhere(&'static str),
}

/// The branches of a request, one a target: to its first Route if one is left, else to the
/// target itself.
pub(crate) fn hops(request: &Request, targets: &[Target]) -> Vec<Hop> {
    let route = request.routes().next().map(|route| match route {
        Ok(route) => match Uri::parse(route.uri) {
            Ok(uri) => {
                // Some servers write the URI's parameters behind its brackets.
                let is_loose =
                    uri.sip().is_some_and(|uri| uri.params.has("lr")) || route.params.has("lr");
                let router = (!is_loose).then(|| request_uri(route.uri, &uri));
                (destination_of(&uri), router)
            }
            Err(_) => (Destination::Nowhere("the Route is not a URI"), None),
        },
        Err(_) => (Destination::Nowhere("the Route cannot be read"), None),
    });
    let is_in_dialog = request.notes.is_in_dialog;
    let hop = |target: &Target| {
        let Ok(uri) = Uri::parse(&target.uri) else {
            return Hop {
                uri: target.uri.clone(),
                over: None,
                to: Destination::Nowhere("the target is not a URI"),
                local: None,
                router: None,
                is_in_dialog,
            };
        };
        let ((over, to), router) = match &route {
            Some((to, router)) => ((None, to.clone()), router.clone()),
            // A connection that the Route of a call names leads to the phone behind it.
            None if is_in_dialog => ((request.notes.next_flow, destination_of(&uri)), None),
            None => (way_to(target, &uri), None),
        };
        Hop {
            uri: request_uri(&target.uri, &uri),
            over,
            to,
            local: target.local,
            router,
            is_in_dialog,
        }
    };
    targets.iter().map(hop).collect()
}

/// A target or a strict router as a Request-URI: without the headers that other URIs may have,
/// and without a method, for no Request-URI may hold either (RFC 3261 §19.1.1).
fn request_uri(text: &str, uri: &Uri<'_>) -> String {
    let Uri::Sip(uri) = uri else {
        return text.to_owned();
    };
    let headers = uri.headers.map_or(0, |headers| headers.len() + 1);
    let bare = &text[..text.len() - headers];
    if !uri.params.has("method") {
        return bare.to_owned();
    }
    let mut kept = bare[..bare.len() - uri.params.as_str().len()].to_owned();
    push_params(&mut kept, uri.params, &["method"]);
    kept
}

/// The flow of a target leads over its connection, or to its remote address over UDP.
fn way_to(target: &Target, uri: &Uri<'_>) -> (Option<Connection>, Destination) {
    match target.flow {
        Some(flow) if flow.connection.is_none() => {
            (None, Destination::Address(flow.transport, flow.remote))
        }
        flow => (flow.and_then(|flow| flow.connection), destination_of(uri)),
    }
}

fn destination_of(uri: &Uri<'_>) -> Destination {
    let Some(uri) = uri.sip() else {
        return Destination::Nowhere("only SIP URIs can be reached");
    };
    if uri.secure {
        return Destination::Nowhere("sips needs TLS, which this server does not speak");
    }
    let transport = match uri.params.value("transport") {
        None => Transport::Udp,
        Some(token) => match Transport::from_token(token) {
            Some(transport) => transport,
            None => return Destination::Nowhere("its transport is neither UDP nor TCP"),
        },
    };
    let port = uri.port_or_default();
    // §19.1.1: maddr overrides the host as the address to send to.
    let maddr = uri
        .params
        .value("maddr")
        .and_then(|maddr| Host::parse(maddr).ok());
    match maddr.unwrap_or(uri.host) {
        Host::Name(name) => Destination::Name(transport, name.to_owned(), port),
        host => match host.ip() {
            Some(ip) => Destination::Address(transport, SocketAddr::new(ip, port)),
            None => Destination::Nowhere("the host is not an address"),
        },
    }
}
