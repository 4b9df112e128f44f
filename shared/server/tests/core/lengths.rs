//! Content-Length, which a stream needs and a datagram does not (RFC 3261 §16.6 step 9, §18.3).
//!
//! The network of these tests cuts what is sent over TCP as its reader would, and takes nothing
//! that is more than one message.

use super::harness::{Server, callee, caller, starts};
use super::messages::{as_method, invite, request, response, to_tagged};
use super::recorded::{Peer, tcp};

/// A message somebody would like a phone to read as the server's.
const SMUGGLED: &str = "INVITE sip:b@phone SIP/2.0\r\nl: 0\r\n\r\n";

/// With that body, and without Content-Length.
fn without_length(message: &str, body: &str) -> String {
    message.replacen("Content-Length: 0\r\n", "", 1) + body
}

fn server_with_b_on(transport: &str) -> Server {
    let mut server = Server::new();
    let uri = match transport {
        "TCP" => "sip:b@192.0.2.11;transport=tcp",
        _ => "sip:b@192.0.2.11",
    };
    server.user("b", &[uri]);
    server
}

/// Where user `b` is sent an INVITE over TCP.
fn callee_on_tcp() -> Peer {
    tcp("192.0.2.11:5060", 5060)
}

fn caller_on_tcp() -> Peer {
    tcp("192.0.2.10:40000", 7)
}

#[test]
fn a_request_from_a_datagram_gets_its_length_on_a_stream() {
    for method in ["INVITE", "MESSAGE"] {
        let mut server = server_with_b_on("TCP");
        let text = request(caller(), method, "sip:b@192.0.2.1", "z9hG4bK-l");
        let sent = server.gets(caller(), &without_length(&text, SMUGGLED));
        let relayed = sent.last().unwrap();
        assert!(relayed.is_to(callee_on_tcp()));
        assert_eq!(
            relayed.all("Content-Length"),
            [SMUGGLED.len().to_string()],
            "{method}"
        );
        assert!(relayed.text.ends_with(&format!("\r\n\r\n{SMUGGLED}")));
    }
}

#[test]
fn a_request_without_a_body_gets_a_length_of_nothing() {
    let mut server = server_with_b_on("TCP");
    let text = without_length(&invite(caller(), "b"), "");
    assert_eq!(server.gets(caller(), &text)[1].all("Content-Length"), ["0"]);
}

#[test]
fn a_request_that_goes_on_in_a_datagram_leaves_without_a_length_as_it_came() {
    let mut server = server_with_b_on("UDP");
    let text = without_length(&invite(caller(), "b"), SMUGGLED);
    let sent = server.gets(caller(), &text);
    assert!(sent[1].is_to(callee()));
    assert!(sent[1].all("Content-Length").is_empty());
    assert!(sent[1].text.ends_with(SMUGGLED));
}

#[test]
fn of_a_fork_only_the_branches_on_streams_get_a_length() {
    let (stream, datagram) = ("sip:b@192.0.2.11;transport=tcp", "sip:c@192.0.2.12");
    for targets in [[stream, datagram], [datagram, stream]] {
        let mut server = Server::new();
        server.user("b", &targets);
        let sent = server.gets(caller(), &without_length(&invite(caller(), "b"), "body"));
        for branch in &sent[1..] {
            let lengths = branch.all("Content-Length");
            match branch.is_to(callee_on_tcp()) {
                true => assert_eq!(lengths, ["4"]),
                false => assert!(lengths.is_empty(), "{lengths:?}"),
            }
        }
    }
}

#[test]
fn a_length_in_its_compact_form_is_a_length() {
    let mut server = server_with_b_on("TCP");
    let text = invite(caller(), "b").replace("Content-Length: 0", "l:4") + "body";
    let sent = server.gets(caller(), &text);
    assert!(sent[1].text.ends_with("\r\nl:4\r\n\r\nbody"));
    assert!(sent[1].all("Content-Length").is_empty());
}

#[test]
fn what_a_datagram_has_behind_its_body_does_not_go_on_over_a_stream() {
    let mut server = server_with_b_on("TCP");
    let text = invite(caller(), "b").replace("Content-Length: 0", "Content-Length: 4");
    let sent = server.gets(caller(), &format!("{text}body{SMUGGLED}"));
    assert!(sent[1].is_to(callee_on_tcp()));
    assert!(sent[1].text.ends_with("\r\n\r\nbody"));

    let text = response(&sent[1], 200, "OK", "tag-b") + SMUGGLED;
    let passed = server.gets(callee(), &text);
    assert!(passed[0].text.ends_with("\r\n\r\n"));
}

#[test]
fn every_response_from_a_datagram_gets_its_length_on_a_stream() {
    let mut server = server_with_b_on("UDP");
    let sent = server.gets(caller_on_tcp(), &invite(caller_on_tcp(), "b"));
    let answers = [(183, "b"), (200, "b"), (200, "late"), (200, "late")];
    for (status, tag) in answers {
        let text = without_length(&response(&sent[1], status, "Reason", tag), SMUGGLED);
        let passed = server.gets(callee(), &text);
        assert!(passed[0].is_to(caller_on_tcp()));
        assert_eq!(
            passed[0].all("Content-Length"),
            [SMUGGLED.len().to_string()],
            "{status} {tag}"
        );
    }
}

#[test]
fn a_refusal_from_a_datagram_gets_its_length_on_a_stream() {
    for method in ["INVITE", "MESSAGE"] {
        let mut server = server_with_b_on("UDP");
        let text = request(caller_on_tcp(), method, "sip:b@192.0.2.1", "z9hG4bK-l");
        let sent = server.gets(caller_on_tcp(), &text);
        let relayed = sent.last().unwrap();
        let refusal = without_length(&response(relayed, 486, "Busy", "tag-b"), SMUGGLED);
        let passed = server.gets(callee(), &refusal);
        let passed = passed.last().unwrap();
        assert_eq!(passed.start(), "SIP/2.0 486 Busy");
        assert!(passed.is_to(caller_on_tcp()));
        assert_eq!(
            passed.all("Content-Length"),
            [SMUGGLED.len().to_string()],
            "{method}"
        );
    }
}

#[test]
fn a_response_that_goes_on_in_a_datagram_leaves_without_a_length_as_it_came() {
    let mut server = server_with_b_on("UDP");
    let invites = server.calls("b");
    let text = without_length(&response(&invites[0], 200, "OK", "tag-b"), SMUGGLED);
    let passed = server.gets(callee(), &text);
    assert!(passed[0].all("Content-Length").is_empty());
    assert!(passed[0].text.ends_with(SMUGGLED));
}

#[test]
fn an_ack_that_passes_gets_its_length_on_a_stream() {
    let mut server = server_with_b_on("TCP");
    let invites = server.calls("b");
    let ok = server.answered(&invites[0], 200, "tag-b").remove(0);
    let uri = "sip:b@192.0.2.11;transport=tcp";
    let mut routes = ok.all("Record-Route");
    routes.reverse();
    let ack = to_tagged(&request(caller(), "ACK", uri, "z9hG4bK-ack"), "tag-b");
    let ack = ack.replacen("CSeq", &format!("Route: {}\r\nCSeq", routes.join(",")), 1);
    let sent = server.gets(caller(), &without_length(&ack, SMUGGLED));
    assert_eq!(starts(&sent), [format!("ACK {uri} SIP/2.0")]);
    assert!(sent[0].is_to(callee_on_tcp()));
    assert_eq!(sent[0].all("Content-Length"), [SMUGGLED.len().to_string()]);
}

#[test]
fn what_the_server_says_itself_on_a_stream_has_a_length() {
    let mut server = server_with_b_on("TCP");
    let from = caller_on_tcp();
    let mut sent = server.gets(from, &invite(from, "b")); // 100 and the INVITE
    let invited = sent[1].clone();
    sent.extend(server.answered(&invited, 180, "tag-b"));
    sent.extend(server.gets(from, &as_method(&invite(from, "b"), "CANCEL"))); // 200, CANCEL
    sent.extend(server.answered(&invited, 487, "tag-b")); // ACK, 487
    sent.extend(server.gets(
        from,
        &request(from, "OPTIONS", "sip:192.0.2.1", "z9hG4bK-o"),
    ));
    assert_eq!(sent.len(), 8);
    for sent in sent {
        assert_eq!(sent.all("Content-Length"), ["0"], "{}", sent.text);
    }
}
