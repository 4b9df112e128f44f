//! Messages that cannot be read: answered with the reason, or met with silence.

use super::harness::{Server, callee, caller, starts};
use super::messages::{invite, request, response};

#[test]
fn a_malformed_request_is_answered_400_with_what_and_where() {
    let mut server = Server::new();
    let text = invite(caller(), "b").replace("CSeq: 1 INVITE", "CSeq: one INVITE");
    let sent = server.gets(caller(), &text);
    let place = text.find("one").unwrap();
    let line = format!("SIP/2.0 400 CSeq: no number at byte {place}");
    assert_eq!(starts(&sent), [line.as_str()]);
    assert!(sent[0].is_to(caller()));
    assert_eq!(
        server.gets(caller(), &text),
        sent,
        "the same answer every time"
    );
    assert_eq!(server.transactions(), 0);
}

#[test]
fn a_malformed_request_is_answered_to_its_source_whatever_its_via_says() {
    let mut server = Server::new();
    let text = invite(caller(), "b")
        .replace(
            "SIP/2.0/UDP 192.0.2.10:5060",
            "SIP/2.0/UDP 203.0.113.9;maddr=203.0.113.8",
        )
        .replace("Call-ID: call-1\r\n", "");
    let sent = server.gets(caller(), &text);
    assert!(sent[0].start().starts_with("SIP/2.0 400 Call-ID: missing"));
    assert!(sent[0].is_to(caller()));
    assert!(sent[0].header("Via").ends_with(";received=192.0.2.10"));
}

#[test]
fn a_malformed_ack_is_met_with_silence() {
    let mut server = Server::new();
    let text =
        request(caller(), "ACK", "sip:b@192.0.2.1", "z9hG4bK-a").replace("Call-ID: call-1\r\n", "");
    assert!(server.gets(caller(), &text).is_empty());
}

#[test]
fn a_malformed_response_is_met_with_silence() {
    let mut server = Server::new();
    let invites = server.calls("b");
    let text = response(&invites[0], 200, "OK", "t").replace("Call-ID: call-1\r\n", "");
    assert!(server.gets(callee(), &text).is_empty());
    let note = server.notes.0.borrow().last().cloned().unwrap();
    assert!(
        note.starts_with("malformed from 192.0.2.11:5060: Call-ID: missing"),
        "{note}"
    );
}

#[test]
fn noise_is_met_with_silence() {
    let mut server = Server::new();
    for noise in [
        "",
        "\0\0\0\0",
        "GET / HTTP/1.1\r\n\r\n",
        "INVITE",
        "\r\n\r\n\r\n",
    ] {
        assert!(server.gets(caller(), noise).is_empty(), "{noise:?}");
    }
}

#[test]
fn a_scheme_that_is_no_sip_is_answered_416_by_whoever_must_read_it() {
    let mut server = Server::new();
    let text =
        invite(caller(), "b").replace("INVITE sip:b@192.0.2.1", "INVITE soap.beep://example.com");
    let sent = server.gets(caller(), &text);
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 416 Unsupported URI Scheme: soap.beep in the Request-URI"]
    );
}

#[test]
fn another_version_is_answered_505() {
    let mut server = Server::new();
    let text = invite(caller(), "b").replacen(" SIP/2.0\r\n", " SIP/7.0\r\n", 1);
    assert!(
        server.gets(caller(), &text)[0]
            .start()
            .starts_with("SIP/2.0 505 ")
    );
}
