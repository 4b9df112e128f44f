//! Loops, spirals and hops (RFC 3261 §16.3, RFC 5393).

use super::harness::{Server, caller, starts};
use super::messages::{invite, request, with};
use super::recorded::{Peer, udp};

#[test]
fn a_request_that_comes_back_unchanged_is_answered_482() {
    let mut server = Server::new();
    // Two users of this server, each registered at the other.
    server.user("x", &["sip:y@192.0.2.1"]);
    server.user("y", &["sip:x@192.0.2.1"]);
    let myself = udp("192.0.2.1:5060");
    let first = server.gets(caller(), &invite(caller(), "x")).remove(1);
    let second = server.gets(myself, &first.text).remove(1);
    assert_eq!(
        second.start(),
        "INVITE sip:x@192.0.2.1 SIP/2.0",
        "a spiral so far"
    );
    let sent = server.gets(myself, &second.text);
    assert_eq!(starts(&sent), ["SIP/2.0 482 Loop Detected"]);
}

#[test]
fn a_spiral_is_allowed() {
    let mut server = Server::new();
    server.user("alias", &["sip:b@192.0.2.1"]);
    let myself = udp("192.0.2.1:5060");
    let first = server.gets(caller(), &invite(caller(), "alias")).remove(1);
    let sent = server.gets(myself, &first.text);
    assert_eq!(sent[1].start(), "INVITE sip:b@192.0.2.11 SIP/2.0");
}

#[test]
fn a_loop_is_found_though_the_credentials_of_the_first_visit_are_gone() {
    let mut server = Server::new();
    server.user("x", &["sip:x@192.0.2.1"]);
    let answer = "Proxy-Authorization: Digest username=\"a\", realm=\"example.com\"";
    let first = server.gets(caller(), &with(&invite(caller(), "x"), answer));
    let myself = udp("192.0.2.1:5060");
    for left in [
        first[1].text.clone(),
        first[1].text.replace(&format!("{answer}\r\n"), ""),
    ] {
        let sent = server.gets(myself, &left);
        assert_eq!(starts(&sent), ["SIP/2.0 482 Loop Detected"]);
    }
}

/// What a script knows of a request that comes from a peer.
fn is_spiral(server: &mut Server, from: Peer, text: &str) -> bool {
    server.holds_scripts = true;
    server.gets(from, text);
    let is_spiral = server.held_spirals();
    server.decide();
    is_spiral.last().copied().unwrap()
}

#[test]
fn only_what_the_server_sent_itself_is_a_spiral() {
    let mut server = Server::new();
    server.user("alias", &["sip:b@192.0.2.1"]);
    let myself = udp("192.0.2.1:5060");
    assert!(!is_spiral(
        &mut server,
        caller(),
        &invite(caller(), "alias")
    ));
    server.holds_scripts = false;
    let mut other = Server::new();
    other.user("alias", &["sip:b@192.0.2.1"]);
    let first = other.gets(caller(), &invite(caller(), "alias")).remove(1);
    // A phone behind the server reads that branch in a Via, and may write it above a request.
    let forged = first
        .text
        .replace("sip:b@192.0.2.1 SIP", "sip:victim@192.0.2.99 SIP");
    assert!(!is_spiral(&mut other, udp("192.0.2.67:5060"), &forged));
    let added = with(&first.text, "Subject: x");
    assert!(!is_spiral(&mut other, udp("192.0.2.66:5060"), &added));
    assert!(is_spiral(&mut other, myself, &first.text));
}

#[test]
fn what_a_phone_was_sent_and_sends_back_is_not_a_spiral() {
    for source in ["192.0.2.11:5060", "192.0.2.1:5060"] {
        let mut server = Server::new();
        let sent = server.gets(caller(), &invite(caller(), "b")).remove(1);
        assert_eq!(sent.start(), "INVITE sip:b@192.0.2.11 SIP/2.0");
        assert!(!is_spiral(&mut server, udp(source), &sent.text), "{source}");
    }
}

#[test]
fn a_mark_that_is_made_up_is_no_loop() {
    let mut server = Server::new();
    let via = "Via: SIP/2.0/UDP h;branch=z9hG4bK0000000000000001.0000000000000001";
    let sent = server.gets(caller(), &with(&invite(caller(), "b"), via));
    assert_eq!(sent.len(), 2);
}

#[test]
fn a_request_without_hops_left_is_answered_483() {
    let mut server = Server::new();
    let text = invite(caller(), "b").replace("Max-Forwards: 70", "Max-Forwards: 0");
    assert_eq!(
        starts(&server.gets(caller(), &text)),
        ["SIP/2.0 483 Too Many Hops"]
    );
}

#[test]
fn a_request_for_the_server_itself_needs_no_hops() {
    for method in ["OPTIONS", "REGISTER"] {
        let mut server = Server::new();
        let text = request(caller(), method, "sip:192.0.2.1", "z9hG4bK-m");
        let text = text.replace("Max-Forwards: 70", "Max-Forwards: 0");
        assert_eq!(starts(&server.gets(caller(), &text)), ["SIP/2.0 200 OK"]);
        for elsewhere in [
            text.replace("sip:192.0.2.1 SIP", "sip:192.0.2.99 SIP"),
            text.replace("sip:192.0.2.1 SIP", "sip:b@192.0.2.1 SIP"),
            with(&text, "Route: <sip:192.0.2.99;lr>"),
        ] {
            let text = elsewhere.replace("z9hG4bK-m", &format!("z9hG4bK-{}", elsewhere.len()));
            let sent = server.gets(caller(), &text);
            assert_eq!(starts(&sent), ["SIP/2.0 483 Too Many Hops"], "{text}");
        }
    }
}

#[test]
fn a_hop_is_taken_from_max_forwards_and_70_given_where_it_is_missing() {
    let mut server = Server::new();
    assert_eq!(server.calls("b")[0].header("Max-Forwards"), "69");
    let text = request(caller(), "MESSAGE", "sip:b@192.0.2.1", "z9hG4bK-m");
    let sent = server.gets(caller(), &text.replace("Max-Forwards: 70\r\n", ""));
    assert_eq!(sent[0].header("Max-Forwards"), "70");
}

#[test]
fn extensions_no_proxy_knows_are_refused_by_name() {
    let mut server = Server::new();
    let text = with(
        &invite(caller(), "b"),
        "Proxy-Require: foo , bar\r\nProxy-Require: baz",
    );
    let sent = server.gets(caller(), &text);
    assert_eq!(starts(&sent), ["SIP/2.0 420 Bad Extension"]);
    assert_eq!(sent[0].all("Unsupported"), ["foo, bar, baz"]);
}

#[test]
fn what_require_asks_of_the_callee_is_not_ours_to_refuse() {
    let mut server = Server::new();
    let sent = server.gets(caller(), &with(&invite(caller(), "b"), "Require: 100rel"));
    assert_eq!(sent[1].header("Require"), "100rel");
}
