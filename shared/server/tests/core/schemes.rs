//! What has another URI scheme than `sip` is refused before anybody is asked for a password.

use super::harness::{Server, caller, starts};
use super::messages::{request, with};

fn answer_to(text: &str) -> String {
    let sent = Server::new().gets(caller(), text);
    let [status] = starts(&sent)[..] else {
        panic!("one answer, not {sent:?}");
    };
    status.to_owned()
}

fn to(method: &str, uri: &str) -> String {
    request(caller(), method, uri, "z9hG4bK-s")
}

#[test]
fn only_sip_is_carried() {
    for method in ["INVITE", "MESSAGE", "OPTIONS", "BYE"] {
        for uri in [
            "sips:guarded@192.0.2.1",
            "SIPS:b@192.0.2.1:5060",
            "sips:b@elsewhere.example",
            "tel:+41215550100",
            "mailto:b@example.com",
        ] {
            let answer = answer_to(&to(method, uri));
            let scheme = uri.split(':').next().unwrap();
            let expected =
                format!("SIP/2.0 416 Unsupported URI Scheme: {scheme} in the Request-URI");
            assert_eq!(answer, expected, "{method}");
        }
    }
}

#[test]
fn no_header_field_leads_to_sips() {
    let uri = "sip:guarded@192.0.2.1";
    let plain = to("INVITE", uri);
    let route = with(
        &plain,
        "Route: <sip:192.0.2.1;lr>, \"<sip:x>\" <sips:192.0.2.9;lr>",
    );
    for (place, text) in [
        ("To", plain.replace("To: <sip:", "To: \"Bob\" <sips:")),
        (
            "To",
            plain.replace("To: <sip:guarded@192.0.2.1>", "To: SIPS:b@h"),
        ),
        ("From", plain.replace("From: <sip:", "From: <sips:")),
        (
            "Contact",
            plain.replace("Contact: <sip:", "m: <sip:a@h>,\r\n <sips:"),
        ),
        ("Route", route),
    ] {
        let answer = answer_to(&text);
        let expected = format!("SIP/2.0 416 Unsupported URI Scheme: sips in {place}");
        assert_eq!(answer, expected, "{text}");
    }
    assert_eq!(
        answer_to(&plain),
        "SIP/2.0 407 Proxy Authentication Required"
    );
}

#[test]
fn a_number_may_be_in_from_and_to() {
    let text = to("INVITE", "sip:guarded@192.0.2.1");
    let text = text.replace("From: <sip:a@example.com>", "From: <tel:+41215550100>");
    let text = text.replace(
        "To: <sip:guarded@192.0.2.1>",
        "To: <tel:11;phone-context=h>",
    );
    assert_eq!(
        answer_to(&text),
        "SIP/2.0 407 Proxy Authentication Required"
    );
}

#[test]
fn who_registers_is_the_same_in_both_schemes_and_can_be_reached_in_one() {
    let plain = to("REGISTER", "sips:example.com");
    assert_eq!(answer_to(&plain), "SIP/2.0 200 OK");
    let contact = plain.replace("Contact: <sip:", "Contact: <sips:");
    let expected = "SIP/2.0 416 Unsupported URI Scheme: sips in Contact";
    assert_eq!(answer_to(&contact), expected);
    let expected = "SIP/2.0 416 Unsupported URI Scheme: tel in the Request-URI";
    assert_eq!(answer_to(&to("REGISTER", "tel:+41215550100")), expected);
}
