//! A phone that moves: one REGISTER adds its new contact and removes its old one, and both may be one
//! binding (RFC 3261 §10.3 step 7, RFC 5626 §6).
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{at, location, register, rings};
use sip_location::{Limits, Location, Settings};

const NEW: &str = "sip:11@h:40777;transport=tcp;ob";
const OLD: &str = "sip:11@h:40001;transport=tcp;ob";

/// How a phone names itself: `reg-id` in front, as PJSIP writes it.
const INSTANCE: &str = r#";reg-id=1;+sip.instance="<urn:uuid:a1>""#;

fn contact(uri: &str, params: &str, expires: u32) -> String {
    format!("<{uri}>{params};expires={expires}")
}

/// Both contacts, in both orders, in two header fields and in one.
fn every_form(one: &str, other: &str) -> Vec<Vec<String>> {
    let mut forms = Vec::new();
    for (first, second) in [(one, other), (other, one)] {
        forms.push(vec![format!("Contact: {first}"), format!("m: {second}")]);
        forms.push(vec![format!("Contact: {first}, {second}")]);
    }
    forms
}

async fn answered(location: &Location, cseq: u32, headers: &[String]) -> Vec<String> {
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    register(&headers).cseq(cseq).answer(location).await
}

#[tokio::test]
async fn a_phone_that_moves_is_registered_only_at_its_new_contact() {
    let (of_flow, of_phone) = (INSTANCE, r#";+sip.instance="<urn:uuid:a1>""#);
    for (params, old) in [(of_flow, OLD), (of_phone, OLD), ("", OLD), ("", NEW)] {
        for was_known in [true, false] {
            let [new, gone] = [contact(NEW, params, 300), contact(old, params, 0)];
            for headers in every_form(&new, &gone) {
                let location = location();
                if was_known {
                    let known = [format!("Contact: {}", contact(old, params, 300))];
                    answered(&location, 1, &known).await;
                }
                let answer = answered(&location, 2, &headers).await;
                let expected = ["SIP/2.0 200 OK".to_owned(), format!("Contact: {new}")];
                assert_eq!(answer, expected, "{was_known}, {headers:?}");
                assert_eq!(rings(&location, 0), [NEW], "{was_known}, {headers:?}");
                assert_eq!(location.counts().bindings, 1);
                // Sent again after its transaction, it is answered and changes nothing.
                let again = answered(&location, 2, &headers).await;
                assert_eq!(again, expected, "{was_known}, {headers:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_binding_of_a_phone_that_moves_keeps_its_ruid() {
    let location = location();
    answered(
        &location,
        1,
        &[format!("Contact: {}", contact(OLD, INSTANCE, 300))],
    )
    .await;
    let ruid = location.bindings("11", at(0))[0].ruid.clone();
    let both = every_form(&contact(NEW, INSTANCE, 300), &contact(OLD, INSTANCE, 0));
    for (headers, cseq) in both.iter().zip(2..) {
        answered(&location, cseq, headers).await;
        assert_eq!(location.bindings("11", at(0))[0].ruid, ruid);
    }
}

#[tokio::test]
async fn of_two_flows_the_one_that_moves_is_replaced() {
    let location = location();
    let second = contact("sip:11@h:2;ob", &INSTANCE.replace("=1", "=2"), 300);
    let first = contact(OLD, INSTANCE, 300);
    answered(&location, 1, &[format!("Contact: {first}, {second}")]).await;
    let (new, gone) = (contact(NEW, INSTANCE, 300), contact(OLD, INSTANCE, 0));
    let answer = answered(&location, 2, &[format!("Contact: {new}, {gone}, {second}")]).await;
    let mut contacts = answer[1..].to_vec();
    contacts.sort();
    let expected = [format!("Contact: {second}"), format!("Contact: {new}")];
    assert_eq!(contacts, expected);
}

#[tokio::test]
async fn a_removal_beside_it_still_removes_other_bindings_of_that_uri() {
    let location = location();
    let plain = contact(OLD, "", 300);
    let named = contact("sip:11@h:3", INSTANCE, 300);
    answered(&location, 1, &[format!("Contact: {plain}, {named}")]).await;
    let (new, gone) = (contact(NEW, INSTANCE, 300), contact(OLD, INSTANCE, 0));
    let answer = answered(&location, 2, &[format!("Contact: {new}, {gone}")]).await;
    assert_eq!(
        answer,
        ["SIP/2.0 200 OK".to_owned(), format!("Contact: {new}")]
    );
}

#[tokio::test]
async fn a_phone_can_move_even_if_its_user_has_the_most_contacts_allowed() {
    for params in [INSTANCE, ""] {
        let limits = Limits {
            contacts: 2,
            bindings: 2,
        };
        let settings = Settings {
            limits,
            ..Settings::default()
        };
        let location = Location::new(settings, None);
        let other = contact("sip:11@other", "", 300);
        let old = contact(OLD, params, 300);
        answered(&location, 1, &[format!("Contact: {old}, {other}")]).await;
        let both = every_form(&contact(NEW, params, 300), &contact(OLD, params, 0));
        answered(&location, 2, &both[0]).await;
        let mut left = rings(&location, 0);
        left.sort();
        assert_eq!(left, [NEW, "sip:11@other"], "{params}");
    }
}

#[tokio::test]
async fn one_flow_registered_twice_is_a_400_and_changes_nothing() {
    let location = location();
    answered(
        &location,
        1,
        &[format!("Contact: {}", contact(OLD, INSTANCE, 300))],
    )
    .await;
    let gone = contact("sip:11@h:9", "", 0);
    for other in [NEW, OLD] {
        let twice = every_form(&contact(NEW, INSTANCE, 300), &contact(other, INSTANCE, 60));
        for mut headers in twice {
            headers.push(format!("Contact: {gone}"));
            let answer = answered(&location, 2, &headers).await;
            let why = "Contact: one +sip.instance and reg-id registered twice";
            assert_eq!(answer, [format!("SIP/2.0 400 {why}")], "{headers:?}");
            assert_eq!(rings(&location, 0), [OLD]);
        }
    }
}
