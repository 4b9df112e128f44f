//! `calculator nonce` and `calculator check`.

mod support;
use support::{calculator, md5};

#[test]
fn the_time_of_the_papers_nonce_is_printed() {
    let run = calculator(
        &[
            "nonce",
            "462791f06aa9b37a34fd11b1adc58c5a9df7c95b",
            "--at",
            "1176998444",
        ],
        "",
    );
    assert_eq!(run.code, 0);
    assert!(
        run.out
            .starts_with("SER, OpenSER\n  expires  Thu, 19 Apr 2007 15:59:44 UTC, 1 min ago"),
        "{}",
        run.out
    );
}

#[test]
fn a_kamailio_nonce_shows_both_its_times_and_its_age() {
    let run = calculator(
        &[
            "nonce",
            "awE0A2sBMtc2PRVnkkWEewKZJNCNeF40",
            "--at",
            "1795240693",
            "--json",
        ],
        "",
    );
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let reading = &json["readings"][0];
    assert_eq!(reading["server"], "Kamailio");
    assert_eq!(reading["made"]["time"], 1_795_240_663);
    assert_eq!(reading["made"]["age"], 30);
    assert_eq!(reading["expires"]["age"], -270);
}

#[test]
fn a_nonce_without_a_time_is_refused() {
    let run = calculator(&["nonce", "dcd98b7102dd2f0e8b11d0f600bfb0c093"], "");
    assert_eq!(run.code, 2);
    assert!(run.err.contains("NONCE: 34 hex digits"), "{}", run.err);
}

const BOB: [&str; 4] = ["--username", "bob", "--realm", "atlanta.example.com"];

fn check(ha1: &[&str], more: &[&str], input: &str) -> support::Run {
    let arguments: Vec<&str> = ["check"]
        .iter()
        .chain(ha1)
        .chain(&BOB)
        .chain(more)
        .copied()
        .collect();
    calculator(&arguments, input)
}

#[test]
fn a_ha1_and_a_ha1b_are_recognised() {
    let ha1b = md5("bob@atlanta.example.com:atlanta.example.com:bobspassword");
    let run = check(
        &["2DA91700e1ef4f38df91500c8729d35f", &ha1b],
        &["--password", "bobspassword"],
        "",
    );
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(
        run.out.contains("HA1 of bob in atlanta.example.com\n"),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("HA1B (user@domain) of bob in atlanta.example.com\n"),
        "{}",
        run.out
    );
}

#[test]
fn several_passwords_realms_and_users_are_tried() {
    let ha1 = sip_digest::ha1(sip_digest::Algorithm::Sha256, "10", "192.168.1.15", "abc10");
    let run = check(
        &[&ha1],
        &[
            "--username",
            "10",
            "--realm",
            "192.168.1.15",
            "--password",
            "-",
        ],
        "x\nabc10\n",
    );
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(
        run.out
            .contains("HA1 of 10 in 192.168.1.15, password 2 of 2"),
        "{}",
        run.out
    );
    assert!(!run.out.contains("abc10"));
}

#[test]
fn a_ha1_made_wrongly_says_how_and_fails() {
    for (text, words) in [
        (
            "bob:atlanta.example.com:bobspassword\n",
            "a line end was hashed after the password",
        ),
        ("bobspassword", "the hash of the password alone"),
        ("bob:bobspassword", "the realm is missing"),
        (
            "bob:atlanta.example.com:other",
            "of none of these users, realms and passwords",
        ),
    ] {
        let run = check(&[&md5(text)], &["--password", "bobspassword"], "");
        assert_eq!(run.code, 1);
        assert!(run.out.contains(words), "{}", run.out);
    }
}

#[test]
fn a_ha1_of_another_encoding_or_of_sha_512_256_is_recognised() {
    let latin_1 = sip_digest::Algorithm::Md5.hash(b"bob:atlanta.example.com:gr\xfcn");
    let run = check(&[&latin_1], &["--password", "grün"], "");
    assert_eq!(run.code, 1);
    let words = "not HA1 of UTF-8, it was hashed in Latin-1";
    assert!(run.out.contains(words), "{}", run.out);
    let text = "bob:atlanta.example.com:bobspassword";
    let long = sip_digest::Algorithm::Sha512Of256.hash(text.as_bytes());
    let run = check(&[&long], &["--password", "bobspassword"], "");
    assert_eq!(run.code, 0, "{}", run.out);
}

#[test]
fn anything_but_a_ha1_is_refused() {
    let run = check(&["2da91700"], &["--password", "p"], "");
    assert_eq!(run.code, 2);
    assert!(
        run.err
            .contains("\"2da91700\" is not a HA1: it has 8 characters"),
        "{}",
        run.err
    );
}

/// A server that offers both algorithms with one nonce, and a phone that answers both, in the other
/// order. The responses were worked out with Python's hashlib; the password is abc10.
const BOTH: &str = "SIP/2.0 401 Unauthorized
Call-ID: call-10-1@192.168.1.10
CSeq: 100 REGISTER
WWW-Authenticate: Digest realm=\"192.168.1.15\", nonce=\"462791f0\", algorithm=SHA-256, qop=\"auth\"
WWW-Authenticate: Digest realm=\"192.168.1.15\", nonce=\"462791f0\", algorithm=MD5, qop=\"auth\"

REGISTER sip:192.168.1.15 SIP/2.0
Call-ID: call-10-1@192.168.1.10
CSeq: 101 REGISTER
Authorization: Digest username=\"10\", realm=\"192.168.1.15\", nonce=\"462791f0\", uri=\"sip:192.168.1.15\", \
response=\"6e81369e98222ffed7be0d057b349f2b\", algorithm=MD5, cnonce=\"c1\", qop=auth, nc=00000001
Authorization: Digest username=\"10\", realm=\"192.168.1.15\", nonce=\"462791f0\", uri=\"sip:192.168.1.15\", \
response=\"914ad021cc1889b7f50eb76451ce690eb2d0450348586cdb2972aaec85b7d4ab\", algorithm=SHA-256, cnonce=\"c2\", qop=auth, nc=00000002

";

#[test]
fn each_of_two_answers_is_put_to_its_challenge() {
    let run = calculator(&["explain", "--password", "abc10"], BOTH);
    assert_eq!(run.code, 0, "{}", run.out);
    for words in [
        "it answers challenge 2 of 2, the one for MD5 on line 5",
        "it answers challenge 1 of 2, the one for SHA-256 on line 4",
    ] {
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
    let sess = BOTH.replace(
        "algorithm=SHA-256, cnonce",
        "algorithm=SHA-256-sess, cnonce",
    );
    let run = calculator(&["explain", "--password", "abc10"], &sess);
    let words = "none of the 2 challenges is for SHA-256-sess, which the answer uses";
    assert!(run.code == 1 && run.out.contains(words), "{}", run.out);
}

#[test]
fn a_dictionary_finds_the_password_of_either_answer() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, BOTH).unwrap();
    let path = file.path().to_str().unwrap();
    let check = |words: &str| calculator(&["check", "--answers", path, "--password", "-"], words);
    let run = check("secret\nabc9\nabc10\n");
    let found = "line 10, MD5  user 10: password 3 of 3 (abc10)\n\
                 line 11, SHA-256  user 10: password 3 of 3 (abc10)\n";
    assert_eq!((run.code, run.out.as_str()), (0, found));
    let run = check("secret\nabc9\n");
    let none = "line 10, MD5  user 10: none of these 2 passwords\n\
                line 11, SHA-256  user 10: none of these 2 passwords\n";
    assert_eq!((run.code, run.out.as_str()), (1, none));
    let hidden = calculator(
        &["--hide", "check", "--answers", path, "--password", "abc10"],
        "",
    );
    assert!(!hidden.out.contains("abc10"), "{}", hidden.out);
}
