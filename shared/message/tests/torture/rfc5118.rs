//! RFC 5118: IPv6 wherever a SIP message can hold an address.

use std::net::IpAddr;

use crate::cases::message;
use crate::common::{arrival, request};
use sip_message::{Contacts, Host, Request, SipUri, Uri, parse};

fn case(name: &str) -> Request {
    request(message(name))
}

fn ip(text: &str) -> Option<IpAddr> {
    Some(text.parse().unwrap())
}

fn sip(text: &str) -> SipUri<'_> {
    *Uri::parse(text).unwrap().sip().unwrap()
}

#[test]
fn ipv6_good_references_are_read_everywhere() {
    let request = case("ipv6-good");
    assert_eq!(sip(request.uri_text()).host.ip(), ip("2001:db8:5::15"));
    assert_eq!(request.top_via().unwrap().host.ip(), ip("2001:db8:5::24"));
    let Contacts::List(contacts) = request.contacts().unwrap() else {
        panic!("a list");
    };
    assert_eq!(sip(contacts[0].address.uri).host.ip(), ip("2001:db8:5::24"));
}

#[test]
fn ipv6_bad_without_brackets_it_is_no_reference() {
    let error = parse(message("ipv6-bad").to_vec(), arrival())
        .unwrap_err()
        .error;
    assert_eq!(error.part, "Request-URI");
    assert!(message("ipv6-bad")[error.offset..].starts_with(b"db8:5::15"));
}

#[test]
fn port_ambiguous_inside_the_brackets_it_is_the_address() {
    let request = case("port-ambiguous");
    let uri = sip(request.uri_text());
    assert_eq!((uri.host.ip(), uri.port), (ip("2001:db8:5::15:5070"), None));
}

#[test]
fn port_unambiguous_after_the_brackets_it_is_the_port() {
    let request = case("port-unambiguous");
    let uri = sip(request.uri_text());
    assert_eq!(
        (uri.host.ip(), uri.port),
        (ip("2001:db8:5::15"), Some(5070))
    );
}

#[test]
fn via_received_param_is_read_with_and_without_brackets() {
    for name in [
        "via-received-param-with-delim",
        "via-received-param-no-delim",
    ] {
        let request = case(name);
        assert_eq!(
            request.top_via().unwrap().received(),
            ip("2001:db8:5::24:99"),
            "{name}"
        );
    }
}

#[test]
fn bodies_with_ipv6_are_carried() {
    for name in ["ipv6-in-sdp", "mult-ip-in-sdp", "ipv4-mapped-ipv6"] {
        let request = case(name);
        assert!(message(name).ends_with(request.body()), "{name}");
        assert!(request.body().starts_with(b"v=0\r\n"), "{name}");
    }
}

#[test]
fn mult_ip_in_header_each_hop_has_its_own_family() {
    let request = case("mult-ip-in-header");
    let hosts = request.vias().map(|via| via.unwrap().host.ip());
    let expected = [ip("2001:db8:5::24"), ip("192.0.2.50"), ip("2001:db8:5::77")];
    assert_eq!(hosts.collect::<Vec<_>>(), expected);
}

#[test]
fn ipv4_mapped_ipv6_addresses_are_ipv6() {
    let request = case("ipv4-mapped-ipv6");
    let via = request.top_via().unwrap();
    assert_eq!(
        (via.host.ip(), via.port),
        (ip("::ffff:192.0.2.24"), Some(5062))
    );
}

#[test]
fn abnf_three_colons_mean_two() {
    let three = case("ipv6-bug-abnf-3-colons");
    let two = case("ipv6-correct-abnf-2-colons");
    assert_eq!(sip(three.uri_text()).host, sip(two.uri_text()).host);
    assert_eq!(three.uri_text(), "sip:11@[2001:db8:::192.0.2.15]");
    for text in [
        "[2001:db8:::1]",
        "[:::]",
        "[1:::192.0.2.1:::192.0.2.1]",
        "[::::192.0.2.1]",
    ] {
        assert!(Host::parse(text).is_err(), "{text}");
    }
}
