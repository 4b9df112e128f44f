//! When two URIs are one: RFC 3261 §19.1.4 with its pairs, RFC 3966 §4.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use sip_message::Uri;

fn is_equivalent(a: &str, b: &str) -> bool {
    let (a, b) = (Uri::parse(a).unwrap(), Uri::parse(b).unwrap());
    assert_eq!(a.is_equivalent(&b), b.is_equivalent(&a), "not symmetric");
    assert!(a.is_equivalent(&a) && b.is_equivalent(&b), "not reflexive");
    a.is_equivalent(&b)
}

#[test]
fn the_pairs_that_rfc_3261_calls_equivalent_are() {
    for (a, b) in [
        (
            "sip:%61lice@atlanta.com;transport=TCP",
            "sip:alice@AtlanTa.CoM;Transport=tcp",
        ),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
        (
            "sip:carol@chicago.com;newparam=5",
            "sip:carol@chicago.com;security=on",
        ),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
        ),
        (
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
        ),
    ] {
        assert!(is_equivalent(a, b), "{a} {b}");
    }
}

#[test]
fn the_pairs_that_rfc_3261_calls_different_are() {
    for (a, b) in [
        (
            "SIP:ALICE@AtlanTa.CoM;Transport=udp",
            "sip:alice@AtlanTa.CoM;Transport=UDP",
        ),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        (
            "sip:bob@biloxi.com",
            "sip:bob@biloxi.com:6000;transport=tcp",
        ),
        (
            "sip:carol@chicago.com",
            "sip:carol@chicago.com?Subject=next%20meeting",
        ),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
        // both equivalent to one without `security`: the relation is not transitive
        (
            "sip:carol@chicago.com;security=on",
            "sip:carol@chicago.com;security=off",
        ),
    ] {
        assert!(!is_equivalent(a, b), "{a} {b}");
    }
}

#[test]
fn a_component_that_only_one_has_makes_them_differ() {
    for tail in [
        ";user=phone",
        ";user=ip",
        ";ttl=1",
        ";method=INVITE",
        ";maddr=239.1.1.1",
        ";transport=udp",
        ":5060",
        "?a=b",
        "?",
    ] {
        assert!(
            !is_equivalent("sip:10@h", &format!("sip:10@h{tail}")),
            "{tail}"
        );
    }
    for tail in [";lr", ";x=1", ";ob", ";line=a2f"] {
        assert!(
            is_equivalent("sip:10@h", &format!("sip:10@h{tail}")),
            "{tail}"
        );
    }
}

#[test]
fn scheme_user_password_and_host_are_compared_each_in_its_way() {
    for (a, b) in [
        ("sip:10@h", "sips:10@h"),
        ("sip:10@h", "sip:h"),
        ("sip:10@h", "sip:10:@h"),
        ("sip:10:pw@h", "sip:10:PW@h"),
        ("sip:a%3Bb@h", "sip:a;b@h"), // an escaped reserved character is another one
        ("sip:10%00@h", "sip:10@h"),
        ("sip:+4930@h", "tel:+4930"),
    ] {
        assert!(!is_equivalent(a, b), "{a} {b}");
    }
    for (a, b) in [
        ("SIP:10@EXAMPLE.com", "sip:10@example.COM"),
        ("sip:j%C3%BCrgen@h", "sip:j%c3%bcrgen@h"),
        ("sip:10@[2001:db8::1]", "sip:10@[2001:DB8:0:0::0:1]"),
        ("sip:10@h;%6cR", "sip:10@h;lr"),
        (
            "sip:10@h;a=1;b=2;transport=tcp",
            "sip:10@h;Transport=TCP;b=2;a=1",
        ),
        ("mailto:a@b", "mailto:a@b"),
    ] {
        assert!(is_equivalent(a, b), "{a} {b}");
    }
}

#[test]
fn a_telephone_number_is_compared_without_its_visual_separators() {
    assert!(is_equivalent("tel:+1-201-555-0123", "tel:+1(201)555.0123"));
    assert!(is_equivalent(
        "tel:7042;phone-context=+1-914;ext=1-2",
        "TEL:7042;ext=12;phone-context=+1914",
    ));
    assert!(!is_equivalent("tel:+12015550123", "tel:12015550123"));
    assert!(!is_equivalent(
        "tel:7042;phone-context=a-b.example",
        "tel:7042;phone-context=ab.example"
    ));
    assert!(!is_equivalent(
        "tel:7042",
        "tel:7042;phone-context=example.com"
    ));
}

#[test]
fn the_user_of_an_address_of_record_is_unescaped() {
    let user = |text| Uri::parse(text).unwrap().sip().unwrap().unescaped_user();
    assert_eq!(user("sip:%31000@h").as_deref(), Some("1000"));
    assert_eq!(user("sip:10;x=%40@h").as_deref(), Some("10;x=@"));
    assert_eq!(user("sip:h"), None);
}

#[test]
fn more_parameters_than_anybody_writes_are_compared_as_text() {
    let with = |count: usize, last: &str| format!("sip:10@h{}{last}", ";a=1".repeat(count));
    assert!(is_equivalent(&with(63, ";b=1"), &with(63, ";B=1")));
    assert!(is_equivalent(&with(9_000, ";b=1"), &with(9_000, ";b=1")));
    assert!(!is_equivalent(&with(9_000, ";b=1"), &with(9_000, ";B=1")));
}
