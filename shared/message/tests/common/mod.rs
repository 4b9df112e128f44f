//! What the tests of this package share: an arrival, and parsing that must succeed.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use sip_message::{Arrival, Message, Request, Response, fixture};

/// A request without a fault, for tests that add one.
pub(crate) const GOOD: &str = fixture::REGISTER;

/// A datagram from 192.0.2.1 to 192.0.2.15.
pub(crate) fn arrival() -> Arrival {
    fixture::arrival("192.0.2.15:5060", "192.0.2.1:5060", 1_000_000_000)
}

pub(crate) fn request(text: impl Into<Vec<u8>>) -> Request {
    fixture::request(text, arrival())
}

pub(crate) fn response(text: impl Into<Vec<u8>>) -> Response {
    fixture::response(text, arrival())
}

pub(crate) fn text(message: &Message) -> String {
    String::from_utf8(message.to_bytes()).expect("UTF-8")
}
