//! What clients do to a challenge when they answer it: each mistake is found and named.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;
use support::client::{QOP, fits, is_right, params, register, response, ten};
use support::{calculator, explain, md5};

#[test]
fn a_body_that_was_hashed_under_the_label_of_another_qop() {
    let cnonce = "cnonce=\"34f72fc33d6c4bcd8dcec8ffe5777655\", nc=00000002";
    let given = "6cfe691857e2c0f9501625702534ad09";
    fits(
        &ten(given, &format!("qop=auth-int, {cnonce}")),
        "HA2 as for auth-int, and the qop auth in the last hash",
    );
    let run = ten(given, &format!("qop=auth, {cnonce}"));
    fits(&run, "HA2 as for auth-int, but the header field says auth");
    let fix = "To fix it: hash the body into HA2 for auth-int alone, and say so: qop=auth-int";
    assert!(run.out.contains(fix), "{}", run.out);
}

#[test]
fn a_session_whose_ha1_was_not_hashed() {
    let more =
        "algorithm=MD5-sess, qop=auth, nc=00000001, cnonce=\"bf0193c4858a43edb9e008fd60f5dec5\"";
    let run = ten("3cd855260ba9f31247a2d2c3ead9eabb", more);
    fits(&run, "HA1 of the session not hashed");
    let text = "response = MD5(HA1:nonce:cnonce:nonce:nc:cnonce:qop:HA2)";
    assert!(run.out.contains(text), "{}", run.out);
}

#[test]
fn a_session_over_the_bytes_of_ha1() {
    let ha1 = sip_digest::ha1(sip_digest::Algorithm::Md5, "10", "r.example", "abc10");
    let mut a1 = hex_bytes(&ha1);
    a1.extend(b":abc123:c0");
    let more = "algorithm=MD5-sess, qop=auth, nc=00000001, cnonce=\"c0\"";
    let run = ten(&response(&a1, "c0", "auth"), more);
    fits(
        &run,
        "over the 16 or 32 bytes of HA1 rather than its hex digits",
    );
}

fn hex_bytes(hex: &str) -> Vec<u8> {
    let digits = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digits).collect()
}

const USERHASH: &str = "7ab80bdcb737cd7d062a4722c68542f5";

#[test]
fn a_name_that_was_hashed() {
    let more = "userhash=true, qop=auth, nc=00000001, cnonce=\"1090359c6aee4d43a6958a839f28027a\"";
    let given = "d93035d328430464014b0b63a0bd49b9";
    let text = |more: &str| register("r.example", &params(USERHASH, "r.example", given, more));
    let run = explain(&text(more), "abc10");
    is_right(&run);
    assert!(run.out.contains("MD5(10:r.example:abc10)"), "{}", run.out);
    let note = "the username is a hash of \"10\" (userhash=true, RFC 7616 §3.4.4)";
    assert!(run.out.contains(note), "{}", run.out);
    // The same without the label.
    let unlabelled = explain(&text(&more.replace("userhash=true, ", "")), "abc10");
    fits(&unlabelled, "(the user whose hash the header field has)");
    // A user that only the caller can name.
    let other = text(more).replace("sip:10@", "sip:anonymous@");
    let run = explain(&other, "abc10");
    assert_eq!(run.code, 2, "{}{}", run.out, run.err);
    assert!(
        run.out.contains("name the user with --username"),
        "{}",
        run.out
    );
    let named = ["explain", "-", "--password", "abc10", "--username", "10"];
    is_right(&calculator(&named, &other));
    // The hash in place of the name in HA1, too.
    let a1 = format!("{USERHASH}:r.example:abc10");
    let given = response(a1.as_bytes(), "c0", "auth");
    let more = "userhash=true, qop=auth, nc=00000001, cnonce=\"c0\"";
    let text = register("r.example", &params(USERHASH, "r.example", &given, more));
    fits(
        &explain(&text, "abc10"),
        "(the hash that was sent, and not the user)",
    );
}

#[test]
fn a_whole_list_of_qop() {
    let list = "qop=\"auth,auth-int\", nc=00000001, cnonce=\"c0\"";
    let run = ten(
        &response(b"10:r.example:abc10", "c0", "auth,auth-int"),
        list,
    );
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(
        run.out.contains("The answer says the same, but no server takes it:\n  - its qop is a list, auth,auth-int,"),
        "{}",
        run.out
    );
    let run = ten(&response(b"10:r.example:abc10", "c0", "auth"), list);
    fits(&run, "one qop, but the header field has a list");
    let one = "qop=auth, nc=00000001, cnonce=\"c0\"";
    let run = ten(&response(b"10:r.example:abc10", "c0", "auth,auth-int"), one);
    fits(
        &run,
        "the whole offer of the challenge as the qop: auth,auth-int",
    );
}
const ESCAPED: &str = r#"say \"hi\", all"#;

#[test]
fn a_realm_with_quotes_that_are_bare_in_the_answer() {
    let given = "98e28092b1edd6334fbb072bd2a4ea87";
    let answer = params("10", r#"say "hi", all"#, given, QOP);
    let run = explain(&register(ESCAPED, &answer), "abc10");
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(
        run.out.contains(r#"MD5(10:say "hi", all:abc10)"#),
        "{}",
        run.out
    );
    let fault = "The answer says the same, but no server takes it:\n  - the quotes inside its realm have no backslash";
    assert!(run.out.contains(fault), "{}", run.out);
    let as_written = response(format!("10:{ESCAPED}:abc10").as_bytes(), "c0", "auth");
    let answer = params("10", r#"say "hi", all"#, &as_written, QOP);
    fits(
        &explain(&register(ESCAPED, &answer), "abc10"),
        "(the challenge's)",
    );
}

#[test]
fn a_realm_with_escaped_quotes_that_is_hashed_either_way() {
    let text = |response: &str| register(ESCAPED, &params("10", ESCAPED, response, QOP));
    let as_written = response(format!("10:{ESCAPED}:abc10").as_bytes(), "c0", "auth");
    is_right(&explain(&text(&as_written), "abc10"));
    let read = explain(&text("98e28092b1edd6334fbb072bd2a4ea87"), "abc10");
    fits(&read, "(with its backslash escapes read)");
}

#[test]
fn a_realm_that_was_cut_at_its_quote() {
    // SIPp's way of writing it, too: the cut realm, whose backslash swallows the closing quote.
    let given = response(br"10:say \:abc10", "c0", "auth");
    let answer = params("10", r"say \", &given, QOP);
    let run = explain(&register(ESCAPED, &answer), "abc10");
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(
        run.out
            .contains("its realm ends in a backslash, cut at the quote inside it as SIPp does"),
        "{}",
        run.out
    );
    let run = explain(
        &register(ESCAPED, &params("10", ESCAPED, &given, QOP)),
        "abc10",
    );
    fits(
        &run,
        "(cut at the quote inside it, as SIPp, pyVoIP and sippy do)",
    );
}

#[test]
fn a_backslash_in_a_name_that_is_hashed_either_way() {
    let name = r"DOMAIN\\10";
    let text = |response: &str| register("r.example", &params(name, "r.example", response, QOP));
    let as_written = response(format!("{name}:r.example:abc10").as_bytes(), "c0", "auth");
    is_right(&explain(&text(&as_written), "abc10"));
    let read = response(br"DOMAIN\10:r.example:abc10", "c0", "auth");
    let run = explain(&text(&read), "abc10");
    fits(&run, "(with its backslash escapes read)");
    assert!(
        run.out.contains(r"MD5(DOMAIN\10:r.example:abc10)"),
        "{}",
        run.out
    );
}

#[test]
fn sha_512_256_and_md5_under_the_label_of_sha_256() {
    let sha = |text: &str| sip_digest::Algorithm::Sha512Of256.hash(text.as_bytes());
    let last = |hash: &dyn Fn(&str) -> String| {
        let (ha1, ha2) = (hash("10:r.example:abc10"), hash("REGISTER:sip:r.example"));
        hash(&format!("{ha1}:abc123:00000001:c0:auth:{ha2}"))
    };
    is_right(&ten(&last(&sha), &format!("{QOP}, algorithm=SHA-512-256")));
    fits(
        &ten(&last(&sha), &format!("{QOP}, algorithm=SHA-256")),
        "SHA-512-256, but the header field means SHA-256",
    );
    for label in ["SHA-256", "sha-256", "SHA-512-256"] {
        let run = ten(
            &last(&|text| md5(text)),
            &format!("{QOP}, algorithm={label}"),
        );
        fits(&run, "MD5, but the header field means SHA-");
    }
}

#[test]
fn colons_in_place_of_equals_signs_and_a_uri_without_its_scheme() {
    let given = md5(&format!(
        "{}:abc123:{}",
        md5("10:r.example:abc10"),
        md5("REGISTER:r.example")
    ));
    let answer =
        format!("username: 10, realm: r.example, nonce: abc123, uri: r.example, response: {given}");
    let text = register("r.example", &answer).replace("Digest username", "Digest, username");
    let run = explain(&text, "abc10");
    is_right(&run);
    let note = "uri is r.example, which is not a SIP URI: sip: is missing before it";
    assert!(run.out.contains(note), "{}", run.out);
    // Sent without, hashed with it, and no request line to take it from.
    let given = md5(&format!(
        "{}:abc123:{}",
        md5("10:r.example:abc10"),
        md5("REGISTER:sip:r.example")
    ));
    let alone = format!(
        "Authorization: Digest username=\"10\", realm=\"r.example\", nonce=\"abc123\", uri=\"r.example\", response=\"{given}\""
    );
    fits(&explain(&alone, "abc10"), "(with sip: before it)");
}
