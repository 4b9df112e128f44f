//! Via: where a request really came from (RFC 3261 §18.2, RFC 3581), and transaction matching.

use super::harness::{Server, callee, caller, ms, starts};
use super::messages::{invite, request, response};
use super::recorded::{Peer, Sent, peer, udp};
use sip_message::Transport;

/// What an OPTIONS with that Via is answered.
fn answer_to(from: Peer, via: &str) -> Sent {
    let mut server = Server::new();
    let text = request(from, "OPTIONS", "sip:192.0.2.1", "x");
    let old = text.lines().nth(1).unwrap();
    let text = text.replace(old, &format!("Via: {via}"));
    let sent = server.gets(from, &text);
    assert_eq!(starts(&sent), ["SIP/2.0 200 OK"]);
    sent[0].clone()
}

#[test]
fn a_via_that_tells_the_truth_leaves_as_it_came() {
    let via = "SIP/2.0/UDP  192.0.2.10:5060 ;branch=z9hG4bKx;a=\"b;c\"";
    assert_eq!(answer_to(caller(), via).all("Via"), [via]);
}

#[test]
fn a_request_from_elsewhere_than_its_via_says_is_marked_received() {
    let sent = answer_to(
        udp("198.51.100.7:6000"),
        "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKx",
    );
    let marked = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKx;received=198.51.100.7";
    assert_eq!(sent.all("Via"), [marked]);
}

#[test]
fn a_via_with_a_name_is_marked_received() {
    let sent = answer_to(caller(), "SIP/2.0/UDP phone.example.org;branch=z9hG4bKx");
    assert!(sent.header("Via").ends_with(";received=192.0.2.10"));
}

#[test]
fn rport_gets_the_port_and_received_the_address() {
    let sent = answer_to(
        udp("198.51.100.7:6000"),
        "SIP/2.0/UDP 10.0.0.1;rport;branch=z9hG4bKx",
    );
    let marked = "SIP/2.0/UDP 10.0.0.1;rport=6000;branch=z9hG4bKx;received=198.51.100.7";
    assert_eq!(sent.all("Via"), [marked]);
}

#[test]
fn the_100_while_a_script_waits_says_where_the_request_came_from() {
    let mut server = Server::new();
    server.holds_scripts = true;
    let text = invite(caller(), "b");
    let via = text.lines().nth(1).unwrap();
    let text = text.replace(via, "Via: SIP/2.0/UDP 10.0.0.1;rport;branch=z9hG4bKx");
    server.gets(udp("198.51.100.7:6000"), &text);
    let sent = server.passes(ms(200));
    assert_eq!(starts(&sent), ["SIP/2.0 100 Trying"]);
    let marked = "SIP/2.0/UDP 10.0.0.1;rport=6000;branch=z9hG4bKx;received=198.51.100.7";
    assert_eq!(sent[0].all("Via"), [marked]);
}

#[test]
fn rport_and_received_of_the_clients_own_making_are_overwritten() {
    let via =
        "SIP/2.0/UDP 192.0.2.10;received=203.0.113.5;rport=99;branch=z9hG4bKx;RECEIVED=1.2.3.4";
    let marked = "SIP/2.0/UDP 192.0.2.10;rport=5060;branch=z9hG4bKx;received=192.0.2.10";
    assert_eq!(answer_to(caller(), via).all("Via"), [marked]);
}

#[test]
fn a_lone_received_of_the_clients_own_making_is_taken_out() {
    let via = "SIP/2.0/UDP 192.0.2.10:5060;received=203.0.113.5;branch=z9hG4bKx";
    let bare = "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKx";
    assert_eq!(answer_to(caller(), via).all("Via"), [bare]);
}

#[test]
fn an_ipv6_source_is_compared_by_value_and_marked_without_brackets() {
    let from = peer(
        Transport::Udp,
        "[2001:db8::1]:5060",
        "[2001:db8::10]:5060",
        None,
    );
    let same = "SIP/2.0/UDP [2001:DB8:0:0::10]:5060;branch=z9hG4bKx";
    assert_eq!(answer_to(from, same).all("Via"), [same]);
    let other = "SIP/2.0/UDP [2001:db8::99];rport;branch=z9hG4bKx";
    let marked = "SIP/2.0/UDP [2001:db8::99];rport=5060;branch=z9hG4bKx;received=2001:db8::10";
    assert_eq!(answer_to(from, other).all("Via"), [marked]);
}

#[test]
fn only_the_first_of_several_vias_is_marked() {
    let via = "SIP/2.0/UDP a.example;branch=z9hG4bK1, SIP/2.0/UDP b.example;branch=z9hG4bK2;rport";
    let marked = "SIP/2.0/UDP a.example;branch=z9hG4bK1;received=192.0.2.10, \
                  SIP/2.0/UDP b.example;branch=z9hG4bK2;rport";
    assert_eq!(answer_to(caller(), via).all("Via"), [marked]);
}

#[test]
fn requests_with_one_branch_and_different_senders_are_different_transactions() {
    let mut server = Server::new();
    let text = invite(caller(), "b");
    server.gets(caller(), &text);
    let other_port = text.replace("192.0.2.10:5060;branch", "192.0.2.10:5062;branch");
    assert_eq!(server.gets(caller(), &other_port).len(), 2);
}

#[test]
fn requests_without_the_magic_cookie_are_told_apart_by_what_they_say() {
    let mut server = Server::new();
    let old = invite(caller(), "b").replace("z9hG4bK-invite", "1");
    assert_eq!(server.gets(caller(), &old).len(), 2);
    assert_eq!(
        starts(&server.gets(caller(), &old)),
        ["SIP/2.0 100 Trying"],
        "a copy"
    );
    let other_call = old.replace("call-1", "call-2");
    assert_eq!(server.gets(caller(), &other_call).len(), 2);
    let other_number = old.replace("CSeq: 1", "CSeq: 2");
    assert_eq!(server.gets(caller(), &other_number).len(), 2);
}

#[test]
fn a_stray_response_goes_nowhere_and_is_noted() {
    let mut server = Server::new();
    let invites = server.calls("b");
    let good = response(&invites[0], 200, "OK", "t");
    for stray in [
        good.replace("z9hG4bK0000000000000001", "z9hG4bK00000000000000ff"),
        good.replace("z9hG4bK0000000000000001", "z9hG4bK1"),
        good.replace("branch=z9hG4bK0", "branch=z9hG4bK\u{e9}"),
        good.replace("1 INVITE", "1 CANCEL"),
        good.replace(";branch=", ";b="),
    ] {
        assert!(server.gets(callee(), &stray).is_empty(), "{stray}");
    }
    assert!(server.notes.0.borrow()[0].starts_with("stray response from 192.0.2.11:5060"));
    assert_eq!(server.gets(callee(), &good).len(), 1);
}

#[test]
fn a_response_without_the_via_of_who_asked_is_dropped() {
    let mut server = Server::new();
    let invites = server.calls("b");
    let text = response(&invites[0], 200, "OK", "t");
    let theirs = invites[0].all("Via")[1];
    let bare = text.replace(&format!("Via: {theirs}\r\n"), "");
    assert!(server.gets(callee(), &bare).is_empty());
}
