//! Requests a proxy makes out of the INVITE it sent: the ACK to a refusal (RFC 3261 §17.1.1.3)
//! and the CANCEL (§9.1).

use std::net::{Ipv4Addr, SocketAddr};
use std::time::SystemTime;

use sip_message::{Arrival, Flow, HeaderName, Method, Packet, Request, parse};

/// Same Request-URI, top Via, Route, From, Call-ID and CSeq number; `to` where the response
/// added a tag. `None` only if the INVITE cannot be read, as what this server sent always can.
pub(crate) fn derived_request(
    invite: &[u8],
    method: &Method,
    to: Option<&[u8]>,
) -> Option<Vec<u8>> {
    let invite = reread(invite)?;
    let mut out = Vec::with_capacity(512);
    let mut line = |pieces: &[&[u8]]| {
        pieces.iter().for_each(|piece| out.extend_from_slice(piece));
        out.extend_from_slice(b"\r\n");
    };
    line(&[
        method.as_str().as_bytes(),
        b" ",
        invite.uri_text().as_bytes(),
        b" SIP/2.0",
    ]);
    line(&[
        b"Via: ",
        invite.list(HeaderName::Via).next().unwrap_or_default(),
    ]);
    for route in invite.raw(HeaderName::Route) {
        line(&[b"Route: ", route]);
    }
    line(&[
        b"Max-Forwards: ",
        invite.value(HeaderName::MaxForwards).unwrap_or(b"70"),
    ]);
    line(&[
        b"From: ",
        invite.value(HeaderName::From).unwrap_or_default(),
    ]);
    line(&[
        b"To: ",
        to.or(invite.value(HeaderName::To)).unwrap_or_default(),
    ]);
    line(&[
        b"Call-ID: ",
        invite.value(HeaderName::CallId).unwrap_or_default(),
    ]);
    let number = invite.cseq().map_or(0, |cseq| cseq.number).to_string();
    line(&[
        b"CSeq: ",
        number.as_bytes(),
        b" ",
        method.as_str().as_bytes(),
    ]);
    line(&[b"Content-Length: 0"]);
    line(&[]);
    Some(out)
}

/// A request this server has printed, read again; its arrival is lost.
pub(crate) fn reread(bytes: &[u8]) -> Option<Request> {
    let nowhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let flow = Flow::udp(nowhere, nowhere);
    match parse(
        bytes.to_vec(),
        Arrival {
            flow,
            at: SystemTime::UNIX_EPOCH,
        },
    ) {
        Ok(Packet::Request(request)) => Some(request),
        _ => None,
    }
}
