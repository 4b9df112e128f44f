//! What the tests of this package share: an arrival, and parsing that must succeed.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::time::{Duration, SystemTime};

use sip_message::{Arrival, Flow, Message, Packet, Request, Response, Transport, parse};

/// A request without fault, for tests to put one in.
pub(crate) const GOOD: &str = "REGISTER sip:example.com SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
    From: <sip:10@example.com>;tag=1\r\n\
    To: <sip:10@example.com>\r\n\
    Call-ID: 7\r\n\
    CSeq: 1 REGISTER\r\n\
    Max-Forwards: 70\r\n\
    Content-Length: 0\r\n\r\n";

/// A datagram from 192.0.2.1 to 192.0.2.15.
pub(crate) fn arrival() -> Arrival {
    Arrival {
        flow: Flow {
            transport: Transport::Udp,
            local: ([192, 0, 2, 15], 5060).into(),
            remote: ([192, 0, 2, 1], 5060).into(),
            connection: None,
        },
        at: SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000),
    }
}

pub(crate) fn request(text: impl Into<Vec<u8>>) -> Request {
    match parse(text.into(), arrival()) {
        Ok(Packet::Request(request)) => request,
        other => panic!("no request: {other:?}"),
    }
}

pub(crate) fn response(text: impl Into<Vec<u8>>) -> Response {
    match parse(text.into(), arrival()) {
        Ok(Packet::Response(response)) => response,
        other => panic!("no response: {other:?}"),
    }
}

pub(crate) fn text(message: &Message) -> String {
    String::from_utf8(message.to_bytes()).expect("UTF-8")
}
