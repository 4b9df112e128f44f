//! What a server does with Via: marks the top one of a request with where it really came from,
//! names transactions by it, and writes its own.

use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};

use sip_message::{Host, Method, Name, Request, Via};

use crate::names::Secret;

/// Begins every branch of RFC 3261 (§8.1.1.7).
const MAGIC_COOKIE: &str = "z9hG4bK";

/// The top Via with `received`, and a value for `rport` where the client asks (RFC 3261
/// §18.2.1, RFC 3581 §4). What the client says of itself in these two is overwritten. `None`
/// when it is good as it came.
pub(crate) fn marked(request: &Request, via: &Via<'_>) -> Option<String> {
    let source = request.arrival().flow.remote;
    let asks_rport = via.rport().is_some();
    let tells_truth = via.host.ip() == Some(source.ip());
    if tells_truth && !asks_rport && !via.params.has("received") {
        return None;
    }
    let value = request.list(Name::Via).next()?;
    let value = std::str::from_utf8(value).ok()?;
    let sent_by = value.split(';').next().unwrap_or(value).trim_end();
    let mut marked = String::with_capacity(value.len() + 48);
    marked.push_str(sent_by);
    for (name, value) in via.params.iter() {
        if name.eq_ignore_ascii_case("received") {
            continue;
        }
        marked.push(';');
        marked.push_str(name);
        if name.eq_ignore_ascii_case("rport") {
            marked.push('=');
            push_decimal(&mut marked, source.port());
        } else if let Some(value) = value {
            marked.push('=');
            marked.push_str(value);
        }
    }
    if asks_rport || !tells_truth {
        marked.push_str(";received=");
        push_ip(&mut marked, source.ip());
    }
    Some(marked)
}

/// The server transaction a request belongs to (§17.2.3): branch, sent-by and method, an ACK
/// and a CANCEL counting as the INVITE's. The source address counts too, so that nobody else
/// is told what a transaction answered. Without the magic cookie, the request itself is taken.
/// `None` only for a malformed request.
pub(crate) fn transaction_key(
    request: &Request,
    via: &Via<'_>,
    method: &Method,
    secret: &Secret,
) -> Option<u64> {
    let source = octets(request.arrival().flow.remote.ip());
    let method = match method {
        Method::Ack => Method::Invite.as_str(),
        method => method.as_str(),
    };
    if let Some(branch) = via.unique_branch() {
        let address = via.host.ip().map(octets);
        let host = match (&address, via.host) {
            (Some(octets), _) => &octets[..],
            (None, Host::Name(name)) => name.as_bytes(),
            (None, _) => &[],
        };
        let port = via.port.unwrap_or(5060).to_be_bytes();
        let parts = [branch.as_bytes(), host, &port, method.as_bytes(), &source];
        return Some(secret.sign("transaction", &parts));
    }
    let parts = [
        request.list(Name::Via).next()?,
        &request.cseq().ok()?.number.to_be_bytes(),
        request.from().ok()?.tag().unwrap_or_default().as_bytes(),
        request.call_id().ok()?.as_bytes(),
        request.uri_text().as_bytes(),
        method.as_bytes(),
        &source,
    ];
    Some(secret.sign("transaction of RFC 2543", &parts))
}

fn octets(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    }
}

/// Writes an address as a host and port of SIP, the default port left out as is the custom.
pub(crate) fn push_host_port(out: &mut String, address: SocketAddr) {
    let is_v6 = address.is_ipv6();
    if is_v6 {
        out.push('[');
    }
    push_ip(out, address.ip());
    if is_v6 {
        out.push(']');
    }
    if address.port() != 5060 {
        out.push(':');
        push_decimal(out, address.port());
    }
}

fn push_ip(out: &mut String, address: IpAddr) {
    match address {
        IpAddr::V4(v4) => {
            for (place, octet) in v4.octets().into_iter().enumerate() {
                if place > 0 {
                    out.push('.');
                }
                push_decimal(out, octet.into());
            }
        }
        IpAddr::V6(v6) => {
            let _ = write!(out, "{v6}"); // writing to a String cannot fail
        }
    }
}

/// Writes a number without the machinery of `fmt`, which costs more than the rest of a Via.
fn push_decimal(out: &mut String, number: u16) {
    let mut rest = number;
    let mut digits = [b'0'; 5];
    let mut start = digits.len();
    while let Some(place) = start.checked_sub(1) {
        start = place;
        digits[place] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend(digits[start..].iter().map(|digit| *digit as char));
}

/// A branch of ours: the key of its client transaction, and the loop mark of the request.
pub(crate) fn branch(key: u64, loop_mark: u64) -> String {
    let mut branch = String::with_capacity(MAGIC_COOKIE.len() + 33);
    branch.push_str(MAGIC_COOKIE);
    push_hex(&mut branch, key);
    branch.push('.');
    push_hex(&mut branch, loop_mark);
    branch
}

/// The branch of a request that passes without a transaction.
pub(crate) fn stateless_branch(key: u64) -> String {
    let mut branch = String::with_capacity(MAGIC_COOKIE.len() + 16);
    branch.push_str(MAGIC_COOKIE);
    push_hex(&mut branch, key);
    branch
}

/// The key that a branch of ours carries.
pub(crate) fn key_of(branch: &str) -> Option<u64> {
    parse_branch(branch).map(|(key, _)| key)
}

/// The key and the mark that a branch of ours carries.
pub(crate) fn parse_branch(branch: &str) -> Option<(u64, u64)> {
    let (key, mark) = branch.strip_prefix(MAGIC_COOKIE)?.split_once('.')?;
    Some((parse_hex(key)?, parse_hex(mark)?))
}

/// Sixteen hexadecimal digits and nothing else.
pub(crate) fn parse_hex(text: &str) -> Option<u64> {
    let digits = text.as_bytes().iter();
    let number = digits.filter_map(|digit| char::from(*digit).to_digit(16));
    let read = number.fold((0, 0), |(count, number), digit| {
        (count + 1, number << 4 | u64::from(digit))
    });
    (text.len() == 16 && read.0 == 16).then_some(read.1)
}

/// Writes sixteen hexadecimal digits.
pub(crate) fn push_hex(out: &mut String, number: u64) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |place: u32| DIGITS[(number >> (place * 4) & 15) as usize] as char;
    out.extend((0..16).rev().map(digit));
}
