//! The messages of the tests, written out.

use super::recorded::{Peer, Sent};

/// A request of a peer: over its transport, from user `a` to the Request-URI.
pub(crate) fn request(peer: Peer, method: &str, uri: &str, branch: &str) -> String {
    let (transport, host) = (peer.0.transport, peer.0.remote);
    format!(
        "{method} {uri} SIP/2.0\r\n\
         Via: SIP/2.0/{transport} {host};branch={branch}\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:a@example.com>;tag=from-a\r\n\
         To: <{uri}>\r\n\
         Call-ID: call-1\r\n\
         CSeq: 1 {method}\r\n\
         Contact: <sip:a@{host}>\r\n\
         Content-Length: 0\r\n\r\n"
    )
}

/// An INVITE of a peer to a user of the server.
pub(crate) fn invite(peer: Peer, user: &str) -> String {
    let uri = format!("sip:{user}@192.0.2.1");
    request(peer, "INVITE", &uri, "z9hG4bK-invite")
}

/// The same request by another method: a CANCEL for an INVITE, an ACK to a refusal.
pub(crate) fn as_method(request: &str, method: &str) -> String {
    let old = request.split(' ').next().unwrap();
    request
        .replace(&format!("{old} "), &format!("{method} "))
        .replace(&format!("1 {old}"), &format!("1 {method}"))
}

/// With a further header field before the last.
pub(crate) fn with(message: &str, field: &str) -> String {
    message.replacen("Content-Length", &format!("{field}\r\nContent-Length"), 1)
}

/// With a tag in To.
pub(crate) fn to_tagged(message: &str, tag: &str) -> String {
    let lines = message
        .split("\r\n")
        .map(|line| match line.strip_prefix("To: ") {
            Some(_) => format!("{line};tag={tag}"),
            None => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\r\n")
}

/// What a peer answers to a request it was sent.
pub(crate) fn response(to: &Sent, status: u16, reason: &str, tag: &str) -> String {
    let mut out = format!("SIP/2.0 {status} {reason}\r\n");
    for name in ["Via", "Record-Route", "From", "To", "Call-ID", "CSeq"] {
        for value in to.all(name) {
            let tag = match name {
                "To" if status > 100 && !value.contains(";tag=") => format!(";tag={tag}"),
                _ => String::new(),
            };
            out.push_str(&format!("{name}: {value}{tag}\r\n"));
        }
    }
    if (101..300).contains(&status) {
        let target = to.start().split(' ').nth(1).unwrap_or_default();
        out.push_str(&format!("Contact: <{target}>\r\n"));
    }
    out.push_str("Content-Length: 0\r\n\r\n");
    out
}
