//! What the tests of several crates share: a REGISTER, a flow, an arrival, and a way to parse them.
#![allow(
    clippy::expect_used,
    missing_docs,
    reason = "for tests: one that cannot go on fails"
)]

use std::time::{Duration, SystemTime};

use crate::arrival::{Arrival, Flow};
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

/// A REGISTER of a user of 192.168.1.15, with further header fields.
pub fn register(user: &str, cseq: u32, headers: &[&str]) -> String {
    let mut text = format!(
        "REGISTER sip:192.168.1.15 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.168.1.11:5060;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n\
         From: <sip:{user}@192.168.1.15>;tag=f\r\nTo: <sip:{user}@192.168.1.15>\r\n\
         Call-ID: {user}@192.168.1.11\r\nCSeq: {cseq} REGISTER\r\n"
    );
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    text + "Content-Length: 0\r\n\r\n"
}

/// The path of a datagram from `remote` to `local`, both `host:port`.
pub fn flow(local: &str, remote: &str) -> Flow {
    let [local, remote] = [local, remote].map(|it| it.parse().expect("an address and a port"));
    Flow::udp(local, remote)
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
