//! An answer goes to whatever source a datagram names. It must not be much larger than the
//! request, or a forger has others flooded with more than it sends.

use super::harness::{Server, caller, starts};
use super::messages::{request, with};

/// What an answer may have that its request has not: a tag, a received, a reason, a challenge.
const CONSTANT: usize = 400;

/// What the server answers, and how much longer that is than the request.
fn answered(text: &str) -> (String, usize) {
    let mut server = Server::new();
    let sent = server.gets(caller(), text);
    assert_eq!(sent.len(), 1, "{:?}", starts(&sent));
    let answer = sent[0].text.clone();
    let growth = answer.len().saturating_sub(text.len());
    (answer, growth)
}

fn options() -> String {
    request(caller(), "OPTIONS", "sip:192.0.2.1", "z9hG4bK-g")
}

#[test]
fn a_420_names_sixteen_extensions_in_one_field() {
    let many = "a,".repeat(3000);
    let (answer, growth) = answered(&with(&options(), &format!("Proxy-Require: {many}a")));
    assert!(answer.starts_with("SIP/2.0 420 Bad Extension\r\n"));
    let field = format!("\r\nUnsupported: {}a\r\n", "a, ".repeat(15));
    assert_eq!(answer.matches("Unsupported").count(), 1);
    assert!(answer.contains(&field), "{answer}");
    assert_eq!(growth, 0);
}

#[test]
fn a_420_spells_nothing_longer_than_it_came() {
    for odd in ["\u{1b}", "\u{202e}", "\u{7f}"] {
        let text = with(&options(), &format!("Proxy-Require: {}", odd.repeat(5000)));
        let (answer, growth) = answered(&text);
        assert!(answer.starts_with("SIP/2.0 420 "));
        assert!(growth < CONSTANT, "{odd:?} grew by {growth}");
        assert!(!answer.contains(['\u{1b}', '\u{7f}']));
    }
}

#[test]
fn a_port_asked_for_a_thousand_times_is_told_once() {
    let (answer, growth) =
        answered(&options().replace(";branch", &format!("{};branch", ";rport".repeat(1000))));
    assert_eq!(answer.matches("rport").count(), 1);
    assert_eq!(growth, 0);
}

#[test]
fn no_refusal_outgrows_its_request() {
    let pad = "x".repeat(3000);
    let invite = request(caller(), "INVITE", "sip:nobody@192.0.2.1", "z9hG4bK-g");
    let texts = [
        ("200", options()),
        ("200", with(&options(), &format!("Timestamp: {pad}"))),
        ("400", options().replace("CSeq: 1", &format!("CSeq: {pad}"))),
        (
            "400",
            options().replace("Call-ID: call-1", "Call-ID: \u{1b} \u{1b}"),
        ),
        (
            "401",
            options()
                .replace("sip:192", "sip:guarded@192")
                .replace("OPTIONS", "REGISTER"),
        ),
        ("403", invite.replace("192.0.2.1 SIP", "203.0.113.1 SIP")),
        ("404", invite.clone()),
        (
            "416",
            invite.replace(
                "INVITE sip:nobody@192.0.2.1",
                &format!("INVITE {pad}:{pad}"),
            ),
        ),
        (
            "481",
            request(caller(), "CANCEL", "sip:b@192.0.2.1", "z9hG4bK-g"),
        ),
        ("483", invite.replace("Max-Forwards: 70", "Max-Forwards: 0")),
        ("505", invite.replace(" SIP/2.0\r\nVia", " SIP/7.0\r\nVia")),
    ];
    for (status, text) in texts {
        let (answer, growth) = answered(&text);
        assert!(
            answer.starts_with(&format!("SIP/2.0 {status} ")),
            "{answer}"
        );
        assert!(growth < CONSTANT, "{status} grew by {growth}");
    }
}

#[test]
fn of_compact_names_only_those_of_vias_are_spelt_out() {
    let via = "v:SIP/2.0/UDP a\r\n";
    let text = options().replacen(
        "Max-Forwards",
        &format!("{}Max-Forwards", via.repeat(500)),
        1,
    );
    let (_, growth) = answered(&text);
    assert!(growth <= 500 * "ia ".len() + CONSTANT, "{growth}");
}
