//! Edits change what they say and nothing else.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{request, text};
use sip_message::HeaderName;

const HEAD: &str = "INVITE sip:11@example.com SIP/2.0\r\n\
    v:SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1 ,\r\n SIP/2.0/TCP 192.0.2.2\r\n\
    f : \"Ten, <10>\" <sip:10@example.com>;tag=1\r\n\
    To: sip:11@example.com\r\n\
    CALL-id: 7\r\n\
    CSeq: 1 INVITE\r\n";

fn with(headers: &str) -> sip_message::Request {
    request(format!("{HEAD}{headers}\r\nbody"))
}

fn assert_reads(message: &sip_message::Request, headers: &str) {
    assert_eq!(text(message), format!("{HEAD}{headers}\r\nbody"));
}

#[test]
fn a_field_in_front_and_one_behind_leave_the_others_as_they_came() {
    let mut message = with("");
    message.push_back(HeaderName::UserAgent, "phone");
    assert_reads(&message, "User-Agent: phone\r\n");
    message.push_front(HeaderName::RecordRoute, "<sip:h;lr>");
    let (line, rest) = HEAD.split_once("\r\n").unwrap();
    let expected =
        format!("{line}\r\nRecord-Route: <sip:h;lr>\r\n{rest}User-Agent: phone\r\n\r\nbody");
    assert_eq!(text(&message), expected);
}

#[test]
fn the_request_uri_is_replaced_alone() {
    let mut message = with("");
    message.set_uri("sip:11@192.0.2.11;ob");
    assert_eq!(message.uri_text(), "sip:11@192.0.2.11;ob");
    let expected = HEAD.replacen("sip:11@example.com", "sip:11@192.0.2.11;ob", 1);
    assert_eq!(text(&message), format!("{expected}\r\nbody"));
}

#[test]
fn the_first_via_is_set_under_the_name_it_came_with() {
    let mut message = with("");
    message.set_first(HeaderName::Via, "SIP/2.0/UDP 192.0.2.1;received=192.0.2.9");
    let vias = "v:SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1 ,\r\n SIP/2.0/TCP 192.0.2.2\r\n";
    let set = "v: SIP/2.0/UDP 192.0.2.1;received=192.0.2.9, SIP/2.0/TCP 192.0.2.2\r\n";
    assert_eq!(
        text(&message),
        format!("{}\r\nbody", HEAD.replace(vias, set))
    );
}

#[test]
fn routes_are_taken_from_the_front_over_all_their_fields() {
    let routes =
        "Route:\r\nroute : , <sip:a>, <sip:b,c>;x=\",\" ,\r\n <sip:d>\r\nX: y\r\nRoute:<sip:e>\r\n";
    let mut message = with(routes);
    message.remove_first(HeaderName::Route);
    assert_reads(
        &message,
        "route: <sip:b,c>;x=\",\" ,\r\n <sip:d>\r\nX: y\r\nRoute:<sip:e>\r\n",
    );
    assert_eq!(
        message.remove_first_while(HeaderName::Route, |r| r != b"<sip:e>"),
        2
    );
    assert_reads(&message, "X: y\r\nRoute:<sip:e>\r\n");
    assert_eq!(message.remove_first_while(HeaderName::Route, |_| true), 1);
    message.remove_first(HeaderName::Route);
    assert_reads(&message, "X: y\r\n");
}

#[test]
fn the_last_route_is_taken_from_the_end() {
    let mut message = with("Route: <sip:a> , <sip:b>\r\nRoute: <sip:c>,\r\nRoute: ,\r\n");
    message.remove_last(HeaderName::Route);
    assert_reads(&message, "Route: <sip:a> , <sip:b>\r\nRoute: ,\r\n");
    message.remove_last(HeaderName::Route);
    assert_reads(&message, "Route: <sip:a>\r\nRoute: ,\r\n");
    message.remove_last(HeaderName::Route);
    message.remove_last(HeaderName::Route);
    assert_reads(&message, "Route: ,\r\n");
}

#[test]
fn an_edited_field_can_be_edited_again() {
    let mut message = with("Route: <sip:a>, <sip:b>, <sip:c>\r\n");
    message.remove_first(HeaderName::Route);
    message.set_first(HeaderName::Route, "<sip:z>");
    message.remove_last(HeaderName::Route);
    assert_reads(&message, "Route: <sip:z>\r\n");
    message.set(HeaderName::Route, "<sip:y>");
    assert_reads(&message, "Route: <sip:y>\r\n");
}

#[test]
fn a_part_is_overwritten_in_place() {
    let mut message = with("Record-Route: <sip:a;k=1> ,<sip:b;k=1>\r\nRoute: <sip:c;k=1>\r\n");
    let second = message.list(HeaderName::RecordRoute).nth(1).unwrap();
    let place = message.place_of(&second[second.len() - 4..]);
    message.overwrite(place.clone(), "k=longer");
    message.overwrite(place, "k=2>");
    let expected = "Record-Route: <sip:a;k=1> ,<sip:b;k=2>\r\nRoute: <sip:c;k=1>\r\n";
    assert_reads(&message, expected);
}

#[test]
fn fields_are_kept_by_name_and_value() {
    let mut message = with("Authorization: a\r\nX: y\r\nAuthorization: b\r\n");
    message.retain(|name, value| name != Some(HeaderName::Authorization) || value == b"b");
    assert_reads(&message, "X: y\r\nAuthorization: b\r\n");
}

#[test]
fn no_edit_can_begin_another_header_field() {
    let mut message = with("");
    message.push_back(HeaderName::Date, "a\r\nEvil: b\0\n");
    assert_reads(&message, "Date: a  Evil: b  \r\n");
    message.set_uri("sip:x\r\ny");
    assert!(text(&message).starts_with("INVITE sip:x  y SIP/2.0\r\n"));
}
