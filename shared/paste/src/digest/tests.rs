//! What is read in spite of faults, and that each fault is reported.

use super::*;

fn read(value: &str) -> Option<Digest> {
    Digest::read(HeaderName::Authorization, value, 1)
}

#[test]
fn a_missing_comma_is_reported_with_its_place() {
    let digest = read("Digest username=\"bob\", realm=\"a\" nonce=\"n\"").unwrap();
    assert_eq!(digest.value("nonce"), Some("n"));
    assert_eq!(
        digest.faults,
        ["a strict reader refuses it: realm: text after the value at byte 23"]
    );
}

#[test]
fn typographic_quotes_and_bare_values_are_read() {
    let digest = read("digest realm=“a b”,NC=00000001,uri=sip:10@h;transport=udp").unwrap();
    assert_eq!(digest.value("realm"), Some("a b"));
    assert_eq!(digest.value("nc"), Some("00000001"));
    assert_eq!(digest.value("uri"), Some("sip:10@h;transport=udp"));
    assert_eq!(digest.faults.len(), 1);
}

#[test]
fn a_quote_that_is_never_closed_ends_before_the_next_parameter() {
    let digest = read("Digest realm=\"a, nonce=\"n\", uri=\"sip:h").unwrap();
    assert_eq!(digest.value("realm"), Some("a"));
    assert_eq!(digest.value("nonce"), Some("n"));
    assert_eq!(digest.value("uri"), Some("sip:h"));
}

#[test]
fn quotes_inside_a_realm_may_lack_their_backslash() {
    for (written, wanted) in [
        (r#""say "hi", all""#, r#"say "hi", all"#),
        (r#""say \"hi\", all""#, r#"say \"hi\", all"#),
        (r#""say \""#, r"say \"),
        (r#""a\\""#, r"a\\"),
    ] {
        let text = format!("Digest realm={written}, nonce=\"n\", uri=\"sip:h\"");
        let digest = read(&text).unwrap();
        assert_eq!(digest.value("realm"), Some(wanted), "{text}");
        assert_eq!(digest.value("nonce"), Some("n"), "{text}");
    }
}

#[test]
fn an_escaped_backslash_does_not_escape_the_quote_behind_it() {
    let digest = read(r#"Digest nonce="n", realm="a\\""#).unwrap();
    assert_eq!(digest.value("realm"), Some(r"a\\"));
}

#[test]
fn the_frame_of_a_table_is_left_out() {
    for frame in [" |", "`", "          +", "\",", "\"}", ", "] {
        let digest = read(&format!("Digest a=\"b\", opaque=\"x\"{frame}")).unwrap();
        assert_eq!(digest.value("opaque"), Some("x"));
        assert!(digest.faults.is_empty(), "{frame}: {digest:?}");
    }
    let digest = read("Digest a=\"b\", opaque=\"\"").unwrap();
    assert_eq!(digest.value("opaque"), Some(""));
    assert!(digest.faults.is_empty(), "{digest:?}");
}

#[test]
fn colons_in_place_of_equals_signs_are_read() {
    let digest = read("Digest, username: 10, realm: \"r\", uri: sip:r;x=1, nc=1").unwrap();
    let values = ["username", "realm", "uri", "nc"].map(|name| digest.value(name).unwrap());
    assert_eq!(values, ["10", "r", "sip:r;x=1", "1"]);
    assert_eq!(digest.faults.len(), 1);
}

#[test]
fn escapes_are_kept() {
    let digest = read(r#"Digest username="a\"b""#).unwrap();
    assert_eq!(digest.value("username"), Some(r#"a\"b"#));
}

#[test]
fn another_scheme_is_not_read() {
    assert_eq!(read("Basic YTpi"), None);
    assert_eq!(read("Digestive a=b"), None);
    assert_eq!(read(""), None);
}
