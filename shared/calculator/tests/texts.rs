//! What texts and RFCs print wrongly is found and named.

mod support;
use support::register::response;
use support::{Run, explain};

/// RFC 3665 §2.1, message F3: commas and a digit are missing.
const RFC_3665: &str = "REGISTER sips:ss2.biloxi.example.com SIP/2.0\n\
    Via: SIP/2.0/TLS client.biloxi.example.com:5061;branch=z9hG4bKnashd92\n\
    From: Bob <sips:bob@biloxi.example.com>;tag=ja743ks76zlflH\n\
    To: Bob <sips:bob@biloxi.example.com>\n\
    CSeq: 2 REGISTER\n\
    Authorization: Digest username=\"bob\", realm=\"atlanta.example.com\"\n\
    \x20nonce=\"ea9c8e88df84f1cec4341ae6cbe5a359\", opaque=\"\"\n\
    \x20uri=\"sips:ss2.biloxi.example.com\",\n\
    \x20response=\"dfe56131d1958046689d83306477ecc\"\n\
    Content-Length: 0\n";

#[test]
fn the_response_of_31_digits_in_rfc_3665_is_named() {
    let run = explain(RFC_3665, "bobspassword");
    assert_eq!(run.code, 1);
    assert!(
        run.out
            .contains("the response has 31 hex digits, one too few"),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("a strict reader refuses it: realm: text after the value"),
        "{}",
        run.out
    );
}

/// The exchange of the third text, as its page prints it.
const BOB: &str = " SIP/2.0 401 Unauthorized
From: Bob <sips:[email protected]>;tag=a73kszlfl
Call-ID: [email protected]
CSeq: 1 REGISTER
WWW-Authenticate: Digest realm=\"atlanta.example.com\", qop=\"auth\",nonce=\"ea9c8e88df84f1cec4341ae6cbe5a359\", opaque=\"\", stale=FALSE, algorithm=MD5
Content-Length: 0

Then:

REGISTER sips:ss2.biloxi.example.com SIP/2.0
Via: SIP/2.0/TLS client.biloxi.example.com:5061;branch=z9hG4bKnashd92
From: Bob <sips:[email protected]>;tag=ja743ks76zlflH
To: Bob <sips:[email protected]>
CSeq: 2 REGISTER
Contact: <sips:[email protected]>
Authorization: Digest username=\"bob\", realm=\"atlanta.example.com\", nonce=\"ea9c8e88df84f1cec4341ae6cbe5a359\", opaque=\"\", uri=\"sips:ss2.biloxi.example.com\", response=\"bc2f51f99c2add3e9dfce04d43df0c6a\"
Content-Length: 0
SIP/2.0 200 OK
";

#[test]
fn the_third_texts_own_mistake_is_found() {
    let run: Run = explain(BOB, "bobspassword");
    assert_eq!(run.code, 1);
    assert!(
        run.out.contains(" = e8bbc57b2a5c409bb03048d014d1384e\n"),
        "{}",
        run.out
    );
    let words = "the uri sips:biloxi.example.com (ss2.biloxi.example.com without its first label, the domain rather than the machine), but the header field says sips:ss2.biloxi.example.com";
    assert!(run.out.contains(words), "{}", run.out);
}

#[test]
fn the_third_texts_program_puts_the_uri_into_the_realm_and_both_are_found() {
    let uri = "sips:biloxi.example.com";
    let given = response(
        &format!("bob:{uri}:bobspassword"),
        "ea9c8e88df84f1cec4341ae6cbe5a359",
        &format!("REGISTER:{uri}"),
    );
    let text = BOB.replace("bc2f51f99c2add3e9dfce04d43df0c6a", &given);
    let run = explain(&text, "bobspassword");
    let line = run
        .out
        .lines()
        .find(|line| line.starts_with("What fits:"))
        .unwrap();
    assert!(
        line.contains("the realm \"sips:biloxi.example.com\"")
            && line.contains("; and with the uri"),
        "{line}"
    );
}

#[test]
fn the_papers_own_text_is_read_with_the_comma_it_lacks() {
    let text = "0(8132) INVITE (Sun Apr 22 18:46:09 2007) INVITE sip:11@192.168.1.15 SIP/2.0 Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK97d3b9d4b3648ecf From: <sip:10@192.168.1.15>;tag=219e32bf2a2ec6f1 To: <sip:11@192.168.1.15> Proxy-Authorization: Digest username=\"10\", realm=\"192.168.1.15\", algorithm=MD5, uri=\"sip:11@192.168.1.15\" nonce=\"462b927d2ab8368b1771ed4268c47ca585413f95\", response=\"90761772224a8a43df0f31b7437181f3\" Call-ID: 3357af1c8ac608cb@192.168.1.10 0(8132) 100 (Giving a try) concerning INVITE SIP/2.0 100 Giving a try";
    let run = explain(text, "abc10");
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(
        run.out
            .contains("a strict reader refuses it: uri: text after the value"),
        "{}",
        run.out
    );
}
