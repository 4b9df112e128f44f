//! The bytes of a reply (RFC 3261 §8.2.6).

mod common;

use common::request;
use sip_message::Reply;

const REQUEST: &str = "INVITE sip:11@example.com SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1,\r\n SIP/2.0/UDP 192.0.2.2\r\n\
    v: SIP/2.0/TCP [2001:db8::1]\r\n\
    f: \"Ten\" <sip:10@example.com>;tag=1\r\n\
    To: sip:11@example.com\r\n\
    i: 7\r\n\
    CSeq: 1 INVITE\r\n\
    Timestamp: 54.2\r\n\r\n";

#[test]
fn what_identifies_the_request_is_copied_and_the_to_gets_its_tag() {
    let reply = Reply::of(404).with("Retry-After", "5");
    let text = "SIP/2.0 404 Not Found\r\n\
        Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1,\r\n SIP/2.0/UDP 192.0.2.2\r\n\
        Via: SIP/2.0/TCP [2001:db8::1]\r\n\
        From: \"Ten\" <sip:10@example.com>;tag=1\r\n\
        To: sip:11@example.com;tag=ours\r\n\
        Call-ID: 7\r\n\
        CSeq: 1 INVITE\r\n\
        Retry-After: 5\r\n\
        Content-Length: 0\r\n\r\n";
    let bytes = reply.to_bytes(&request(REQUEST), "ours");
    assert_eq!(String::from_utf8_lossy(&bytes), text);
    assert_eq!(common::response(bytes).status(), 404);
}

#[test]
fn a_tag_that_is_there_stays_alone() {
    let request = request(REQUEST.replace("To: sip:11@example.com", "To: <sip:11@h>;Tag=theirs"));
    let bytes = Reply::of(200).to_bytes(&request, "ours");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(text.contains("\r\nTo: <sip:11@h>;Tag=theirs\r\n"), "{text}");
}

#[test]
fn trying_has_no_tag_and_returns_the_timestamp() {
    let bytes = Reply::of(100).to_bytes(&request(REQUEST), "ours");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(text.contains("\r\nTo: sip:11@example.com\r\n"), "{text}");
    assert!(text.contains("\r\nTimestamp: 54.2\r\n"), "{text}");
}

#[test]
fn no_text_of_a_reply_can_begin_a_line() {
    let reply = Reply::new(400, "a\r\nX: b".to_owned()).with("Warning", "c\nY: d\0");
    let bytes = reply.to_bytes(&request(REQUEST), "t\r\nZ: e");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(text.starts_with("SIP/2.0 400 a  X: b\r\n"), "{text}");
    assert!(text.contains("\r\nWarning: c Y: d \r\n"), "{text}");
    assert!(text.contains(";tag=t  Z: e\r\n"), "{text}");
}
