//! The non-INVITE client transaction (RFC 3261 §17.1.2), Timers E, F and K, with RFC 4320.

use super::harness::{Server, caller, ms, starts};
use super::messages::request;
use super::recorded::Sent;

fn message(server: &mut Server) -> Sent {
    let text = request(caller(), "MESSAGE", "sip:b@192.0.2.1", "z9hG4bK-m");
    server.gets(caller(), &text).remove(0)
}

#[test]
fn a_request_without_an_answer_is_sent_again_by_timer_e_until_timer_f() {
    let mut server = Server::new();
    message(&mut server);
    let times = server.times_of("MESSAGE", ms(40_000));
    let expected = [
        500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ];
    assert_eq!(times, expected);
}

#[test]
fn after_a_provisional_response_timer_e_runs_at_t2() {
    let mut server = Server::new();
    let sent = message(&mut server);
    server.answered(&sent, 100, "");
    assert_eq!(
        server.times_of("MESSAGE", ms(12_600)),
        [500, 4500, 8500, 12_500]
    );
}

#[test]
fn timer_f_ends_in_silence_as_a_408_would_come_too_late() {
    let mut server = Server::new();
    message(&mut server);
    assert!(server.times_of("SIP/2.0 4", ms(40_000)).is_empty());
    assert!(server.times_of("SIP/2.0 5", ms(40_000)).is_empty());
}

#[test]
fn a_408_from_beyond_is_not_passed_on() {
    let mut server = Server::new();
    let sent = message(&mut server);
    assert!(server.answered(&sent, 408, "tag-b").is_empty());
}

#[test]
fn a_final_response_passes_once_and_its_copies_are_absorbed_until_timer_k() {
    let mut server = Server::new();
    let sent = message(&mut server);
    assert_eq!(
        starts(&server.answered(&sent, 200, "tag-b")),
        ["SIP/2.0 200 Reason"]
    );
    assert!(server.answered(&sent, 200, "tag-b").is_empty());
    server.passes(ms(4999));
    assert_eq!(server.transactions(), 2);
    server.passes(ms(1));
    assert_eq!(
        server.transactions(),
        1,
        "the server transaction has Timer J"
    );
}

#[test]
fn over_a_stream_nothing_is_sent_again_and_timer_k_is_zero() {
    let mut server = Server::new();
    server.user("b", &["sip:b@192.0.2.11:5070;transport=tcp"]);
    let sent = message(&mut server);
    assert!(server.times_of("MESSAGE", ms(10_000)).is_empty());
    server.answered(&sent, 200, "tag-b");
    assert_eq!(server.transactions(), 1);
}

#[test]
fn provisional_responses_to_anything_but_an_invite_stay_here() {
    let mut server = Server::new();
    let sent = message(&mut server);
    assert!(server.answered(&sent, 100, "").is_empty());
    assert!(server.answered(&sent, 180, "tag-b").is_empty());
}

#[test]
fn a_response_whose_method_is_another_is_dropped() {
    let mut server = Server::new();
    let sent = message(&mut server);
    let text = super::messages::response(&sent, 200, "OK", "t");
    let odd = text.replace("1 MESSAGE", "1 INFO");
    assert!(
        server
            .gets(super::recorded::Peer(sent.flow), &odd)
            .is_empty()
    );
    assert_eq!(
        server.gets(super::recorded::Peer(sent.flow), &text).len(),
        1
    );
}
