//! When a phone is called at its source address instead of its Contact.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{Register, invite, location, register};
use sip_message::Flow;

async fn flow_of(register: Register) -> Option<Flow> {
    let location = location();
    register.save(&location).await.unwrap();
    let targets = location.lookup(&invite("sip:11@h", 0)).unwrap();
    targets[0].flow
}

#[tokio::test]
async fn a_udp_phone_is_called_at_its_contact() {
    let contact = "Contact: <sip:11@192.168.1.11:5060>";
    assert_eq!(flow_of(register(&[contact])).await, None);
}

#[tokio::test]
async fn a_tcp_phone_is_called_over_its_connection_and_after_a_refresh_over_the_new_one() {
    let contact = "Contact: <sip:11@192.168.1.11:5060;transport=tcp>";
    let location = location();
    let first = register(&[contact]).source("192.168.1.11:40001").tcp();
    first.save(&location).await.unwrap();
    let second = register(&[contact])
        .source("192.168.1.11:40002")
        .tcp()
        .cseq(2);
    second.save(&location).await.unwrap();
    let targets = location.lookup(&invite("sip:11@h", 0)).unwrap();
    assert_eq!(targets.len(), 1);
    assert_eq!(targets[0].flow, Some(second.flow()));
}

#[tokio::test]
async fn a_phone_behind_a_nat_is_called_at_the_source_of_its_register() {
    let contact = "Contact: <sip:11@192.168.1.11:5060>";
    let phone = register(&[contact]).source("203.0.113.9:40001");
    assert_eq!(flow_of(phone.clone()).await, Some(phone.flow()));
}

#[tokio::test]
async fn a_third_party_that_registers_a_phone_gets_none_of_its_calls() {
    let contact = "Contact: <sip:11@192.168.1.11:5060>";
    let third = register(&[contact])
        .via("203.0.113.9:5060")
        .source("203.0.113.9:5060");
    assert_eq!(flow_of(third).await, None);
}

#[tokio::test]
async fn a_register_through_another_proxy_gives_no_way_back() {
    let headers = [
        "Via: SIP/2.0/UDP 192.168.1.11;branch=z9hG4bK0",
        "Contact: <sip:11@192.168.1.11>",
    ];
    let proxied = register(&headers).source("203.0.113.9:40001");
    assert_eq!(flow_of(proxied.clone()).await, None);
    assert_eq!(flow_of(proxied.tcp()).await, None);
}

/// Where a TCP phone with this Contact is called: over its connection, or elsewhere.
async fn over_its_connection(via: &str, source: &str, contact: &str) -> bool {
    let contact = format!("Contact: <{contact}>");
    let phone = register(&[&contact]).via(via).source(source).tcp();
    flow_of(phone.clone()).await == Some(phone.flow())
}

#[tokio::test]
async fn a_contact_over_tcp_that_names_its_sender_is_called_over_the_connection() {
    for (via, source, contact) in [
        // As its Via says, behind a NAT or not.
        (
            "192.168.1.11:5060",
            "203.0.113.9:40001",
            "sip:11@192.168.1.11",
        ),
        (
            "192.168.1.11",
            "192.168.1.11:40001",
            "sip:11@192.168.1.11:9",
        ),
        (
            "[2001:db8::11]",
            "203.0.113.9:40001",
            "sip:11@[2001:DB8:0::11]",
        ),
        (
            "phone.local:5070",
            "203.0.113.9:40001",
            "sip:11@Phone.local",
        ),
        // The address it has learned from `received`.
        (
            "192.168.1.11",
            "203.0.113.9:40001",
            "sip:11@203.0.113.9:40001",
        ),
        (
            "192.168.1.11",
            "203.0.113.9:40001",
            "sip:11@[::ffff:203.0.113.9]",
        ),
    ] {
        assert!(over_its_connection(via, source, contact).await, "{contact}");
    }
}

#[tokio::test]
async fn a_contact_over_tcp_that_names_another_host_is_called_where_it_says() {
    for contact in [
        "sip:11@192.168.1.12",
        "sip:11@198.51.100.7:5060;transport=tcp",
        "sip:11@[2001:db8::12];transport=tcp",
        "sip:11@other.example.com",
        "sip:11@192.168.1.11;maddr=192.168.1.12",
        "sip:192.168.1.11@192.168.1.12",
    ] {
        for (via, source) in [
            ("192.168.1.11:5060", "192.168.1.11:40001"),
            ("192.168.1.11:5060", "203.0.113.9:40001"),
            ("phone.local", "203.0.113.9:40001"),
        ] {
            assert!(
                !over_its_connection(via, source, contact).await,
                "{contact}"
            );
        }
    }
}

#[tokio::test]
async fn a_udp_contact_whose_maddr_is_elsewhere_is_not_called_at_the_source() {
    let contact = "Contact: <sip:11@192.168.1.11;maddr=198.51.100.7>";
    let phone = register(&[contact]).source("203.0.113.9:40001");
    assert_eq!(flow_of(phone).await, None);
}

#[tokio::test]
async fn a_target_names_the_address_that_its_phone_registered_at() {
    let location = location();
    let contact = "Contact: <sip:11@192.168.1.11>";
    let at_second = Flow {
        local: "192.168.1.15:5080".parse().unwrap(),
        ..register(&[contact]).flow()
    };
    let request = common::parse(register(&[contact]).text(), at_second, 0);
    location.save(&request).await.unwrap();
    let kept = location.bindings("11", common::at(0));
    let restarted = common::location();
    assert_eq!(restarted.load(kept, common::at(0)), 1);
    for location in [location, restarted] {
        let targets = location.lookup(&invite("sip:11@h", 0)).unwrap();
        assert_eq!(targets[0].local, Some(at_second.local));
    }
}

#[tokio::test]
async fn a_row_without_a_socket_leaves_the_choice_to_the_network() {
    let location = location();
    register(&["Contact: <sip:11@192.168.1.11>"])
        .save(&location)
        .await
        .unwrap();
    for socket in ["", "udp:", "udp:example.com:5060", "192.168.1.15"] {
        let mut kept = location.bindings("11", common::at(0));
        kept[0].socket = socket.to_owned();
        let restarted = common::location();
        restarted.load(kept, common::at(0));
        let targets = restarted.lookup(&invite("sip:11@h", 0)).unwrap();
        assert_eq!(targets[0].local, None, "{socket}");
    }
}
