//! What a message asserts about its sender is removed, all of it or what is to be withheld.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{request, response, text};

const ASSERTED: &str = "P-Asserted-Identity: <sip:boss@example.com>\r\n\
    p-asserted-IDENTITY : <tel:+15550100>\r\n\
    P-Preferred-Identity: <sip:boss@example.com>\r\n\
    Remote-Party-ID: \"Boss\" <sip:boss@example.com>;party=calling;privacy=off\r\n";

const PLAIN: &str = "Subject: boss\r\n";

fn message(status_or_method: &str, headers: &str) -> String {
    format!(
        "{status_or_method}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
         From: <sip:10@example.com>;tag=1\r\nTo: <sip:11@example.com>\r\nCall-ID: 7\r\n\
         CSeq: 1 INVITE\r\n{headers}Content-Length: 0\r\n\r\n"
    )
}

const INVITE: &str = "INVITE sip:11@example.com SIP/2.0";
const OK: &str = "SIP/2.0 200 OK";

#[test]
fn what_is_asserted_goes_from_requests_and_responses_in_any_spelling() {
    let headers = format!("{ASSERTED}{PLAIN}");
    let mut invite = request(message(INVITE, &headers));
    invite.remove_asserted_identity();
    assert_eq!(text(&invite), message(INVITE, PLAIN));
    let mut ok = response(message(OK, &headers));
    ok.remove_asserted_identity();
    assert_eq!(text(&ok), message(OK, PLAIN));
}

#[test]
fn who_asks_for_privacy_is_not_shown() {
    for privacy in [
        "Privacy: id\r\n",
        "privacy: ID\r\n",
        "Privacy: critical;id\r\n",
        "Privacy: user ; critical\r\n",
        "Privacy: session;\r\n header\r\n",
        "Privacy: session\r\nPrivacy: id\r\n",
    ] {
        let mut invite = request(message(INVITE, &format!("{privacy}{ASSERTED}")));
        invite.remove_withheld_identity();
        assert_eq!(text(&invite), message(INVITE, privacy), "{privacy}");
    }
}

#[test]
fn who_does_not_ask_for_privacy_is_shown() {
    for privacy in [
        "",
        "Privacy: none\r\n",
        "Privacy: session;critical\r\n",
        "Privacy: idle\r\n",
    ] {
        let headers = format!("{privacy}{ASSERTED}");
        let mut ok = response(message(OK, &headers));
        ok.remove_withheld_identity();
        assert_eq!(text(&ok), message(OK, &headers), "{privacy}");
    }
}

#[test]
fn a_remote_party_may_ask_for_itself() {
    for party in [
        "<sip:boss@example.com>;privacy=full",
        "<sip:boss@example.com>;party=calling;privacy=\"name\"",
        "<sip:a@example.com>, <sip:boss@example.com>;PRIVACY=uri",
        "<sip:boss@example.com>;privacy",
        "\"boss",
    ] {
        let asserted = "P-Asserted-Identity: <sip:boss@example.com>\r\n";
        let headers = format!("{asserted}Remote-Party-ID: {party}\r\n");
        let mut invite = request(message(INVITE, &headers));
        invite.remove_withheld_identity();
        assert_eq!(text(&invite), message(INVITE, asserted), "{party}");
    }
}
