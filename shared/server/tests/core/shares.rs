//! What one source or one user has under way is not taken from others.

use sip_server::Limits;

use super::harness::{Server, caller, ms, starts};
use super::messages::{invite, request, with};
use super::record_route::in_dialog;
use super::recorded::{Peer, Sent, udp};

/// An eighth of the usual limit, and of the MESSAGEs that once filled it.
fn server() -> Server {
    Server::with_limits(Limits {
        open_bytes: 16 << 20,
        ..Limits::default()
    })
}

const MESSAGES: usize = 1130 / 8;

/// A MESSAGE of 59 KB to a phone that never answers.
fn large(from: Peer, number: usize) -> String {
    let text = request(from, "MESSAGE", "sip:b@192.0.2.1", &branch(number));
    with(&text, &format!("X-Filler: {}", "x".repeat(58_600)))
}

fn branch(number: usize) -> String {
    format!("z9hG4bK-{number}")
}

fn is_refused(sent: &[Sent]) -> bool {
    let refused = sent.iter().any(|sent| sent.start().contains(" 503 "));
    assert!(!refused || !sent[0].header("Retry-After").is_empty());
    refused
}

/// Everything that others do works.
fn assert_others_are_served(server: &mut Server) {
    let other = udp("192.0.2.20:5060");
    let register = request(other, "REGISTER", "sip:192.0.2.1", "z9hG4bK-r");
    assert_eq!(starts(&server.gets(other, &register)), ["SIP/2.0 200 OK"]);
    let options = request(other, "OPTIONS", "sip:192.0.2.1", "z9hG4bK-o");
    assert_eq!(starts(&server.gets(other, &options)), ["SIP/2.0 200 OK"]);
    let sent = server.gets(other, &invite(other, "b"));
    assert_eq!(sent[0].start(), "SIP/2.0 100 Trying");
    assert!(sent[1].start().starts_with("INVITE"));
}

#[test]
fn large_messages_of_one_source_to_a_host_that_never_answers_leave_room_for_others() {
    let mut server = server();
    let refused = (0..MESSAGES).filter(|number| {
        let sent = server.gets(caller(), &large(caller(), *number));
        is_refused(&sent)
    });
    assert!((70..100).contains(&refused.count()));
    assert_others_are_served(&mut server);
}

#[test]
fn large_messages_of_one_user_at_many_addresses_leave_room_for_others() {
    let mut server = server();
    let refused = (0..MESSAGES).filter(|number| {
        let from = udp(&format!("198.51.100.{}:5060", number % 200));
        let text = with(&large(from, *number), "X-Verified: a@example.com");
        is_refused(&server.gets(from, &text))
    });
    assert!((70..100).contains(&refused.count()));
    assert_others_are_served(&mut server);
}

#[test]
fn users_behind_one_address_have_one_share_together() {
    let mut server = server();
    let refused = (0..MESSAGES).filter(|number| {
        let user = format!("X-Verified: {number}@example.com");
        let text = with(&large(caller(), *number), &user);
        is_refused(&server.gets(caller(), &text))
    });
    assert!((70..100).contains(&refused.count()));
    assert_others_are_served(&mut server);
}

/// A server with two calls on it, and hundreds of peers have taken all that is not reserved.
/// The INVITE to the callee, and the Route of its caller.
fn full() -> (Server, Sent, String) {
    let mut server = Server::with_limits(Limits {
        transactions: 400,
        ..Limits::default()
    });
    let invite_to_b = server.calls("b").remove(0);
    let answer = server.answered(&invite_to_b, 200, "tag-b").remove(0);
    let route = answer.header("Record-Route").to_owned();
    let mut refused = 0;
    for number in 0..400 {
        let from = udp(&format!("198.51.{}.{}:5060", number / 200, number % 200));
        refused += usize::from(is_refused(&server.gets(from, &invite(from, "b"))));
    }
    assert!(refused > 0, "it is not full");
    (server, invite_to_b, route)
}

#[test]
fn when_all_is_taken_what_ends_a_call_or_keeps_a_phone_reachable_still_passes() {
    let (mut server, invite_to_b, route) = full();
    let other = udp("192.0.2.20:5060");
    let sent = server.gets(other, &invite(other, "b"));
    assert_eq!(starts(&sent), ["SIP/2.0 503 Service Unavailable"]);
    assert_eq!(sent[0].header("Retry-After"), "5");

    let register = request(other, "REGISTER", "sip:192.0.2.1", "z9hG4bK-r");
    assert_eq!(starts(&server.gets(other, &register)), ["SIP/2.0 200 OK"]);
    for method in ["ACK", "BYE"] {
        let text = in_dialog(caller(), method, "sip:b@192.0.2.11", &[&route]);
        let sent = server.gets(caller(), &text);
        assert!(sent[0].start().starts_with(method), "{sent:?}");
    }
    // A response passes, too: the phone of the call that came first hangs up at its end.
    let sent = server.answered(&invite_to_b, 200, "tag-b");
    assert_eq!(starts(&sent), ["SIP/2.0 200 Reason"]);
}

#[test]
fn when_all_is_taken_a_cancel_ends_the_call_it_is_for() {
    let (mut server, ..) = full();
    let from = udp("198.51.0.3:5060");
    let cancel = super::messages::as_method(&invite(from, "b"), "CANCEL");
    assert_eq!(starts(&server.gets(from, &cancel)), ["SIP/2.0 200 OK"]);
}

#[test]
fn finished_transactions_of_a_busy_source_do_not_push_out_those_of_others() {
    let mut server = Server::with_limits(Limits {
        finished_bytes: 100 * 1024,
        ..Limits::default()
    });
    let other = udp("192.0.2.20:5060");
    server.gets(other, &invite(other, "nobody"));
    for number in 0..1000 {
        let text = invite(caller(), "nobody").replace("z9hG4bK-invite", &branch(number));
        server.gets(caller(), &text);
    }
    server.passes(ms(100));
    let copies = server.retransmissions();
    server.gets(other, &invite(other, "nobody"));
    assert_eq!(server.retransmissions(), copies + 1, "it is remembered");
}
