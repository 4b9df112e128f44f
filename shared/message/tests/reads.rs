//! What is read from a message, and how it shows itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{GOOD, request};
use sip_message::{Contacts, HeaderName, Q, Uri};

#[test]
fn a_response_is_read_with_and_without_a_reason() {
    for (line, reason) in [
        ("SIP/2.0 200 OK", "OK"),
        ("SIP/2.0 200 ", ""),
        ("SIP/2.0 200", ""),
        ("sip/2.0 200 все хорошо", "все хорошо"),
    ] {
        let text = GOOD.replace("REGISTER sip:example.com SIP/2.0", line);
        let response = common::response(text.as_str());
        assert_eq!(response.status(), 200);
        assert_eq!(response.reason(), reason.as_bytes());
        assert_eq!(common::text(&response), text);
    }
}

#[test]
fn bytes_beyond_the_content_length_of_a_datagram_are_dropped() {
    let request = request(format!("\r\n{GOOD}INVITE sip:x SIP/2.0\r\n\r\n"));
    assert_eq!(common::text(&request), GOOD);
}

#[test]
fn contacts_are_addresses_or_one_star() {
    let with = |contact: &str| request(GOOD.replace("Max-", &format!("{contact}\r\nMax-")));
    let star = with("Contact: *\r\nExpires: 0");
    assert!(matches!(star.contacts(), Ok(Contacts::Star)));
    assert_eq!(star.expires(), Some(0));

    let two = with("m: \"a, b\" <sip:x,y@h>;q=0.5, <sip:z@h>;expires=\"7\"\r\nExpires: soon");
    let Contacts::List(list) = two.contacts().unwrap() else {
        panic!("a list");
    };
    assert_eq!((list[0].q.thousandths(), list[0].expires), (500, None));
    assert_eq!((list[1].q, list[1].address.uri), (Q::ONE, "sip:z@h"));
    assert_eq!(two.expires(), None);

    for (contact, at) in [
        ("Contact: *, <sip:a>", "*,"),
        ("Contact: <sip:a>\r\nContact: *", "*\r\n"),
        ("Contact: *\r\nContact: *", "*\r\nC"),
        ("Contact: <sip:a>;q=8", "8\r\n"),
        ("Contact: <sip:a> junk", "junk"),
    ] {
        let message = with(contact);
        let expected = common::text(&message).find(at);
        assert_eq!(
            Some(message.contacts().unwrap_err().offset),
            expected,
            "{contact}"
        );
    }
}

#[test]
fn a_fault_in_a_uri_can_be_placed_in_the_message() {
    let message = request(GOOD.replace("Max-", "Contact: <sip:a@h>, <sip:b@:1>\r\nMax-"));
    let Contacts::List(list) = message.contacts().unwrap() else {
        panic!("a list");
    };
    let uri = list[1].address.uri;
    let error = message.locate(Uri::parse(uri).unwrap_err(), HeaderName::Contact, uri);
    assert_eq!(
        error.to_string(),
        format!("Contact: empty host at byte {}", {
            common::text(&message).find(":1>").unwrap()
        })
    );
}

#[test]
fn names_are_found_in_any_spelling() {
    let message = request(GOOD.replace("Max-", "SUBJECT : a\r\nX-Y:b\r\ne: gzip\r\nMax-"));
    assert_eq!(message.other("Subject"), Some(&b"a"[..]));
    assert_eq!(message.other("x-y"), Some(&b"b"[..]));
    assert_eq!(message.other("Content-Encoding"), Some(&b"gzip"[..]));
    let message = request(GOOD.replace("Max-", "s:a\r\nMax-"));
    assert_eq!(message.other("Subject"), Some(&b"a"[..]));
}

#[test]
fn a_message_is_shown_as_text_without_control_bytes() {
    let message = request(GOOD.replace("Max-", "X: \x1b[2J\r\nMax-"));
    let shown = format!("{message:?}");
    assert!(
        shown.starts_with("UDP 192.0.2.1:5060 -> 192.0.2.15:5060\nREGISTER sip:"),
        "{shown}"
    );
    assert!(shown.contains("\nX: \\u{1b}[2J\n"), "{shown}");
}

#[test]
fn a_tag_is_the_one_of_the_whole_address() {
    for (from, tag) in [
        ("<sip:10@h>;tag=1", Some("1")),
        ("<sip:10@h>\r\n ; Tag = 1 ;x", Some("1")),
        ("<sip:10@h>;x=\"a>b\";tag=1", Some("1")),
        ("<sip:10@h>;x=\">;tag=2\"", None),
        ("\"a>;tag=2\" <sip:10@h>;y", None),
        ("<sip:10@h;tag=2>", None),
        ("sip:10@h;tag=1", Some("1")),
        ("sip:10@h;tags=2;xtag=3", None),
    ] {
        let request = request(GOOD.replace("<sip:10@example.com>;tag=1", from));
        assert_eq!(request.tag(HeaderName::From), tag, "{from}");
        assert_eq!(request.from().unwrap().tag(), tag, "{from}");
    }
}
