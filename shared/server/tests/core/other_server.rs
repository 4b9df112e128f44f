//! The non-INVITE server transaction (RFC 3261 §17.2.2), Timer J, with RFC 4320.

use super::harness::{Server, caller, ms, starts};
use super::messages::request;
use super::recorded::{Peer, tcp};

fn message(from: Peer) -> String {
    request(from, "MESSAGE", "sip:b@192.0.2.1", "z9hG4bK-m")
}

#[test]
fn a_100_comes_after_three_and_a_half_seconds_and_never_earlier() {
    let mut server = Server::new();
    server.gets(caller(), &message(caller()));
    assert_eq!(server.times_of("SIP/2.0 100", ms(40_000)), [3500]);
}

#[test]
fn a_100_comes_when_a_script_waits_that_long() {
    let mut server = Server::new();
    server.holds_scripts = true;
    server.gets(
        caller(),
        &request(caller(), "REGISTER", "sip:192.0.2.1", "z9hG4bK-r"),
    );
    assert_eq!(server.times_of("SIP/2.0 100", ms(40_000)), [3500]);
    assert_eq!(starts(&server.decide()), ["SIP/2.0 200 OK"]);
}

#[test]
fn a_copy_is_absorbed_silently_before_the_100() {
    let mut server = Server::new();
    server.gets(caller(), &message(caller()));
    assert!(server.gets(caller(), &message(caller())).is_empty());
    server.passes(ms(3500));
    assert_eq!(
        starts(&server.gets(caller(), &message(caller()))),
        ["SIP/2.0 100 Trying"]
    );
}

#[test]
fn a_copy_is_absorbed_while_the_script_waits() {
    let mut server = Server::new();
    server.holds_scripts = true;
    server.gets(caller(), &message(caller()));
    assert!(server.gets(caller(), &message(caller())).is_empty());
    assert_eq!(server.waiting(), 1);
}

#[test]
fn a_copy_gets_the_final_response_again_until_timer_j() {
    let mut server = Server::new();
    let register = request(caller(), "REGISTER", "sip:192.0.2.1", "z9hG4bK-r");
    let answer = server.gets(caller(), &register);
    assert_eq!(starts(&answer), ["SIP/2.0 200 OK"]);
    server.passes(ms(31_999));
    server.holds_scripts = true;
    assert_eq!(server.gets(caller(), &register), answer);
    assert_eq!(server.waiting(), 0, "the script does not hear of it");
    server.passes(ms(1));
    assert_eq!(server.transactions(), 0);
}

#[test]
fn over_a_stream_timer_j_is_zero() {
    let mut server = Server::new();
    let caller = tcp("192.0.2.10:40000", 7);
    server.gets(
        caller,
        &request(caller, "REGISTER", "sip:192.0.2.1", "z9hG4bK-r"),
    );
    assert_eq!(server.transactions(), 0);
    let sent = server.gets(caller, &message(caller));
    server.answered(&sent[0], 200, "tag-b");
    assert_eq!(server.transactions(), 1, "the branch over UDP has Timer K");
}

#[test]
fn after_silence_copies_are_absorbed() {
    let mut server = Server::new();
    server.gets(caller(), &message(caller()));
    server.passes(ms(33_000));
    assert!(server.gets(caller(), &message(caller())).is_empty());
}

#[test]
fn a_final_response_that_comes_late_is_dropped() {
    let mut server = Server::new();
    let sent = server.gets(caller(), &message(caller()));
    server.passes(ms(33_000));
    assert!(server.answered(&sent[0], 200, "tag-b").is_empty());
}
