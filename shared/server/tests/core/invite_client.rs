//! The INVITE client transaction (RFC 3261 §17.1.1, RFC 6026 §7.2), Timers A, B, C, D and M.

use super::harness::{Server, callee, caller, ms, starts};
use super::messages::{invite, to_tagged};
use super::recorded::tcp;

#[test]
fn an_invite_without_an_answer_is_sent_again_at_doubling_intervals_until_timer_b() {
    let mut server = Server::new();
    server.calls("b");
    let times = server.times_of("INVITE sip:b@192.0.2.11", ms(32_000));
    assert_eq!(times, [500, 1500, 3500, 7500, 15_500, 31_500]);
}

#[test]
fn a_server_that_stood_still_sends_an_invite_again_once_and_not_as_often_as_it_missed() {
    let mut server = Server::new();
    server.calls("b");
    let sent = server.stands_still(ms(18_000));
    assert_eq!(starts(&sent), ["INVITE sip:b@192.0.2.11 SIP/2.0"]);
    let times = server.times_of("INVITE sip:b@192.0.2.11", ms(10_000));
    assert_eq!(times, [19_000, 21_000, 25_000]);
}

#[test]
fn timer_b_answers_the_caller_408() {
    let mut server = Server::new();
    server.calls("b");
    assert!(server.times_of("SIP/2.0 408", ms(31_999)).is_empty());
    let sent = server.passes(ms(1));
    assert_eq!(starts(&sent), ["SIP/2.0 408 Request Timeout"]);
    assert!(sent[0].is_to(caller()));
}

#[test]
fn an_invite_over_a_stream_is_sent_once_and_still_has_timer_b() {
    let mut server = Server::new();
    server.user("t", &["sip:t@192.0.2.11:5070;transport=tcp"]);
    let sent = server.calls("t");
    assert!(sent[0].header("Via").starts_with("SIP/2.0/TCP 192.0.2.1;"));
    let timeline = server.timeline(ms(32_000));
    let first = timeline.first().unwrap();
    assert_eq!(
        (first.0, first.1.start()),
        (ms(32_000), "SIP/2.0 408 Request Timeout")
    );
}

#[test]
fn a_provisional_response_ends_the_retransmissions_and_timer_b() {
    let mut server = Server::new();
    let sent = server.calls("b");
    let passed = server.answered(&sent[0], 100, "");
    assert!(passed.is_empty(), "a 100 goes one hop");
    assert!(server.passes(ms(60_000)).is_empty());
}

#[test]
fn a_100_is_not_passed_on_but_a_180_is() {
    let mut server = Server::new();
    let sent = server.calls("b");
    let passed = server.answered(&sent[0], 180, "tag-b");
    assert_eq!(starts(&passed), ["SIP/2.0 180 Reason"]);
    assert_eq!(passed[0].all("Via").len(), 1, "our Via is gone");
    assert!(passed[0].is_to(caller()));
}

#[test]
fn timer_c_cancels_a_call_that_rings_for_more_than_three_minutes() {
    let mut server = Server::new();
    let sent = server.calls("b");
    server.answered(&sent[0], 180, "tag-b");
    assert!(server.passes(ms(180_000)).is_empty());
    let sent = server.passes(ms(1000));
    assert_eq!(starts(&sent), ["CANCEL sip:b@192.0.2.11 SIP/2.0"]);
}

#[test]
fn every_provisional_response_but_a_100_begins_timer_c_anew() {
    let mut server = Server::new();
    let sent = server.calls("b");
    server.answered(&sent[0], 180, "tag-b");
    server.passes(ms(100_000));
    server.answered(&sent[0], 183, "tag-b");
    server.passes(ms(100_000));
    server.answered(&sent[0], 100, "");
    assert!(server.passes(ms(80_000)).is_empty());
    assert_eq!(
        server.passes(ms(2000)).len(),
        2,
        "CANCEL, and again after T1"
    );
}

#[test]
fn a_callee_silent_after_timer_c_counts_as_408() {
    let mut server = Server::new();
    let sent = server.calls("b");
    server.answered(&sent[0], 180, "tag-b");
    let times = server.times_of("SIP/2.0 408", ms(300_000));
    assert_eq!(times[0], 181_000 + 32_000);
}

#[test]
fn a_refusal_gets_its_ack_from_this_hop_with_the_branch_of_the_invite() {
    let mut server = Server::new();
    let invites = server.calls("b");
    let sent = server.answered(&invites[0], 486, "tag-b");
    assert_eq!(
        starts(&sent),
        ["ACK sip:b@192.0.2.11 SIP/2.0", "SIP/2.0 486 Reason"]
    );
    let ack = &sent[0];
    assert!(ack.is_to(callee()));
    assert_eq!(ack.all("Via"), [invites[0].header("Via")]);
    assert_eq!(ack.header("To"), "<sip:b@192.0.2.1>;tag=tag-b");
    assert_eq!(ack.header("From"), invites[0].header("From"));
    assert_eq!(ack.header("Call-ID"), "call-1");
    assert_eq!(ack.header("CSeq"), "1 ACK");
    assert_eq!(ack.header("Max-Forwards"), "69");
}

#[test]
fn a_refusal_that_comes_again_gets_its_ack_again_until_timer_d() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 486, "tag-b");
    server.gets(
        caller(),
        &super::messages::as_method(&invite(caller(), "b"), "ACK"),
    );
    server.passes(ms(31_999));
    let sent = server.answered(&invites[0], 486, "tag-b");
    assert_eq!(starts(&sent), ["ACK sip:b@192.0.2.11 SIP/2.0"]);
    server.passes(ms(1));
    assert!(server.answered(&invites[0], 486, "tag-b").is_empty());
    assert_eq!(server.transactions(), 0);
}

#[test]
fn over_a_stream_timer_d_is_zero() {
    let mut server = Server::new();
    server.user("t", &["sip:t@192.0.2.11:5070;transport=tcp"]);
    let caller = tcp("192.0.2.10:40000", 7);
    let invite = invite(caller, "t");
    let sent = server.gets(caller, &invite);
    server.answered(&sent[1], 486, "tag-b");
    server.gets(caller, &super::messages::as_method(&invite, "ACK"));
    assert_eq!(server.transactions(), 0);
}

#[test]
fn every_copy_of_a_2xx_passes_until_timer_m() {
    let mut server = Server::new();
    let invites = server.calls("b");
    for _ in 0..3 {
        let sent = server.answered(&invites[0], 200, "tag-b");
        assert_eq!(starts(&sent), ["SIP/2.0 200 Reason"]);
        server.passes(ms(10_000));
    }
    assert!(server.passes(ms(1999)).is_empty());
    assert_eq!(server.answered(&invites[0], 200, "tag-b").len(), 1);
    server.passes(ms(1));
    assert!(server.answered(&invites[0], 200, "tag-b").is_empty());
    assert_eq!(server.transactions(), 0);
}

#[test]
fn a_response_after_a_2xx_that_is_none_is_dropped() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 200, "tag-b");
    assert!(server.answered(&invites[0], 180, "tag-b").is_empty());
    assert!(server.answered(&invites[0], 486, "tag-b").is_empty());
}

#[test]
fn a_response_leaves_as_it_came_but_for_our_via_and_signature() {
    let mut server = Server::new();
    let invites = server.calls("b");
    let own = invites[0].header("Via");
    let response = super::messages::response(&invites[0], 183, "Sesi\u{f3}n", "tag-b")
        .replace("From: ", "f  :\t")
        .replace(
            "Content-Length: 0\r\n\r\n",
            "X-Odd:   a ,b\r\nContent-Length: 2\r\n\r\nhi",
        );
    let sent = server.gets(callee(), &response);
    let signed = invites[0].header("Record-Route"); // for the callee, and now for the caller
    let expected = response.replace(&format!("Via: {own}\r\n"), "");
    let expected = expected.replace(signed, sent[0].header("Record-Route"));
    assert_eq!(sent[0].text, expected);
}

#[test]
fn a_peer_that_cannot_be_reached_is_a_500() {
    let mut server = Server::new();
    server.network.unreachable.insert(callee().0.remote);
    let sent = server.gets(caller(), &invite(caller(), "b"));
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 100 Trying", "SIP/2.0 500 Server Internal Error"]
    );
}

#[test]
fn a_flow_that_failed_is_waited_for_no_longer() {
    let mut server = Server::new();
    let invites = server.calls("b");
    let sent = server.fails(invites[0].flow);
    assert_eq!(starts(&sent), ["SIP/2.0 500 Server Internal Error"]);
}

#[test]
fn a_flow_that_failed_after_the_phone_rang_is_waited_for() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 180, "tag-b");
    assert!(server.fails(invites[0].flow).is_empty());
    assert_eq!(
        starts(&server.answered(&invites[0], 200, "tag-b")),
        ["SIP/2.0 200 Reason"]
    );
}

#[test]
fn a_reinvite_inside_a_call_is_a_transaction_of_its_own() {
    let mut server = Server::new();
    let invites = server.calls("b");
    let ok = server.answered(&invites[0], 200, "tag-b").remove(0);
    let route = ok.header("Record-Route");
    let again = to_tagged(&invite(caller(), "b"), "tag-b")
        .replace("z9hG4bK-invite", "z9hG4bK-again")
        .replace("INVITE sip:b@192.0.2.1", "INVITE sip:b@192.0.2.11")
        .replace("CSeq: 1", &format!("Route: {route}\r\nCSeq: 2"));
    let sent = server.gets(caller(), &again);
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 100 Trying", "INVITE sip:b@192.0.2.11 SIP/2.0"]
    );
    assert!(sent[1].all("Route").is_empty());
}
