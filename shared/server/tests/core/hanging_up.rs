//! What comes over a connection and cannot be answered ends it, so that nobody waits for nothing.

use super::harness::{Server, starts};
use super::messages::request;
use super::recorded::tcp;

#[test]
fn a_request_that_cannot_be_answered_ends_its_connection() {
    let phone = tcp("192.0.2.10:40000", 7);
    let whole = request(phone, "OPTIONS", "sip:192.0.2.1", "z9hG4bK-o");
    let via = whole.lines().nth(1).unwrap();
    for without in [
        whole.replace(&format!("{via}\r\n"), ""),
        whole.replace("Via: SIP", "Via: x"),
    ] {
        let mut server = Server::new();
        assert!(server.gets(phone, &without).is_empty());
        assert_eq!(server.network.hung_up, [7], "{without}");
    }
}

#[test]
fn what_can_be_answered_or_needs_no_answer_does_not_end_its_connection() {
    let phone = tcp("192.0.2.10:40000", 7);
    let whole = request(phone, "OPTIONS", "sip:192.0.2.1", "z9hG4bK-o");
    let mut server = Server::new();
    let sent = server.gets(phone, &whole.replace("CSeq: 1", "CSeq: one"));
    assert!(starts(&sent)[0].starts_with("SIP/2.0 400 "), "{sent:?}");
    let via = whole.lines().nth(1).unwrap();
    let ack = whole.replace("OPTIONS", "ACK").replace(via, "Via: x");
    server.gets(phone, &ack);
    server.gets(phone, "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n");
    assert!(server.network.hung_up.is_empty());
}
