//! Every response that the texts and the RFCs print, calculated again.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use sip_digest::{Algorithm, Calculation, Credentials, Secret, ha1, is_right, responses_match};

fn work_out(value: &str, password: &str, method: &str, body: &[u8]) -> Calculation {
    let credentials = Credentials::parse(value).unwrap().unwrap();
    Calculation::new(&credentials, Secret::Password(password), method, body)
}

fn verifies(value: &str, password: &str, method: &str) {
    let credentials = Credentials::parse(value).unwrap().unwrap();
    let calculation = work_out(value, password, method, b"");
    assert_eq!(calculation.response(), credentials.response);
    let counts = |password| is_right(&credentials, Secret::Password(password), method, b"");
    assert!(counts(password));
    assert!(!counts("another"));
}

#[test]
fn the_papers_register_verifies() {
    verifies(
        r#"Digest username="10", realm="192.168.1.15", algorithm=MD5, uri="sip:192.168.1.15", nonce="462791f06aa9b37a34fd11b1adc58c5a9df7c95b", response="be9e8d46b8dcd522f22301e1f2b3287c""#,
        "abc10",
        "REGISTER",
    );
}

#[test]
fn the_papers_two_calls_verify() {
    for (nonce, response) in [
        (
            "462b927d2ab8368b1771ed4268c47ca585413f95",
            "90761772224a8a43df0f31b7437181f3",
        ),
        (
            "462c9cc7efab60dc0884aa5506b1ab7598e67b48",
            "61ddee4ae8bca6ff75a056e083e6b7dd",
        ),
    ] {
        let value = format!(
            r#"Digest username="10", realm="192.168.1.15", uri="sip:11@192.168.1.15", nonce="{nonce}", response="{response}""#
        );
        verifies(&value, "abc10", "INVITE");
    }
}

#[test]
fn bobs_printed_response_belongs_to_another_uri_than_his_header() {
    let with_uri = |uri: &str| {
        let value = format!(
            r#"Digest username="bob", realm="atlanta.example.com", nonce="ea9c8e88df84f1cec4341ae6cbe5a359", opaque="", uri="{uri}", response="""#
        );
        work_out(&value, "bobspassword", "REGISTER", b"")
    };
    let printed = with_uri("sips:biloxi.example.com");
    let hashes: Vec<&str> = printed
        .steps
        .iter()
        .map(|step| step.hash.as_str())
        .collect();
    assert_eq!(
        hashes,
        [
            "2da91700e1ef4f38df91500c8729d35f",
            "8f2d44a2696b3b3ed781d2f44375b3df",
            "bc2f51f99c2add3e9dfce04d43df0c6a"
        ]
    );
    let right = with_uri("sips:ss2.biloxi.example.com");
    assert_eq!(right.response(), "e8bbc57b2a5c409bb03048d014d1384e");
}

#[test]
fn the_hash_of_a_bare_password_is_in_search_engines() {
    assert_eq!(
        Algorithm::Md5.hash(b"password"),
        "5f4dcc3b5aa765d61d8327deb882cf99"
    );
    // The text takes this for the hash of "password".
    assert_eq!(
        Algorithm::Md5.hash(b"password123"),
        "482c811da5d5b4bc6d497ffa98491e38"
    );
}

#[test]
fn rfc_2617_section_3_5() {
    verifies(
        r#"Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41""#,
        "Circle Of Life",
        "GET",
    );
}

#[test]
fn rfc_7616_section_3_9_1() {
    for (algorithm, response) in [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        (
            "SHA-256",
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        ),
    ] {
        let value = format!(
            r#"Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm={algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="{response}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#
        );
        verifies(&value, "Circle of Life", "GET");
    }
}

/// The hashed name of RFC 7616 §3.9.2 with the value of erratum 4897 (the RFC prints a truncated
/// SHA-512 instead of SHA-512/256), and NIST's first example.
#[test]
fn sha_512_256_is_not_sha_512_cut_short() {
    let hash = |text: &str| Algorithm::Sha512Of256.hash(text.as_bytes());
    assert_eq!(
        hash("Jäsøn Doe:api@example.org"),
        "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"
    );
    assert_eq!(
        hash("abc"),
        "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"
    );
    for token in ["SHA-512-256", "sha-512-256-sess"] {
        let algorithm = Algorithm::from_token(token).unwrap();
        assert_eq!(algorithm.function(), "SHA-512-256");
        assert_eq!(algorithm.is_session(), token.ends_with("sess"));
    }
}

#[test]
fn a_server_that_keeps_ha1_gets_the_same_response() {
    let value = r#"Digest username="10", realm="192.168.1.15", uri="sip:192.168.1.15", nonce="462791f06aa9b37a34fd11b1adc58c5a9df7c95b", response="""#;
    let credentials = Credentials::parse(value).unwrap().unwrap();
    let kept = ha1(Algorithm::Md5, "10", "192.168.1.15", "abc10").to_uppercase();
    let calculation = Calculation::new(&credentials, Secret::Ha1(&kept), "REGISTER", b"");
    assert_eq!(calculation.response(), "be9e8d46b8dcd522f22301e1f2b3287c");
    assert_eq!(calculation.steps.len(), 2);
    let answered = Credentials {
        response: calculation.response(),
        ..credentials
    };
    assert!(is_right(&answered, Secret::Ha1(&kept), "REGISTER", b""));
    assert!(!is_right(&answered, Secret::Ha1(&kept), "INVITE", b""));
}

#[test]
fn a_session_binds_ha1_to_both_nonces_and_auth_int_covers_the_body() {
    let value = r#"Digest username="10", realm="r", uri="sip:r", algorithm=MD5-sess, nonce="n", qop=auth-int, nc=00000001, cnonce="c", response="""#;
    let calculation = work_out(value, "p", "INVITE", b"v=0");
    let texts: Vec<&str> = calculation
        .steps
        .iter()
        .map(|step| step.text.as_str())
        .collect();
    let first = Algorithm::Md5.hash(b"10:r:p");
    let session = Algorithm::Md5.hash(format!("{first}:n:c").as_bytes());
    let body = Algorithm::Md5.hash(b"v=0");
    let ha2 = Algorithm::Md5.hash(format!("INVITE:sip:r:{body}").as_bytes());
    assert_eq!(texts[0], "10:r:p");
    assert_eq!(texts[1], format!("{first}:n:c"));
    assert_eq!(texts[2], format!("INVITE:sip:r:{body}"));
    assert_eq!(texts[3], format!("{session}:n:00000001:c:auth-int:{ha2}"));
    let mut credentials = Credentials::parse(value).unwrap().unwrap();
    credentials.response = calculation.response();
    let counts = |body| is_right(&credentials, Secret::Password("p"), "INVITE", body);
    assert!(counts(b"v=0"));
    assert!(!counts(b"v=1"));
}

#[test]
fn upper_case_hex_is_the_same_number_and_a_prefix_is_not() {
    let right = "be9e8d46b8dcd522f22301e1f2b3287c";
    assert!(responses_match(right, &right.to_uppercase()));
    assert!(!responses_match(right, &right[..31]));
    assert!(!responses_match(right, ""));
    assert!(!responses_match(right, &right.repeat(3)));
}
