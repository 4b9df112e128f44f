//! What is refused, and how it is reported: the fault, its place, its status, or silence.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{GOOD, arrival};
use sip_message::{Malformed, parse};

fn malformed(text: impl Into<Vec<u8>>) -> Malformed {
    match parse(text.into(), arrival()) {
        Err(malformed) => malformed,
        Ok(packet) => panic!("not refused: {packet:?}"),
    }
}

/// Parses GOOD with `from` replaced by `to`. The fault must be answered, and must be where
/// `at` begins in what was sent.
fn assert_fault(from: &str, to: &str, at: &str, expected_fault: &str) {
    assert!(GOOD.contains(from));
    let text = GOOD.replacen(from, to, 1);
    let malformed = malformed(text.as_str());
    let offset = text
        .find(at)
        .unwrap_or_else(|| panic!("{at:?} is not in {text}"));
    let expected = format!("{expected_fault} at byte {offset}");
    assert_eq!(malformed.error.to_string(), expected);
    assert!(
        malformed.request.is_some(),
        "{expected_fault} is not answered"
    );
}

#[test]
fn a_fault_is_named_with_its_offset_in_the_message() {
    for (from, to, at, expected_fault) in [
        (
            "sip:example.com",
            "sip:exa mple.com",
            " mple",
            "Request-URI: character not allowed in a URI",
        ),
        (
            "sip:example.com",
            "sip:example.com?a=b",
            "?a=b",
            "Request-URI: headers are not allowed here",
        ),
        (
            "sip:example.com",
            "example.com",
            "example.com",
            "Request-URI: no scheme",
        ),
        (
            "sip:example.com",
            "sip:example.com:70000",
            "70000",
            "Request-URI: port is not a number from 0 to 65535",
        ),
        (
            "SIP/2.0\r\n",
            "SIP/2.0 \r\n",
            " \r\nVia",
            "request line: white space after the version",
        ),
        (
            "192.0.2.1;",
            "192.0.2.1, SIP/2.0/UDP ;",
            ";branch",
            "Via: empty host",
        ),
        (
            "<sip:10@example.com>;tag=1",
            "\"Ten <sip:10@example.com>",
            "\"Ten",
            "From: quoted string never closed",
        ),
        (
            "<sip:10@example.com>;tag=1",
            "<sip:10@exa_mple.com:x>",
            "x>\r\n",
            "From: port is not a number from 0 to 65535",
        ),
        (
            "<sip:10@example.com>;tag=1",
            "<sip:10@e> <sip:x>",
            "<sip:x",
            "From: text where parameters should be",
        ),
        ("tag=1", "tag=", ";tag=\r\n", "From: empty tag"),
        (
            "To: <sip:10@example.com>",
            "To: <sip:10@example.com",
            "<sip:10@example.com\r\n",
            "To: < without >",
        ),
        ("To: <sip:10@example.com>\r\n", "", "Via", "To: missing"),
        (
            "Call-ID: 7",
            "Call-ID: 7 8",
            " 8",
            "Call-ID: more than one word",
        ),
        (
            "CSeq: 1 ",
            "CSeq: 4294967296 ",
            "4294967296",
            "CSeq: number above 2^32-1",
        ),
        (
            "1 REGISTER",
            "1 INVITE",
            "1 INVITE",
            "CSeq: method other than the request's",
        ),
        (
            "70",
            "256",
            "256",
            "Max-Forwards: not a number from 0 to 255",
        ),
        ("70", "7x", "7x", "Max-Forwards: not a number from 0 to 255"),
        ("70", "70\r\nt: <sip:11@h>", "t: <sip:11", "To: given twice"),
        (
            "Length: 0",
            "Length: 1",
            "1\r\n\r\n",
            "Content-Length: larger than the body",
        ),
        (
            "Length: 0",
            "Length: -1",
            "-1\r\n\r\n",
            "Content-Length: not a number of 32 bits",
        ),
        (
            "Length: 0",
            "Length: 0\r\nl: 1",
            "1\r\n\r\n",
            "Content-Length: two different values",
        ),
        (
            "70",
            "70\r\nSubject",
            "Subject",
            "header: line without a colon",
        ),
        ("70", "70\r\n: x", ": x", "header: line without a name"),
        (
            "70",
            "70\r\nSub\x1bject: x",
            "\x1bject",
            "header: character not allowed in a name",
        ),
        (
            "70",
            "70\r\nSubject\r\n : x",
            "\r\n : x",
            "header: character not allowed in a name",
        ),
        ("70", "70\r\nSubject: \0x", "\0x", "header: NUL byte"),
        (
            "70",
            "70\r\nSubject: x\rRoute: y",
            "\rRoute",
            "header: CR without LF",
        ),
        (
            "70",
            "70\r\nSubject: x\nRoute: y",
            "\nRoute",
            "header: line end without CR",
        ),
        (
            "\r\nContent-Length: 0\r\n\r\n",
            "\r\nContent-Length: 0\r\n",
            "no",
            "header: no empty line after the last",
        ),
    ] {
        let at = if at == "no" { "" } else { at };
        if at.is_empty() {
            let error = malformed(GOOD.replacen(from, to, 1)).error;
            assert_eq!(
                error.to_string(),
                format!("{expected_fault} at byte {}", GOOD.len() - 2)
            );
        } else if expected_fault.ends_with("missing") {
            let error = malformed(GOOD.replacen(from, to, 1)).error;
            assert_eq!(error.offset, GOOD.find(at).unwrap(), "{expected_fault}");
        } else {
            assert_fault(from, to, at, expected_fault);
        }
    }
}

#[test]
fn another_version_of_sip_is_505() {
    let malformed = malformed(GOOD.replace("SIP/2.0\r\nVia", "SIP/7.0\r\nVia"));
    assert_eq!(malformed.error.kind.status(), 505);
    assert!(malformed.request.is_some());
}

#[test]
fn what_cannot_be_answered_is_met_with_silence() {
    for text in [
        GOOD.replace("REGISTER", "ACK").replace("70", "x"),
        GOOD.replace("Via:", "Viaduct:"),
        GOOD.replace("SIP/2.0/UDP", "SIP/2.0/UDP,"),
        GOOD.replace("REGISTER sip:example.com SIP/2.0", "SIP/2.0 200 OK")
            .replace("70", "70\r\nx"),
        GOOD.replace("REGISTER sip:example.com SIP/2.0", "SIP/2.0 99 OK"),
        GOOD.replace("REGISTER sip:example.com SIP/2.0", "SIP/2.0 700 OK"),
        GOOD.replace("REGISTER sip:example.com SIP/2.0", "SIP/2.0 +20 OK"),
        GOOD.replace("REGISTER sip:example.com SIP/2.0", "SIP/2.0 2000 OK"),
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
        "\r\n\r\n".to_owned(),
        String::new(),
        "x".repeat(65_536),
    ] {
        assert!(malformed(text.as_str()).request.is_none(), "{text}");
    }
}

#[test]
fn an_address_that_could_be_read_in_two_ways_is_a_400_in_every_header_field_that_routes() {
    for (address, at, expected_fault) in [
        ("\"Bob <sip:b@h>", "\"Bob", "quoted string never closed"),
        (
            "sip:a@h;x=<sip:b@h>",
            ";x=",
            "comma or semicolon in an unquoted name",
        ),
        ("sip:a@h <sip:b@h>", "sip:a@h <", "URI before <"),
    ] {
        for (before, after, name) in [
            ("From: <sip:10@example.com>;tag=1", "From: {};tag=1", "From"),
            ("To: <sip:10@example.com>", "To: {}", "To"),
            ("Max-", "m: {}\r\nMax-", "Contact"),
            ("Max-", "Contact: <sip:c@h>, {}\r\nMax-", "Contact"),
            ("Max-", "Route: <sip:r;lr>\r\nRoute: {}\r\nMax-", "Route"),
            (
                "Max-",
                "Record-Route: <sip:r;lr>,{}\r\nMax-",
                "Record-Route",
            ),
        ] {
            assert!(GOOD.contains(before), "{before}");
            let text = GOOD.replace(before, &after.replace("{}", address));
            let malformed = malformed(text.as_str());
            let place = text.find(at).unwrap();
            let expected_fault = format!("{name}: {expected_fault} at byte {place}");
            assert_eq!(malformed.error.to_string(), expected_fault, "{text}");
            assert!(malformed.request.is_some(), "{text}");
        }
    }
}
