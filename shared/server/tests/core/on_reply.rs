//! What a chapter does to responses before they are passed on (`onreply_route` of Kamailio).

use sip_server::{Reply, Response};

use super::harness::{Server, callee, caller, other_callee, starts};
use super::messages::{as_method, invite, request, response, with};
use super::recorded::{Peer, Sent};

/// Removes Remote-Party-ID, and refuses what its sender calls secret.
fn judge(response: &mut Response) -> Result<(), Reply> {
    response.remove_asserted_identity();
    match response.other("X-Secret") {
        Some(_) => Err(Reply::of(403).because("it is a secret")),
        None => Ok(()),
    }
}

/// A peer answers with a header field more.
fn answered(server: &mut Server, to: &Sent, status: u16, field: &str) -> Vec<Sent> {
    let text = with(&response(to, status, "Reason", "tag"), field);
    server.gets(Peer(to.flow), &text)
}

const IDENTITY: &str = "Remote-Party-ID: <sip:boss@example.com>";
const SECRET: &str = "X-Secret: yes";

#[test]
fn every_response_is_changed_before_it_is_passed_on() {
    let mut server = Server::on_reply(judge);
    let out = server.calls("b").remove(0);
    for status in [183, 200] {
        let sent = answered(&mut server, &out, status, IDENTITY);
        assert_eq!(sent.len(), 1);
        assert!(sent[0].is_to(caller()), "{}", sent[0].text);
        assert!(!sent[0].text.contains("boss"), "{}", sent[0].text);
    }
    let again = answered(&mut server, &out, 200, IDENTITY);
    assert!(!again[0].text.contains("boss"), "a 2xx that is repeated");
    for (status, method) in [(200, "MESSAGE"), (488, "SUBSCRIBE"), (488, "INVITE")] {
        let uri = "sip:b@192.0.2.1";
        let text = request(caller(), method, uri, &format!("z9hG4bK-{method}"));
        let sent = server.gets(caller(), &text);
        let out = sent.iter().find(|sent| sent.is_to(callee())).unwrap();
        let sent = answered(&mut server, out, status, IDENTITY);
        let passed = sent.iter().find(|sent| sent.is_to(caller())).unwrap();
        assert!(!passed.text.contains("boss"), "{}", passed.text);
    }
}

#[test]
fn a_refusal_takes_the_place_of_a_final_response() {
    let mut server = Server::on_reply(judge);
    let out = server.calls("b").remove(0);
    assert!(answered(&mut server, &out, 183, SECRET).is_empty());
    let sent = answered(&mut server, &out, 407, SECRET);
    let expected = ["ACK sip:b@192.0.2.11 SIP/2.0", "SIP/2.0 403 Forbidden"];
    assert_eq!(starts(&sent), expected);
    assert!(sent[0].is_to(callee()) && sent[1].is_to(caller()));
    let notes = server.notes.0.borrow().join("\n");
    assert!(notes.contains("407 Reason: it is a secret"), "{notes}");
}

#[test]
fn a_call_that_was_answered_stands() {
    let mut server = Server::on_reply(judge);
    let out = server.calls("b").remove(0);
    let sent = answered(&mut server, &out, 200, SECRET);
    assert_eq!(starts(&sent), ["SIP/2.0 200 Reason"]);
}

#[test]
fn a_fork_chooses_among_what_is_left() {
    let mut server = Server::on_reply(judge);
    let mut out = server.calls("both");
    let (one, two) = (out.remove(0), out.remove(0));
    assert!(two.is_to(other_callee()));
    answered(&mut server, &one, 407, SECRET);
    let sent = answered(&mut server, &two, 486, "Subject: x");
    let status = sent.iter().find(|sent| sent.is_to(caller())).unwrap();
    assert_eq!(status.start(), "SIP/2.0 486 Reason");
}

#[test]
fn what_the_server_says_itself_is_not_judged() {
    let mut server = Server::on_reply(|_| Err(Reply::of(403)));
    let sent = server.gets(caller(), &invite(caller(), "nobody"));
    assert_eq!(starts(&sent), ["SIP/2.0 404 Not Found"]);
    let mut server = Server::on_reply(|_| Err(Reply::of(403)));
    server.calls("b");
    let cancel = as_method(&invite(caller(), "b"), "CANCEL");
    assert_eq!(starts(&server.gets(caller(), &cancel)), ["SIP/2.0 200 OK"]);
}
