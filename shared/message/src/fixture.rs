//! What the tests of several crates share: a REGISTER, a flow, an arrival, and a way to parse them.
#![allow(
    clippy::expect_used,
    missing_docs,
    reason = "for tests: one that cannot go on fails"
)]

use std::time::{Duration, SystemTime};

use crate::arrival::{Arrival, Flow, Transport};
use crate::parse::{Packet, parse};
use crate::request::Request;
use crate::response::Response;

/// A request without a fault, for tests that add one.
pub const REGISTER: &str = "REGISTER sip:example.com SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
    From: <sip:10@example.com>;tag=1\r\n\
    To: <sip:10@example.com>\r\n\
    Call-ID: 7\r\n\
    CSeq: 1 REGISTER\r\n\
    Max-Forwards: 70\r\n\
    Content-Length: 0\r\n\r\n";

/// The path of a datagram from `remote` to `local`, both `host:port`.
pub fn flow(local: &str, remote: &str) -> Flow {
    Flow {
        transport: Transport::Udp,
        local: local.parse().expect("an address and a port"),
        remote: remote.parse().expect("an address and a port"),
        connection: None,
    }
}

/// A datagram that arrived on that path, so many seconds after 1970 began.
pub fn arrival(local: &str, remote: &str, seconds: u64) -> Arrival {
    Arrival {
        flow: flow(local, remote),
        at: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
    }
}

/// Parses a request.
///
/// # Panics
/// When the text is anything else.
pub fn request(text: impl Into<Vec<u8>>, arrival: Arrival) -> Request {
    match parse(text.into(), arrival) {
        Ok(Packet::Request(request)) => request,
        other => panic!("not a request: {other:?}"),
    }
}

/// Parses a response.
///
/// # Panics
/// When the text is anything else.
pub fn response(text: impl Into<Vec<u8>>, arrival: Arrival) -> Response {
    match parse(text.into(), arrival) {
        Ok(Packet::Response(response)) => response,
        other => panic!("not a response: {other:?}"),
    }
}
