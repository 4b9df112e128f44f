//! What the tests of this package share: an arrival, and parsing that must succeed.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::time::{Duration, SystemTime};

use sip_message::{Arrival, Flow, Message, Packet, Request, Response, Transport, parse};

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
