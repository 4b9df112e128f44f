//! ACK (RFC 3261 §17.1.1.3, §17.2.1, §16.11): to a refusal hop by hop, to a 2xx end to end.

use super::harness::{Server, callee, caller, ms, starts};
use super::messages::{as_method, invite, request, to_tagged, with};
use super::recorded::Sent;

fn answered_call(server: &mut Server) -> Sent {
    let invites = server.calls("b");
    server.answered(&invites[0], 200, "tag-b").remove(0)
}

fn ack_of(ok: &Sent) -> String {
    let ack = request(caller(), "ACK", "sip:b@192.0.2.11", "z9hG4bK-ack");
    let ack = with(&ack, &format!("Route: {}", ok.header("Record-Route")));
    to_tagged(&ack, "tag-b")
}

#[test]
fn the_ack_to_a_2xx_is_relayed_with_the_same_branch_every_time() {
    let mut server = Server::new();
    let ok = answered_call(&mut server);
    let first = server.gets(caller(), &ack_of(&ok));
    assert_eq!(starts(&first), ["ACK sip:b@192.0.2.11 SIP/2.0"]);
    assert!(first[0].is_to(callee()));
    assert!(first[0].all("Route").is_empty());
    assert!(first[0].branch().starts_with("z9hG4bK"));
    assert_eq!(server.gets(caller(), &ack_of(&ok)), first);
}

#[test]
fn an_ack_that_outgrows_the_largest_message_goes_no_further() {
    let mut server = Server::new();
    let ok = answered_call(&mut server);
    let ack = ack_of(&ok);
    let filled = |more: usize| with(&ack, &format!("X: {}", "x".repeat(more)));
    let largest = 65_535 - filled(0).len();
    assert!(server.gets(caller(), &filled(largest)).is_empty());
    assert_eq!(server.gets(caller(), &filled(largest - 200)).len(), 1);
}

#[test]
fn the_ack_to_a_2xx_makes_no_transaction_and_is_never_sent_again() {
    let mut server = Server::new();
    let ok = answered_call(&mut server);
    let before = server.transactions();
    server.gets(caller(), &ack_of(&ok));
    assert_eq!(server.transactions(), before);
    assert!(server.passes(ms(40_000)).is_empty());
}

#[test]
fn acks_of_different_calls_have_different_branches() {
    let mut server = Server::new();
    let ok = answered_call(&mut server);
    let one = server.gets(caller(), &ack_of(&ok));
    let two = server.gets(
        caller(),
        &ack_of(&ok).replace("z9hG4bK-ack", "z9hG4bK-other"),
    );
    assert_ne!(one[0].branch(), two[0].branch());
}

#[test]
fn the_ack_to_a_refusal_ends_here() {
    let mut server = Server::new();
    let invites = server.calls("b");
    server.answered(&invites[0], 486, "tag-b");
    let ack = to_tagged(&as_method(&invite(caller(), "b"), "ACK"), "tag-b");
    assert!(server.gets(caller(), &ack).is_empty());
    assert!(server.gets(caller(), &ack).is_empty());
}

#[test]
fn an_ack_that_nobody_waits_for_is_never_answered() {
    let mut server = Server::new();
    for uri in [
        "sip:nobody@192.0.2.1",
        "sip:x@elsewhere.example",
        "sip:192.0.2.1",
    ] {
        assert!(
            server
                .gets(caller(), &request(caller(), "ACK", uri, "z9hG4bK-a"))
                .is_empty()
        );
    }
}

#[test]
fn an_ack_without_hops_left_is_dropped() {
    let mut server = Server::new();
    let ok = answered_call(&mut server);
    let ack = ack_of(&ok).replace("Max-Forwards: 70", "Max-Forwards: 0");
    assert!(server.gets(caller(), &ack).is_empty());
}

#[test]
fn the_refusal_of_a_client_without_the_magic_cookie_is_acknowledged() {
    let mut server = Server::new();
    let old = invite(caller(), "nobody").replace(";branch=z9hG4bK-invite", "");
    assert_eq!(
        starts(&server.gets(caller(), &old)),
        ["SIP/2.0 404 Not Found"]
    );
    assert_eq!(
        server.gets(caller(), &old).len(),
        1,
        "absorbed, answered again"
    );
    assert!(server.gets(caller(), &as_method(&old, "ACK")).is_empty());
    assert!(
        server.gets(caller(), &old).is_empty(),
        "it was acknowledged"
    );
}

#[test]
fn the_ack_to_a_2xx_that_has_the_branch_of_its_invite_passes_too() {
    let mut server = Server::new();
    let ok = answered_call(&mut server);
    let ack = ack_of(&ok).replace("z9hG4bK-ack", "z9hG4bK-invite");
    let sent = server.gets(caller(), &ack);
    assert_eq!(starts(&sent), ["ACK sip:b@192.0.2.11 SIP/2.0"]);
}
