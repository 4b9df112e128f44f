//! CANCEL (RFC 3261 §9, §16.10).

use super::harness::{Server, callee, caller, ms, starts};
use super::messages::{as_method, invite, response};
use super::recorded::{Peer, udp};

fn cancel() -> String {
    as_method(&invite(caller(), "b"), "CANCEL")
}

#[test]
fn a_cancel_while_it_rings_is_answered_and_sent_on() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 180, "tag-b");
    let sent = server.gets(caller(), &cancel());
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 200 OK", "CANCEL sip:b@192.0.2.11 SIP/2.0"]
    );
    let onward = &sent[1];
    assert!(onward.is_to(callee()));
    assert_eq!(onward.all("Via"), [invites[0].header("Via")]);
    assert_eq!(onward.header("To"), "<sip:b@192.0.2.1>");
    assert_eq!(onward.header("From"), invites[0].header("From"));
    assert_eq!(onward.header("Call-ID"), "call-1");
    assert_eq!(onward.header("CSeq"), "1 CANCEL");
}

#[test]
fn the_200_to_a_cancel_and_the_487_have_one_tag() {
    let mut server = Server::new();
    server.holds_scripts = true;
    server.gets(caller(), &invite(caller(), "b"));
    let ok = server.gets(caller(), &cancel());
    let terminated = server.decide();
    assert_eq!(starts(&terminated), ["SIP/2.0 487 Request Terminated"]);
    assert!(ok[0].header("To").contains(";tag="));
    assert_eq!(ok[0].header("To"), terminated[0].header("To"));
}

#[test]
fn a_cancel_before_any_response_waits_for_one() {
    let mut server = Server::new();
    let invites = server.calls("b");
    assert_eq!(
        starts(&server.gets(caller(), &cancel())),
        ["SIP/2.0 200 OK"]
    );
    let sent = server.answered(&invites[0], 100, "");
    assert_eq!(starts(&sent), ["CANCEL sip:b@192.0.2.11 SIP/2.0"]);
    assert!(server.times_of("INVITE", ms(10_000)).is_empty());
}

#[test]
fn a_cancelled_invite_that_nobody_hears_ends_with_487() {
    let mut server = Server::new();
    server.calls("b");
    server.gets(caller(), &cancel());
    let times = server.times_of("SIP/2.0 487", ms(32_000));
    assert_eq!(times, [32_000]);
}

#[test]
fn a_487_of_the_callee_passes() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 180, "tag-b");
    let sent = server.gets(caller(), &cancel());
    assert!(
        server.answered(&sent[1], 200, "tag-b").is_empty(),
        "the 200 to our CANCEL"
    );
    let sent = server.answered(&invites[0], 487, "tag-b");
    assert_eq!(
        starts(&sent),
        ["ACK sip:b@192.0.2.11 SIP/2.0", "SIP/2.0 487 Reason"]
    );
}

#[test]
fn a_callee_that_ignores_the_cancel_is_given_up_after_64_t1() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 180, "tag-b");
    server.gets(caller(), &cancel());
    let times = server.times_of("SIP/2.0 487", ms(32_000));
    assert_eq!(times, [32_000]);
}

#[test]
fn a_487_of_this_server_is_sent_again_until_the_ack() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 180, "tag-b");
    server.gets(caller(), &cancel());
    let times = server.times_of("SIP/2.0 487", ms(34_000));
    assert_eq!(times, [32_000, 32_500, 33_500]);
    server.gets(caller(), &as_method(&cancel(), "ACK"));
    assert!(server.times_of("SIP/2.0 487", ms(34_000)).is_empty());
}

#[test]
fn our_cancel_is_sent_again_by_timer_e() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 180, "tag-b");
    server.gets(caller(), &cancel());
    assert_eq!(server.times_of("CANCEL", ms(4000)), [500, 1500, 3500]);
}

#[test]
fn a_cancel_while_the_script_waits_ends_the_call_before_it_began() {
    let mut server = Server::new();
    server.holds_scripts = true;
    server.gets(caller(), &invite(caller(), "b"));
    assert_eq!(
        starts(&server.gets(caller(), &cancel())),
        ["SIP/2.0 200 OK"]
    );
    assert_eq!(starts(&server.decide()), ["SIP/2.0 487 Request Terminated"]);
    assert!(server.times_of("INVITE", ms(32_000)).is_empty());
}

#[test]
fn a_cancel_for_nothing_is_answered_481() {
    let mut server = Server::new();
    let sent = server.gets(caller(), &cancel());
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 481 Call/Transaction Does Not Exist"]
    );
}

#[test]
fn a_strangers_cancel_ends_no_call() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 180, "tag-b");
    let stranger = udp("198.51.100.66:5060");
    let sent = server.gets(stranger, &cancel());
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 481 Call/Transaction Does Not Exist"]
    );
    assert!(sent[0].is_to(stranger));
}

#[test]
fn a_cancel_that_comes_again_gets_the_same_answer() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 180, "tag-b");
    let first = server.gets(caller(), &cancel());
    assert_eq!(server.gets(caller(), &cancel()), first[..1]);
}

#[test]
fn a_200_that_crosses_the_cancel_passes() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 180, "tag-b");
    server.gets(caller(), &cancel());
    assert_eq!(
        starts(&server.answered(&invites[0], 200, "tag-b")),
        ["SIP/2.0 200 Reason"]
    );
}

#[test]
fn a_cancel_after_the_200_is_answered_and_changes_nothing() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 200, "tag-b");
    assert_eq!(
        starts(&server.gets(caller(), &cancel())),
        ["SIP/2.0 200 OK"]
    );
}

#[test]
fn a_client_without_the_magic_cookie_can_cancel() {
    let mut server = Server::new();
    let old = invite(caller(), "b").replace(";branch=z9hG4bK-invite", "");
    let sent = server.gets(caller(), &old);
    server.gets(
        Peer(sent[1].flow),
        &response(&sent[1], 180, "Ringing", "tag-b"),
    );
    let sent = server.gets(caller(), &as_method(&old, "CANCEL"));
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 200 OK", "CANCEL sip:b@192.0.2.11 SIP/2.0"]
    );
}
