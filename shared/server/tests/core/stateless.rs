//! Challenges, and answers to OPTIONS: nothing is remembered of them (RFC 3261 §8.2.7, §26.3.2.4).

use std::cell::Cell;

use sip_server::{Reply, Request};
use tokio::time::sleep;

use super::driver::{Line, with_server};
use super::harness::{Server, caller, ms, starts};
use super::messages::{as_method, invite, request, to_tagged};
use super::recorded::{Sent, tcp};

const CHALLENGE: &str = "SIP/2.0 407 Proxy Authentication Required";

fn guarded() -> String {
    invite(caller(), "guarded")
}

fn numbered(text: &str, number: usize) -> String {
    text.replace("branch=z9hG4bK", &format!("branch=z9hG4bK{number}x"))
}

/// The ACK to an answer of this server.
fn ack_to(invite: &str, answer: &Sent) -> String {
    let (_, tag) = answer.header("To").split_once(";tag=").unwrap();
    to_tagged(&as_method(invite, "ACK"), tag)
}

#[test]
fn a_flood_of_requests_without_a_password_leaves_no_transaction_behind() {
    let mut server = Server::new();
    let register = as_method(&guarded(), "REGISTER");
    for number in 0..1000 {
        let sent = server.gets(caller(), &numbered(&guarded(), number));
        assert_eq!(starts(&sent), [CHALLENGE]);
        let sent = server.gets(caller(), &numbered(&register, number));
        assert_eq!(starts(&sent), ["SIP/2.0 401 Unauthorized"]);
    }
    assert_eq!(server.transactions(), 0);
    assert!(server.passes(ms(40_000)).is_empty(), "no timer runs");
}

#[test]
fn a_challenge_of_a_script_that_waited_leaves_no_transaction_behind() {
    let mut server = Server::new();
    server.holds_scripts = true;
    server.gets(caller(), &guarded());
    assert_eq!(server.transactions(), 1);
    assert!(server.gets(caller(), &guarded()).is_empty(), "absorbed");
    assert_eq!(starts(&server.decide()), [CHALLENGE]);
    assert_eq!(server.transactions(), 0);
    server.gets(caller(), &guarded());
    assert_eq!(server.waiting(), 1, "now it is decided again");
}

#[test]
fn the_ack_to_a_challenge_goes_nowhere_and_is_no_refusal_in_the_log() {
    let mut server = Server::new();
    let sent = server.gets(caller(), &guarded());
    server.holds_scripts = true;
    let ack = ack_to(&guarded(), &sent[0]);
    assert!(server.gets(caller(), &ack).is_empty());
    assert_eq!(server.waiting(), 0, "no script hears of it");
    assert!(server.notes.0.borrow().is_empty());
    let other = to_tagged(&as_method(&guarded(), "ACK"), "0123456789abcdef");
    server.gets(caller(), &other);
    assert_eq!(server.waiting(), 1, "an ACK to somebody else's answer");
}

#[test]
fn the_ack_of_a_client_without_the_magic_cookie_is_known_too() {
    let mut server = Server::new();
    let old = guarded().replace(";branch=z9hG4bK-invite", "");
    let sent = server.gets(caller(), &old);
    assert_eq!(starts(&sent), [CHALLENGE]);
    server.holds_scripts = true;
    server.gets(caller(), &ack_to(&old, &sent[0]));
    assert_eq!(server.waiting(), 0);
}

#[test]
fn over_a_stream_the_ack_to_a_challenge_goes_nowhere_either() {
    let mut server = Server::new();
    let caller = tcp("192.0.2.10:40000", 7);
    let invite = invite(caller, "guarded");
    let sent = server.gets(caller, &invite);
    assert_eq!(starts(&sent), [CHALLENGE]);
    assert_eq!(server.transactions(), 0);
    server.holds_scripts = true;
    server.gets(caller, &ack_to(&invite, &sent[0]));
    assert_eq!(server.waiting(), 0);
}

#[test]
fn an_invite_whose_challenge_was_lost_is_challenged_again_with_the_same_tag() {
    let mut server = Server::new();
    let lost = server.gets(caller(), &guarded());
    server.passes(ms(500));
    server.holds_scripts = true;
    assert!(server.gets(caller(), &guarded()).is_empty());
    assert_eq!(server.waiting(), 1, "it is decided again");
    let again = server.decide();
    assert_eq!(starts(&again), [CHALLENGE]);
    assert_eq!(again[0].header("To"), lost[0].header("To"));
}

#[test]
fn a_challenge_after_a_100_is_repeated_until_its_ack_as_the_client_no_longer_asks() {
    let mut server = Server::new();
    server.holds_scripts = true;
    server.gets(caller(), &guarded());
    assert_eq!(starts(&server.passes(ms(200))), ["SIP/2.0 100 Trying"]);
    let sent = server.decide();
    assert_eq!(starts(&sent), [CHALLENGE]);
    assert_eq!(server.times_of(CHALLENGE, ms(1500)), [700, 1700]);
    server.gets(caller(), &ack_to(&guarded(), &sent[0]));
    assert!(server.times_of(CHALLENGE, ms(40_000)).is_empty());
}

#[test]
fn a_cancel_to_what_was_challenged_finds_nothing() {
    let mut server = Server::new();
    server.gets(caller(), &guarded());
    let sent = server.gets(caller(), &as_method(&guarded(), "CANCEL"));
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 481 Call/Transaction Does Not Exist"]
    );
}

#[test]
fn an_invite_that_was_cancelled_before_its_challenge_gets_a_487_that_is_remembered() {
    let mut server = Server::new();
    server.holds_scripts = true;
    server.gets(caller(), &guarded());
    server.gets(caller(), &as_method(&guarded(), "CANCEL"));
    let terminated = server.decide();
    assert_eq!(starts(&terminated), ["SIP/2.0 487 Request Terminated"]);
    assert_eq!(server.gets(caller(), &guarded()), terminated);
    assert_eq!(server.waiting(), 0);
}

#[test]
fn an_answer_to_options_is_forgotten_and_given_again() {
    let mut server = Server::new();
    let options = request(caller(), "OPTIONS", "sip:192.0.2.1", "z9hG4bK-o");
    let answer = server.gets(caller(), &options);
    assert_eq!(starts(&answer), ["SIP/2.0 200 OK"]);
    assert_eq!(server.transactions(), 0);
    server.holds_scripts = true;
    server.gets(caller(), &options);
    assert_eq!(server.decide(), answer, "decided again, with the same tag");
}

/// What the scripts of the texts do at once: 100, and then the question.
fn tries_and_challenges(request: &mut Request) -> Reply {
    request.trying("Trying");
    Reply::of(if request.has_user() { 407 } else { 401 })
}

#[tokio::test(start_paused = true)]
async fn a_challenge_to_an_invite_that_its_script_had_tried_is_repeated() {
    let script = async |request: &mut Request| Err(tries_and_challenges(request));
    with_server(script, async |line: &Line| {
        let sent = line.gets(caller(), guarded()).await;
        assert_eq!(starts(&sent), ["SIP/2.0 100 Trying", CHALLENGE]);
        sleep(ms(501)).await;
        assert_eq!(starts(&line.settles().await), [CHALLENGE]);
        assert!(
            line.gets(caller(), ack_to(&guarded(), &sent[1]))
                .await
                .is_empty()
        );
        sleep(ms(40_000)).await;
        assert!(line.settles().await.is_empty());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_challenge_to_a_register_that_its_script_had_tried_is_forgotten() {
    let runs = Cell::new(0);
    let script = async |request: &mut Request| {
        runs.set(runs.get() + 1);
        Err(tries_and_challenges(request))
    };
    with_server(script, async |line: &Line| {
        let register = request(caller(), "REGISTER", "sip:192.0.2.1", "z9hG4bK-r");
        for _ in 0..2 {
            let sent = line.gets(caller(), &register).await;
            assert_eq!(
                starts(&sent),
                ["SIP/2.0 100 Trying", "SIP/2.0 401 Unauthorized"]
            );
        }
    })
    .await;
    assert_eq!(runs.get(), 2, "the phone still asks, and is asked again");
}

#[tokio::test(start_paused = true)]
async fn an_early_100_comes_though_the_script_goes_on_and_no_ack_gets_one() {
    let script = async |request: &mut Request| {
        request.trying("Trying");
        sleep(ms(1000)).await;
        Ok(Reply::of(486).into())
    };
    with_server(script, async |line: &Line| {
        let sent = line.gets(caller(), guarded()).await;
        assert_eq!(starts(&sent), ["SIP/2.0 100 Trying"]);
        let copy = line.gets(caller(), guarded()).await;
        assert_eq!(copy, sent, "a copy gets it again (§17.2.1)");
        let ack = request(caller(), "ACK", "sip:192.0.2.1", "z9hG4bK-a");
        assert!(line.gets(caller(), ack).await.is_empty());
        sleep(ms(1001)).await;
        assert_eq!(starts(&line.settles().await), ["SIP/2.0 486 Busy Here"]);
    })
    .await;
}
