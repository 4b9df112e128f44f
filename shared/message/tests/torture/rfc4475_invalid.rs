//! RFC 4475 §3.1.2: a fault is reported at the place where it is.

use crate::cases::message;
use crate::common::{arrival, request};
use sip_message::{Malformed, parse};

/// What a 400 to the case says, and the text at the place it names.
fn fault(name: &str) -> (String, String) {
    let bytes = message(name);
    let Err(Malformed { error, .. }) = parse(bytes.to_vec(), arrival()) else {
        panic!("{name} is accepted");
    };
    let rest = String::from_utf8_lossy(&bytes[error.offset..]).into_owned();
    let line = rest.split("\r\n").next().unwrap_or_default();
    (format!("{}: {}", error.part, error.fault), line.to_owned())
}

fn assert_fault(name: &str, expected_fault: &str, at: &str) {
    assert_eq!(
        fault(name),
        (expected_fault.to_owned(), at.to_owned()),
        "{name}"
    );
}

#[test]
fn badinv01_separators_with_nothing_between_them() {
    assert_fault("badinv01", "Via: no protocol/version/transport", ";,,");
}

#[test]
fn clerr_a_body_shorter_than_said() {
    assert_fault("clerr", "Content-Length: larger than the body", "9999");
}

#[test]
fn ncl_a_negative_length() {
    assert_fault("ncl", "Content-Length: not a number of 32 bits", "-150");
}

#[test]
fn scalar02_numbers_that_overflow_in_a_request() {
    let number = "18446744073709551617 REGISTER"; // 2^64 + 1
    assert_fault("scalar02", "CSeq: number above 2^32-1", number);
}

#[test]
fn scalarlg_numbers_that_overflow_in_a_response() {
    let number = "18446744073709551617 INVITE";
    assert_fault("scalarlg", "CSeq: number above 2^32-1", number);
}

#[test]
fn quotbal_a_quote_that_never_closes() {
    let at = "\"Tomas, third floor <sip:tomas@sip.example>";
    assert_fault("quotbal", "To: quoted string never closed", at);
}

#[test]
fn ltgtruri_brackets_around_the_request_uri() {
    let expected_fault = "Request-URI: character not allowed in a URI";
    assert_fault(
        "ltgtruri",
        expected_fault,
        "<sip:tomas@sip.example> SIP/2.0",
    );
}

#[test]
fn lwsruri_white_space_in_the_request_uri() {
    let expected_fault = "Request-URI: character not allowed in a URI";
    assert_fault("lwsruri", expected_fault, " lr SIP/2.0");
}

#[test]
fn lwsstart_more_than_one_space_in_the_request_line() {
    let expected_fault = "Request-URI: character not allowed in a URI";
    assert_fault(
        "lwsstart",
        expected_fault,
        " sip:tomas@sip.example  SIP/2.0",
    );
}

#[test]
fn trws_white_space_after_the_version() {
    assert_fault("trws", "request line: white space after the version", "  ");
}

#[test]
fn escruri_headers_in_the_request_uri() {
    let expected_fault = "Request-URI: headers are not allowed here";
    assert_fault(
        "escruri",
        expected_fault,
        "?Route=%3Csip:elsewhere.example%3E SIP/2.0",
    );
}

#[test]
fn baddate_a_date_that_nobody_needs_is_no_fault() {
    let request = request(message("baddate"));
    let date = &b"Sat, 30 Feb 2030 25:61:00 CET"[..];
    assert_eq!(request.value(sip_message::HeaderName::Date), Some(date));
}

#[test]
fn regbadct_a_contact_whose_question_mark_needs_brackets() {
    let at = "?Route=%3Csip:elsewhere.example%3E";
    assert_fault("regbadct", "Contact: URI needs < > around it", at);
}

#[test]
fn badaspec_white_space_inside_the_brackets() {
    let expected_fault = "To: character not allowed in a URI";
    assert_fault("badaspec", expected_fault, " sip:tomas@sip.example >");
}

#[test]
fn baddn_an_unquoted_comma_in_a_display_name() {
    let expected_fault = "From: comma or semicolon in an unquoted name";
    let at = ", first floor <sip:mira@phone.example>;tag=baddn1";
    assert_fault("baddn", expected_fault, at);
}

#[test]
fn badvers_another_version() {
    assert_fault(
        "badvers",
        "request line: version other than SIP/2.0",
        "SIP/7.0",
    );
}

#[test]
fn mismatch01_a_cseq_of_another_method() {
    assert_fault(
        "mismatch01",
        "CSeq: method other than the request's",
        "8 INVITE",
    );
}

#[test]
fn mismatch02_a_cseq_of_another_method_than_an_unknown_one() {
    assert_fault(
        "mismatch02",
        "CSeq: method other than the request's",
        "8 INVITE",
    );
}

#[test]
fn bigcode_a_status_that_would_overflow() {
    let expected_fault = "status line: status code is not from 100 to 699";
    assert_fault(
        "bigcode",
        expected_fault,
        "4294967596 better not overflow this",
    );
}
