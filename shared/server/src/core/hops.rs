//! Where a request goes next (RFC 3261 §16.6 steps 6 and 7, RFC 3263 without NAPTR and SRV).

use std::net::SocketAddr;

use sip_message::{Flow, Host, Target, Transport, Uri};

use crate::request::Request;
use crate::text::push_params;

/// One branch before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The Request-URI the branch will have.
    pub uri: String,
    /// Where it is sent.
    pub next: Next,
    /// The address of ours that it leaves from: the one its phone registered at, or that of the
    /// Route which led here.
    pub local: Option<SocketAddr>,
    /// The Request-URI instead when the next hop is a strict router of RFC 2543: it wants
    /// itself there, and `uri` as the last Route (§16.6 step 6).
    pub router: Option<String>,
    /// Inside a call, which leads to a phone and never back to this server: what comes from one
    /// of its own addresses may be believed more than what it was made of.
    pub is_in_dialog: bool,
}

/// The next hop of a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Over a flow that is known, or to `Next::Address` of the URI when it is gone.
    Flow(Flow, Box<Next>),
    /// To an address.
    Address(Transport, SocketAddr),
    /// To the first of these addresses that this server has a way to: a host may have some of
    /// a family it does not listen on.
    FirstOf(Transport, Vec<SocketAddr>),
    /// To a host whose address must be looked up first.
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
                (next_of(&uri), router)
            }
            Err(_) => (Next::Nowhere("the Route is no URI"), None),
        },
        Err(_) => (Next::Nowhere("the Route cannot be read"), None),
    });
    let is_in_dialog = request.is_in_dialog;
    let hop = |target: &Target| {
        let Ok(uri) = Uri::parse(&target.uri) else {
            return Hop {
                uri: target.uri.clone(),
                next: Next::Nowhere("the target is no URI"),
                local: None,
                router: None,
                is_in_dialog,
            };
        };
        let (next, router) = match &route {
            Some(route) => route.clone(),
            None => (next_of_target(target, &uri), None),
        };
        let uri = request_uri(&target.uri, &uri);
        Hop {
            uri,
            next,
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

fn next_of_target(target: &Target, uri: &Uri<'_>) -> Next {
    match target.flow {
        Some(flow) => Next::Flow(flow, Box::new(next_of(uri))),
        None => next_of(uri),
    }
}

fn next_of(uri: &Uri<'_>) -> Next {
    let Some(uri) = uri.sip() else {
        return Next::Nowhere("only SIP URIs can be reached");
    };
    if uri.secure {
        return Next::Nowhere("sips needs TLS, which this server does not speak");
    }
    let transport = match uri.params.value("transport") {
        None => Transport::Udp,
        Some(token) => match Transport::from_token(token) {
            Some(transport) => transport,
            None => return Next::Nowhere("its transport is neither UDP nor TCP"),
        },
    };
    let port = uri.port_or_default();
    // §19.1.1: maddr overrides the host as the address to send to.
    let maddr = uri
        .params
        .value("maddr")
        .and_then(|maddr| Host::parse(maddr).ok());
    match maddr.unwrap_or(uri.host) {
        Host::Name(name) => Next::Name(transport, name.to_owned(), port),
        host => match host.ip() {
            Some(ip) => Next::Address(transport, SocketAddr::new(ip, port)),
            None => Next::Nowhere("the host is no address"),
        },
    }
}
