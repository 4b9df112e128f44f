//! The INVITE server transaction (RFC 3261 §17.2.1, RFC 6026 §7.1), Timers G, H, I and L.

use super::harness::{Server, caller, ms, starts};
use super::messages::{as_method, invite};
use super::recorded::{tcp, udp};

fn ack() -> String {
    as_method(&invite(caller(), "b"), "ACK")
}

#[test]
fn a_relayed_invite_is_answered_100_at_once_without_a_tag() {
    let mut server = Server::new();
    let sent = server.gets(caller(), &invite(caller(), "b"));
    assert_eq!(sent[0].start(), "SIP/2.0 100 Trying");
    assert_eq!(sent[0].header("To"), "<sip:b@192.0.2.1>");
    assert!(sent[0].is_to(caller()));
}

#[test]
fn an_invite_whose_script_waits_is_answered_100_after_200_ms() {
    let mut server = Server::new();
    server.holds_scripts = true;
    assert!(server.gets(caller(), &invite(caller(), "b")).is_empty());
    assert!(server.passes(ms(199)).is_empty());
    assert_eq!(starts(&server.passes(ms(1))), ["SIP/2.0 100 Trying"]);
}

#[test]
fn a_copy_of_an_invite_gets_the_last_provisional_response_again() {
    let mut server = Server::new();
    let invites = server.calls("b");
    let copy = invite(caller(), "b");
    assert_eq!(
        starts(&server.gets(caller(), &copy)),
        ["SIP/2.0 100 Trying"]
    );
    let ringing = server.answered(&invites[0], 180, "tag-b");
    assert_eq!(server.gets(caller(), &copy), ringing);
}

#[test]
fn a_copy_of_an_invite_is_absorbed_while_the_script_waits() {
    let mut server = Server::new();
    server.holds_scripts = true;
    server.gets(caller(), &invite(caller(), "b"));
    assert!(server.gets(caller(), &invite(caller(), "b")).is_empty());
    assert_eq!(server.waiting(), 1);
    let sent = server.decide();
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 100 Trying", "INVITE sip:b@192.0.2.11 SIP/2.0"]
    );
}

#[test]
fn a_refusal_of_the_callee_is_sent_again_by_timer_g_until_timer_h() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 486, "tag-b");
    let times = server.times_of("SIP/2.0 486", ms(60_000));
    let expected = [
        500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ];
    assert_eq!(times, expected);
    assert_eq!(server.transactions(), 0);
}

#[test]
fn a_server_that_stood_still_sends_a_refusal_again_once_and_not_as_often_as_it_missed() {
    let mut server = Server::new();
    let sent = server.calls("b");
    server.answered(&sent[0], 486, "tag-b");
    let again = server.stands_still(ms(18_000));
    assert_eq!(starts(&again), ["SIP/2.0 486 Reason"]);
    assert_eq!(server.times_of("SIP/2.0 486", ms(4000)), [19_000, 21_000]);
}

#[test]
fn an_ack_ends_timer_g_and_is_absorbed_until_timer_i() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 486, "tag-b");
    assert!(server.gets(caller(), &ack()).is_empty());
    assert!(server.passes(ms(4999)).is_empty());
    assert!(server.gets(caller(), &invite(caller(), "b")).is_empty());
    server.passes(ms(1));
    let sent = server.gets(caller(), &invite(caller(), "b"));
    assert_eq!(sent.len(), 2, "Timer I has ended: a new transaction");
}

#[test]
fn over_a_stream_a_refusal_is_sent_once_and_the_ack_ends_the_transaction() {
    let mut server = Server::new();
    let caller = tcp("192.0.2.10:40000", 7);
    let sent = server.gets(caller, &invite(caller, "b"));
    server.answered(&sent[1], 486, "tag-b");
    assert!(server.passes(ms(5000)).is_empty());
    server.gets(caller, &as_method(&invite(caller, "b"), "ACK"));
    server.passes(ms(60_000));
    assert_eq!(server.transactions(), 0);
}

#[test]
fn a_refusal_of_the_script_is_sent_once_and_again_only_when_asked_again() {
    let mut server = Server::new();
    let unknown = invite(caller(), "nobody");
    let refusal = server.gets(caller(), &unknown);
    assert_eq!(starts(&refusal), ["SIP/2.0 404 Not Found"]);
    assert!(
        server.passes(ms(5000)).is_empty(),
        "a forged INVITE is not amplified"
    );
    assert_eq!(
        server.gets(caller(), &unknown),
        refusal,
        "the same bytes, the same tag"
    );
    assert!(
        server
            .gets(caller(), &as_method(&unknown, "ACK"))
            .is_empty()
    );
    assert!(server.gets(caller(), &unknown).is_empty());
}

#[test]
fn a_refusal_of_the_script_after_a_100_is_sent_again_as_the_client_no_longer_asks() {
    let mut server = Server::new();
    server.holds_scripts = true;
    server.gets(caller(), &invite(caller(), "nobody"));
    server.passes(ms(1000));
    assert_eq!(starts(&server.decide()), ["SIP/2.0 404 Not Found"]);
    assert_eq!(server.times_of("SIP/2.0 404", ms(3500)), [1500, 2500, 4500]);
}

#[test]
fn a_copy_of_an_answered_invite_is_absorbed_until_timer_l() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 200, "tag-b");
    server.passes(ms(31_999));
    assert!(server.gets(caller(), &invite(caller(), "b")).is_empty());
    server.passes(ms(1));
    assert_eq!(server.gets(caller(), &invite(caller(), "b")).len(), 2);
}

#[test]
fn a_2xx_is_never_sent_again_by_the_proxy() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 200, "tag-b");
    assert!(server.passes(ms(32_000)).is_empty());
}

#[test]
fn a_copy_of_an_invite_from_another_address_learns_nothing() {
    let mut server = Server::new();
    server.holds_scripts = true;
    server.gets(caller(), &invite(caller(), "b"));
    let stranger = udp("198.51.100.66:5060");
    server.gets(stranger, &invite(caller(), "b"));
    assert_eq!(server.waiting(), 2, "it is another transaction");
}
