//! Every case of RFC 4475 and RFC 5118: accepted and printed as it came, refused with the
//! right status and fault, or met with silence. What is read from them is in the other files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cases;
#[path = "../common/mod.rs"]
mod common;
mod rfc4475_application;
mod rfc4475_invalid;
mod rfc4475_valid;
mod rfc5118;

use cases::{Case, Parsed, RFC4475, RFC5118};
use common::{arrival, request, text};
use sip_message::{Frame, Framer, HeaderName, Malformed, Packet, Reply, parse};

fn all() -> impl Iterator<Item = &'static Case> {
    RFC4475.iter().chain(RFC5118)
}

#[test]
fn all_cases_of_both_documents_are_here() {
    assert_eq!((RFC4475.len(), RFC5118.len()), (49, 12));
}

#[test]
fn each_case_is_accepted_refused_or_ignored_as_it_must_be() {
    for case in all() {
        let got = match parse(case.bytes.to_vec(), arrival()) {
            Ok(Packet::Request(_)) => Parsed::Request,
            Ok(Packet::Response(_)) => Parsed::Response,
            Err(Malformed { error, request }) => match request {
                Some(_) => Parsed::Refused(error.kind.status().code(), error.part),
                None => Parsed::Silence,
            },
        };
        assert_eq!(got, case.parsed, "{}", case.name);
    }
}

#[test]
fn what_is_accepted_is_printed_as_it_came() {
    for case in all() {
        let printed = match parse(case.bytes.to_vec(), arrival()) {
            Ok(Packet::Request(request)) => request.to_bytes(),
            Ok(Packet::Response(response)) => response.to_bytes(),
            Err(_) => continue,
        };
        match case.name {
            "dblreq" => assert!(case.bytes.starts_with(&printed) && printed.ends_with(b"\r\n\r\n")),
            name => assert!(printed == case.bytes, "{name} was changed"),
        }
    }
}

#[test]
fn what_is_refused_is_answered_by_a_reply_that_parses() {
    for case in all() {
        let Err(Malformed {
            error,
            request: Some(request),
        }) = parse(case.bytes.to_vec(), arrival())
        else {
            continue;
        };
        let status = error.kind.status();
        let bytes = Reply::new(status, error.to_string()).to_bytes(&request, "ours");
        let reply = String::from_utf8_lossy(&bytes);
        assert!(
            reply.starts_with(&format!("SIP/2.0 {status} {error}\r\nVia: ")),
            "{reply}"
        );
        assert!(reply.ends_with("\r\nContent-Length: 0\r\n\r\n"), "{reply}");
    }
}

#[test]
fn a_stream_is_framed_by_the_same_rules() {
    for case in all() {
        let mut framer = Framer::default();
        framer.push(case.bytes);
        match (case.name, framer.next_frame()) {
            ("ncl" | "mcl01", Err(error)) => assert_eq!(error.kind.status(), 400),
            ("inv2543", Err(error)) => assert!(error.fault.contains("needs"), "{error}"),
            ("clerr", Ok(None)) => assert!(framer.is_inside_message()),
            ("dblreq", Ok(Some(Frame::Message(first)))) => {
                assert_eq!(request(first).method().as_str(), "REGISTER");
                let Ok(Some(Frame::Message(second))) = framer.next_frame() else {
                    panic!("a stream carries both");
                };
                assert_eq!(request(second).method().as_str(), "INVITE");
            }
            (name, Ok(Some(Frame::Message(message)))) => assert!(message == case.bytes, "{name}"),
            (name, other) => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn an_edit_leaves_the_rest_of_every_case_as_it_came() {
    for case in all().filter(|case| case.parsed == Parsed::Request) {
        let mut message = request(case.bytes);
        let before = message.to_bytes();
        message.push_front(HeaderName::Via, "SIP/2.0/UDP 192.0.2.15;branch=z9hG4bKus");
        assert_eq!(
            message
                .top_via()
                .map(|via| via.branch().to_owned())
                .as_deref(),
            Ok("z9hG4bKus")
        );
        message.remove_first(HeaderName::Via);
        assert!(
            message.to_bytes() == before,
            "{}: {}",
            case.name,
            text(&message)
        );
    }
}
