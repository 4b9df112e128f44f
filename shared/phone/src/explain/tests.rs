//! The digest of the OpenSER paper, explained.

use sip_message::fixture;

use super::*;

const PAPER: &str = "REGISTER sip:192.168.1.15 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bKa468c8b72fe7a3a7\r\n\
    From: <sip:10@192.168.1.15>;tag=20321951e0685e4d\r\n\
    To: <sip:10@192.168.1.15>\r\n\
    Authorization: Digest username=\"10\", realm=\"192.168.1.15\", algorithm=MD5, \
    uri=\"sip:192.168.1.15\", nonce=\"462791f06aa9b37a34fd11b1adc58c5a9df7c95b\", \
    response=\"be9e8d46b8dcd522f22301e1f2b3287c\"\r\n\
    Call-ID: 33706713ea3b83fd@192.168.1.10\r\nCSeq: 101 REGISTER\r\n\r\n";

fn request(text: &str) -> Request {
    let arrival = fixture::arrival("192.168.1.10:5060", "192.168.1.15:5060", 0);
    fixture::request(text, arrival)
}

fn known(password: &str) -> Known {
    Known {
        realms: Realms::new(vec!["192.168.1.15".to_owned()], Some(password), &[]),
        show_password: false,
    }
}

#[test]
fn the_papers_answer_is_worked_out_and_its_password_masked() {
    let text = credentials(&request(PAPER), &known("abc10"));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "the answer, step by step:");
    assert_eq!(lines[1], "  HA1      = MD5(10:192.168.1.15:*****)");
    assert_eq!(lines[3], "  HA2      = MD5(REGISTER:sip:192.168.1.15)");
    assert!(
        text.ends_with("be9e8d46b8dcd522f22301e1f2b3287c\n"),
        "{text}"
    );
    assert!(!text.contains("abc10"), "{text}");
}

#[test]
fn the_password_is_shown_on_request() {
    let mut known = known("abc10");
    known.show_password = true;
    let text = credentials(&request(PAPER), &known);
    assert!(text.contains("MD5(10:192.168.1.15:abc10)"), "{text}");
}

#[test]
fn credentials_that_a_proxy_left_are_reported() {
    assert_eq!(left_over(&request(PAPER)), "");
    let text = PAPER.replace("Authorization", "Proxy-Authorization");
    let text = left_over(&request(&text));
    assert!(
        text.starts_with("the request still has the credentials of 10 for the realm 192.168.1.15"),
        "{text}"
    );
}

#[test]
fn an_answer_with_another_password_is_reported() {
    let text = credentials(&request(PAPER), &known("abc11"));
    assert!(text.contains("but the response sent is be9e8d46"), "{text}");
}
