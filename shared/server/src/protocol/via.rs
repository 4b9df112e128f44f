//! What a server does with Via: marks the top one of a request with where it really came from,
//! names transactions by it, and writes its own.

use std::net::{IpAddr, SocketAddr};

use sip_message::{HeaderName, Host, Method, Request, Via};

use crate::keys::{ClientKey, LoopMark, ServerKey};
use crate::myself::Secret;
use crate::text::{parse_hex, push_decimal, push_hex, push_ip};

/// Begins every branch of RFC 3261 (§8.1.1.7).
const MAGIC_COOKIE: &str = "z9hG4bK";

/// The top Via with `received`, and a value for `rport` where the client asks (RFC 3261
/// §18.2.1, RFC 3581 §4). What the client says of itself in these two is overwritten. `None`
/// when it is good as it came.
pub(crate) fn marked(via: &Via<'_>, source: SocketAddr) -> Option<String> {
    let tells_truth = via.host.ip() == Some(source.ip());
    let (mut asks_rport, mut has_received) = (false, false);
    let length = via.before_params.len() + via.params.as_str().len();
    let mut marked = String::with_capacity(length + 48);
    marked.push_str(via.before_params);
    for (name, value) in via.params.iter() {
        let is_rport = name.eq_ignore_ascii_case("rport");
        if name.eq_ignore_ascii_case("received") {
            has_received = true;
            continue;
        }
        if is_rport && asks_rport {
            continue; // each would grow by a port
        }
        marked.push(';');
        marked.push_str(name);
        if is_rport {
            asks_rport = true;
            marked.push('=');
            push_decimal(&mut marked, source.port());
        } else if let Some(value) = value {
            marked.push('=');
            marked.push_str(value);
        }
    }
    if tells_truth && !asks_rport && !has_received {
        return None;
    }
    if asks_rport || !tells_truth {
        marked.push_str(";received=");
        push_ip(&mut marked, source.ip());
    }
    Some(marked)
}

/// Marks the top Via of a request that came from `source`.
pub(crate) fn mark(request: &mut Request, source: SocketAddr) {
    let marked = request.top_via().ok().and_then(|via| marked(&via, source));
    if let Some(marked) = marked {
        request.set_first(HeaderName::Via, &marked);
    }
}

/// The server transaction a request belongs to (§17.2.3): branch, sent-by and method, an ACK
/// and a CANCEL counting as the INVITE's. The source address counts too, so that nobody else
/// gets what a transaction answered. `branch` is the Via's unique one; without it, the request itself is taken.
/// `None` only for a malformed request.
pub(crate) fn transaction_key(
    request: &Request,
    via: &Via<'_>,
    branch: Option<&str>,
    method: &Method,
    secret: &Secret,
) -> Option<ServerKey> {
    let source = octets(request.arrival().flow.remote.ip());
    let method = match method {
        Method::Ack => Method::Invite.as_str(),
        method => method.as_str(),
    };
    if let Some(branch) = branch {
        let address = via.host.ip().map(octets);
        let host = match (&address, via.host) {
            (Some(octets), _) => &octets[..],
            (None, Host::Name(name)) => name.as_bytes(),
            (None, _) => &[],
        };
        let port = via.port.unwrap_or(5060).to_be_bytes();
        let parts = [branch.as_bytes(), host, &port, method.as_bytes(), &source];
        return Some(ServerKey(secret.sign("transaction", &parts)));
    }
    let parts = [
        request.list(HeaderName::Via).next()?,
        &request.cseq().ok()?.number.to_be_bytes(),
        request.from().ok()?.tag().unwrap_or_default().as_bytes(),
        request.call_id().ok()?.as_bytes(),
        request.uri_text().as_bytes(),
        method.as_bytes(),
        &source,
    ];
    Some(ServerKey(secret.sign("transaction of RFC 2543", &parts)))
}

fn octets(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    }
}

/// A branch of ours: the key of its client transaction, for an ACK that of the ACK, and the loop
/// mark of the request.
pub(crate) fn branch(key: ClientKey, mark: LoopMark) -> String {
    let mut branch = String::with_capacity(MAGIC_COOKIE.len() + 33);
    branch.push_str(MAGIC_COOKIE);
    push_hex(&mut branch, key.0);
    branch.push('.');
    push_hex(&mut branch, mark.0);
    branch
}

/// The key that a branch of ours carries.
pub(crate) fn key_of(branch: &str) -> Option<ClientKey> {
    parse_branch(branch).map(|(key, _)| key)
}

/// The key and the mark that a branch of ours carries.
pub(crate) fn parse_branch(branch: &str) -> Option<(ClientKey, LoopMark)> {
    let (key, mark) = branch.strip_prefix(MAGIC_COOKIE)?.split_once('.')?;
    Some((ClientKey(parse_hex(key)?), LoopMark(parse_hex(mark)?)))
}
