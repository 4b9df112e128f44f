//! What a server does with Via: marks the top one of a request with where it really came from,
//! and names the transaction by it.

use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};

use sip_message::{Host, Method, Name, ParseError, Request};

use crate::names::Secret;

/// Begins every branch of RFC 3261 (§8.1.1.7).
pub(crate) const MAGIC_COOKIE: &str = "z9hG4bK";

/// Adds `received`, and a value to `rport` where the client asks (RFC 3261 §18.2.1,
/// RFC 3581 §4). What the client says of itself in these two is overwritten.
pub(crate) fn mark_source(request: &mut Request) -> Result<(), ParseError> {
    let source = request.arrival().flow.remote;
    let via = request.top_via()?;
    let asks_rport = via.rport().is_some();
    let tells_truth = via.host.ip() == Some(source.ip());
    if tells_truth && !asks_rport && !via.params.has("received") {
        return Ok(());
    }
    let value = request.list(Name::Via).next().unwrap_or_default();
    let value = String::from_utf8_lossy(value);
    let mut marked = value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_owned();
    for (name, value) in via.params.iter() {
        // Writing to a String cannot fail.
        let _ = match value {
            _ if name.eq_ignore_ascii_case("received") => Ok(()),
            _ if name.eq_ignore_ascii_case("rport") => write!(marked, ";rport={}", source.port()),
            Some(value) => write!(marked, ";{name}={value}"),
            None => write!(marked, ";{name}"),
        };
    }
    if asks_rport || !tells_truth {
        let _ = write!(marked, ";received={}", source.ip());
    }
    request.set_first(Name::Via, &marked);
    Ok(())
}

/// The server transaction a request belongs to (§17.2.3): branch, sent-by and method, an ACK
/// and a CANCEL counting as the INVITE's. The source address counts too, so that nobody else
/// is told what a transaction answered. Without the magic cookie, the request itself is taken.
pub(crate) fn transaction_key(
    request: &Request,
    method: &Method,
    secret: &Secret,
) -> Result<u64, ParseError> {
    let via = request.top_via()?;
    let source = request.arrival().flow.remote;
    let method = if *method == Method::Ack {
        &Method::Invite
    } else {
        method
    };
    let branch = via.branch();
    if branch.len() > MAGIC_COOKIE.len() && branch.starts_with(MAGIC_COOKIE) {
        let (address, source) = (via.host.ip().map(octets), octets(source.ip()));
        let host = match (&address, via.host) {
            (None, Host::Name(name)) => name.as_bytes(),
            (address, _) => address.as_ref().map_or(&[][..], |octets| octets),
        };
        let port = via.port.unwrap_or(5060).to_be_bytes();
        let parts = [
            branch.as_bytes(),
            host,
            &port,
            method.as_str().as_bytes(),
            &source,
        ];
        return Ok(secret.sign("transaction", &parts));
    }
    let via = request.list(Name::Via).next().unwrap_or_default();
    let number = request.cseq()?.number.to_be_bytes();
    let tag = request.from()?.tag().unwrap_or_default();
    let call_id = request.call_id()?;
    let parts = [
        via,
        &number[..],
        tag.as_bytes(),
        call_id.as_bytes(),
        request.uri_text().as_bytes(),
        method.as_str().as_bytes(),
    ];
    Ok(secret.sign("transaction of RFC 2543", &parts))
}

fn octets(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    }
}

/// An address as a host and port of SIP, the default port left out as is the custom.
pub(crate) fn host_port(address: SocketAddr) -> String {
    match (address.port(), address) {
        (5060, SocketAddr::V6(v6)) => format!("[{}]", v6.ip()),
        (5060, SocketAddr::V4(v4)) => v4.ip().to_string(),
        _ => address.to_string(),
    }
}
