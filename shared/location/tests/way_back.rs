//! When a phone is called where it sent from rather than at its Contact.
#![allow(clippy::unwrap_used)] // a test that cannot make its request has failed

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
async fn a_register_through_another_proxy_says_nothing_of_the_phone() {
    let headers = [
        "Via: SIP/2.0/UDP 192.168.1.11;branch=z9hG4bK0",
        "Contact: <sip:11@192.168.1.11>",
    ];
    let proxied = register(&headers).source("203.0.113.9:40001");
    assert_eq!(flow_of(proxied.clone()).await, None);
    assert_eq!(flow_of(proxied.tcp()).await, None);
}
