//! RFC 4475 §3.2 to §3.4: what transactions, registrars and proxies find in messages that
//! parse, and the rest that do not.

use crate::cases::message;
use crate::common::{arrival, request, response};
use sip_message::{Contact, Contacts, HeaderName, Malformed, NameAddr, Request, Uri, parse};

fn case(name: &str) -> Request {
    request(message(name))
}

fn refusal(name: &str) -> String {
    match parse(message(name).to_vec(), arrival()) {
        Err(Malformed { error, request }) => {
            assert!(request.is_some(), "{name} is not answered");
            format!("{}: {}", error.part, error.fault)
        }
        Ok(packet) => panic!("accepted: {packet:?}"),
    }
}

fn contact(request: &Request) -> Contact<'_> {
    match request.contacts().unwrap() {
        Contacts::List(list) if list.len() == 1 => list[0],
        other => panic!("not one contact: {other:?}"),
    }
}

#[test]
fn badbranch_the_cookie_alone_names_no_transaction() {
    let request = case("badbranch");
    let via = request.top_via().unwrap();
    assert_eq!((via.branch(), via.unique_branch()), ("z9hG4bK", None));
}

#[test]
fn insuf_what_is_missing_is_told() {
    assert_eq!(refusal("insuf"), "From: missing");
}

#[test]
fn unkscm_and_novelsc_other_schemes_are_told_apart_from_faults() {
    for (name, uri) in [
        ("unkscm", "unheardofscheme:whatever-that-is"),
        ("novelsc", "gopher.plus://192.0.2.40:70"),
    ] {
        let request = case(name);
        assert!(
            matches!(request.uri(), Ok(Uri::Other(text)) if text == uri),
            "{name}"
        );
    }
}

#[test]
fn unksm2_an_address_of_record_of_another_scheme_can_be_seen() {
    let request = case("unksm2");
    let to = request.to().unwrap().parse_uri().unwrap();
    assert!(matches!(to, Uri::Other("isbn:9783000000001")));
    let contact = contact(&request).address.parse_uri().unwrap();
    assert!(matches!(contact, Uri::Other("name:Mira")));
}

#[test]
fn bext01_required_extensions_are_listed() {
    let request = case("bext01");
    let required: Vec<_> = request.list(HeaderName::ProxyRequire).collect();
    assert_eq!(required, [&b"carrierPigeon"[..], b"smokeSignals"]);
    let required: Vec<_> = request.list(HeaderName::Require).collect();
    assert_eq!(required, [&b"unheardOfExtension"[..], b"x-another"]);
}

#[test]
fn invut_a_body_of_an_unknown_type_is_carried() {
    let request = case("invut");
    assert_eq!(request.body(), b"<sketch>a phone that rings</sketch>");
}

#[test]
fn regaut01_credentials_of_an_unknown_scheme_are_carried() {
    let request = case("regaut01");
    let value = request.value(HeaderName::Authorization);
    assert_eq!(value, Some(&b"Handshake firm, warm=\"yes\""[..]));
}

#[test]
fn multi01_what_there_can_be_one_of_is_refused_twice() {
    assert_eq!(refusal("multi01"), "Max-Forwards: given twice");
}

#[test]
fn mcl01_two_lengths_are_refused() {
    assert_eq!(refusal("mcl01"), "Content-Length: two different values");
}

#[test]
fn bcast_the_address_a_response_would_go_to_can_be_seen() {
    let response = response(message("bcast"));
    let next = response.vias().nth(1).unwrap().unwrap();
    assert_eq!(next.host.ip(), Some([255, 255, 255, 255].into()));
}

#[test]
fn zeromf_no_hop_is_left() {
    assert_eq!(case("zeromf").max_forwards(), Ok(Some(0)));
}

#[test]
fn cparam01_without_brackets_a_parameter_is_the_contacts() {
    let request = case("cparam01");
    let contact = contact(&request);
    assert_eq!(contact.address.uri, "sip:10@192.0.2.24");
    assert!(contact.address.params.has("unheardof"));
}

#[test]
fn cparam02_inside_brackets_a_parameter_is_the_uris() {
    let request = case("cparam02");
    let contact = contact(&request);
    assert_eq!(contact.address.uri, "sip:10@192.0.2.24;unheardof");
    assert_eq!(contact.address.params.as_str(), "");
}

#[test]
fn regescrt_headers_of_a_contact_are_kept() {
    let request = case("regescrt");
    let uri = contact(&request).address.parse_uri().unwrap();
    assert_eq!(
        uri.sip().unwrap().headers,
        Some("Route=%3Csip:edge.example%3Blr%3E")
    );
}

#[test]
fn sdp01_what_the_caller_accepts_is_the_callees_matter() {
    assert_eq!(
        case("sdp01").other("Accept"),
        Some(&b"text/x-unheard-of"[..])
    );
}

#[test]
fn inv2543_an_old_request_needs_no_max_forwards_tag_branch_or_length() {
    let request = case("inv2543");
    assert_eq!(request.max_forwards(), Ok(None));
    assert_eq!(request.from().unwrap().tag(), None);
    assert_eq!(request.top_via().unwrap().unique_branch(), None);
    assert_eq!(request.content_length(), Ok(None));
    assert!(request.body().starts_with(b"v=0"));
    let to = request.to().unwrap();
    assert_eq!(
        (to.uri, to.params.as_str()),
        ("sip:+15550122@sip.example", ";user=phone")
    );
    let route = request.list(HeaderName::RecordRoute).next().unwrap();
    let route = NameAddr::parse(route).unwrap();
    assert!(
        route
            .parse_uri()
            .unwrap()
            .sip()
            .unwrap()
            .params
            .has("maddr")
    );
}
