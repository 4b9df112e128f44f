//! A phone is called from the address of ours that it registered at.

use sip_message::{Target, Transport};

use super::harness::{Server, caller, ms, starts};
use super::messages::{as_method, invite, request};
use super::record_route::{from_callee, in_dialog};
use super::recorded::{Peer, SECOND, SERVER, Sent, peer};

/// A server at which `b` registered at its second address.
fn server() -> Server {
    registered_at(SECOND, "sip:b@192.0.2.11")
}

fn registered_at(local: &str, contact: &str) -> Server {
    let mut server = Server::new();
    let target = Target {
        local: local.parse().ok(),
        ..Target::new(contact)
    };
    server.users.insert("b", vec![target]);
    server
}

/// The phone of `b`, as the second address of the server sees it.
fn phone() -> Peer {
    peer(Transport::Udp, SECOND, "192.0.2.11:5060", None)
}

/// Whether all of these left from the second address to the phone, and their Via names it.
fn assert_from_second(sent: &[Sent], expected: &[&str]) {
    let to_phone = |sent: &&Sent| sent.flow.remote == phone().0.remote;
    let to_phone: Vec<Sent> = sent.iter().filter(to_phone).cloned().collect();
    assert_eq!(starts(&to_phone), expected);
    for sent in to_phone {
        assert!(sent.is_to(phone()), "{}: {:?}", sent.start(), sent.flow);
        let via = sent.header("Via");
        assert!(via.starts_with("SIP/2.0/UDP 192.0.2.2:5080;"), "{via}");
    }
}

#[test]
fn a_call_and_all_that_belongs_to_it_leave_from_where_the_phone_registered() {
    let mut server = server();
    let text = invite(caller(), "b");
    let sent = server.gets(caller(), &text);
    let invite = "INVITE sip:b@192.0.2.11 SIP/2.0";
    assert_from_second(&sent, &[invite]);
    assert_from_second(&server.passes(ms(600)), &[invite]);
    server.answered(&sent[1], 180, "tag-b");
    let cancelled = server.gets(caller(), &as_method(&text, "CANCEL"));
    assert_from_second(&cancelled, &["CANCEL sip:b@192.0.2.11 SIP/2.0"]);
    let ended = server.answered(&sent[1], 487, "tag-b");
    assert_from_second(&ended, &["ACK sip:b@192.0.2.11 SIP/2.0"]);
    let message = request(caller(), "MESSAGE", "sip:b@192.0.2.1", "z9hG4bK-m");
    let message = server.gets(caller(), &message);
    assert_from_second(&message, &["MESSAGE sip:b@192.0.2.11 SIP/2.0"]);
}

#[test]
fn a_phone_behind_a_nat_is_called_from_where_it_registered() {
    let mut server = server();
    let target = Target {
        flow: Some(phone().0),
        ..server.users["b"][0].clone()
    };
    server.users.insert("b", vec![target]);
    assert_from_second(&server.calls("b"), &["INVITE sip:b@192.0.2.11 SIP/2.0"]);
}

#[test]
fn requests_inside_the_call_leave_from_the_address_of_their_side() {
    let mut server = server();
    let invite = server.calls("b").remove(0);
    let routes = invite.all("Record-Route");
    assert!(
        routes[0].starts_with("<sip:192.0.2.2:5080;lr"),
        "{routes:?}"
    );
    assert!(routes[1].starts_with("<sip:192.0.2.1;lr"), "{routes:?}");
    let ok = server.answered(&invite, 200, "tag-b").remove(0);
    let reversed: Vec<&str> = ok.all("Record-Route").into_iter().rev().collect();
    for method in ["ACK", "INFO", "BYE"] {
        let text = in_dialog(caller(), method, "sip:b@192.0.2.11", &reversed);
        let text = text.replace("z9hG4bK-in", &format!("z9hG4bK-{method}"));
        let sent = server.gets(caller(), &text);
        assert_from_second(&sent, &[&format!("{method} sip:b@192.0.2.11 SIP/2.0")]);
    }
    let bye = from_callee(&in_dialog(phone(), "BYE", "sip:a@192.0.2.10", &routes));
    let sent = server.gets(phone(), &bye);
    assert_eq!(starts(&sent), ["BYE sip:a@192.0.2.10 SIP/2.0"]);
    assert!(sent[0].is_to(caller()), "{:?}", sent[0].flow);
    assert!(sent[0].header("Via").starts_with("SIP/2.0/UDP 192.0.2.1;"));
}

#[test]
fn a_connection_is_opened_from_where_the_phone_registered() {
    let mut server = registered_at(SECOND, "sip:b@192.0.2.11:5070;transport=tcp");
    let sent = server.calls("b");
    assert_eq!(sent[0].flow.local.to_string(), SECOND);
    assert!(
        sent[0]
            .header("Via")
            .starts_with("SIP/2.0/TCP 192.0.2.2:5080;")
    );
}

#[test]
fn an_address_that_is_no_longer_listened_at_does_not_count() {
    for gone in ["192.0.2.2:5060", "192.0.2.99:5080", "[2001:db8::99]:5060"] {
        let sent = registered_at(gone, "sip:b@192.0.2.11").calls("b");
        assert_eq!(sent[0].flow.local.to_string(), SERVER, "{gone}");
    }
}
