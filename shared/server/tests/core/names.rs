//! Who "myself" is (`uri == myself` of the texts).

use std::net::SocketAddr;

use sip_message::{Transport, Uri};
use sip_server::{Myself, Secret};

use super::recorded::peer;

/// Whether a server that listens there takes a URI for itself, in a packet that came to `came_to`.
fn is_myself(listeners: &[&str], came_to: &str, uri: &str) -> bool {
    let listeners = listeners.iter().map(|l| l.parse::<SocketAddr>().unwrap());
    let domains = vec!["example.com".to_owned(), "203.0.113.1".to_owned()];
    let myself = Myself::new(listeners.collect(), domains, Secret([0; 16]));
    let flow = peer(Transport::Udp, came_to, "192.0.2.10:5060", None).0;
    myself.is_myself(&Uri::parse(uri).unwrap(), &flow)
}

const ONE: &[&str] = &["192.0.2.1:5060"];

#[test]
fn an_address_is_ours_at_a_port_we_listen_on() {
    for (uri, expected) in [
        ("sip:192.0.2.1", true),
        ("sip:b@192.0.2.1:5060", true),
        ("sip:b@192.0.2.1:5061", false),
        ("sips:b@192.0.2.1", false), // its port is 5061
        ("sip:b@192.0.2.2", false),
        ("tel:+1234", false),
    ] {
        assert_eq!(is_myself(ONE, "192.0.2.1:5060", uri), expected, "{uri}");
    }
}

#[test]
fn a_domain_is_ours_at_any_port_and_in_any_case() {
    for uri in [
        "sip:b@example.com",
        "sip:b@EXAMPLE.com:5099",
        "sips:example.com",
        "sip:203.0.113.1:1",
    ] {
        assert!(is_myself(ONE, "192.0.2.1:5060", uri), "{uri}");
    }
    for uri in [
        "sip:b@sub.example.com",
        "sip:b@example.com.evil.example",
        "sip:example.com@evil.example",
    ] {
        assert!(!is_myself(ONE, "192.0.2.1:5060", uri), "{uri}");
    }
}

#[test]
fn a_wildcard_stands_for_the_address_a_packet_came_to() {
    let any = &["0.0.0.0:5060"];
    assert!(is_myself(any, "192.0.2.1:5060", "sip:192.0.2.1"));
    assert!(!is_myself(any, "192.0.2.1:5060", "sip:192.0.2.2"));
    assert!(!is_myself(any, "192.0.2.1:5060", "sip:192.0.2.1:5061"));
    assert!(!is_myself(any, "192.0.2.1:5060", "sip:0.0.0.0:5061"));
}

#[test]
fn a_wildcard_of_one_family_does_not_stand_for_the_other() {
    let both = &["0.0.0.0:5060", "[2001:db8::1]:5070"];
    assert!(!is_myself(both, "[2001:db8::1]:5070", "sip:[2001:db8::1]"));
    assert!(is_myself(
        both,
        "[2001:db8::1]:5070",
        "sip:[2001:DB8:0::1]:5070"
    ));
}

#[test]
fn packets_leave_from_addresses_that_are_listened_on() {
    let listens = |listener: &str, local: &str| {
        let myself = Myself::new(vec![listener.parse().unwrap()], Vec::new(), Secret([0; 16]));
        myself.listens_on(local.parse().unwrap())
    };
    assert!(listens("192.0.2.1:5060", "192.0.2.1:5060"));
    assert!(listens("0.0.0.0:5060", "192.0.2.1:5060"));
    assert!(!listens("0.0.0.0:5060", "[2001:db8::1]:5060"));
    assert!(
        !listens("192.0.2.1:5070", "192.0.2.1:5060"),
        "kept from another --listen"
    );
}
