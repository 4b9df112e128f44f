//! A mistake in qop, algorithm, body or the last hash is found and named, and so are two at once.

mod support;
use support::register::{A1, NONCE, a2, fits, register, response};
use support::{explain, md5};

const QOP: &str = ", qop=auth, nc=0000000a, cnonce=\"Cn0nce\"";

#[test]
fn hex_in_upper_case_in_between_is_found() {
    let (ha1, ha2) = (md5(A1), md5(&a2()));
    let given = md5(&format!(
        "{}:{NONCE}:{}",
        ha1.to_uppercase(),
        ha2.to_uppercase()
    ));
    fits(&register(&given, ""), "HA1 and HA2 in upper-case hex");
}

#[test]
fn what_is_done_to_qop_is_found() {
    let (ha1, ha2) = (md5(A1), md5(&a2()));
    for (middle, words) in [
        (String::new(), "qop ignored"),
        (":Cn0nce:auth".to_owned(), "nc left out of the last hash"),
        (
            ":0000000a:auth".to_owned(),
            "cnonce left out of the last hash",
        ),
        (
            ":0000000a:Cn0nce".to_owned(),
            "qop left out of the last hash",
        ),
        ("::Cn0nce:auth".to_owned(), "an empty nc"),
        (":0000000a::auth".to_owned(), "an empty cnonce"),
        (
            ":0000000a:Cn0nce:\"auth\"".to_owned(),
            "qop with its quotes",
        ),
        (
            ":0000000a:\"Cn0nce\":auth".to_owned(),
            "cnonce with its quotes",
        ),
        (":a:Cn0nce:auth".to_owned(), "nc without its leading zeros"),
        (
            ":00000009:Cn0nce:auth".to_owned(),
            "nc 00000009, but the header field says 0000000a",
        ),
        (":0000000a:cn0nce:auth".to_owned(), "cnonce in lower case"),
        (":Cn0nce:0000000a:auth".to_owned(), "cnonce before nc"),
    ] {
        let given = md5(&format!("{ha1}:{NONCE}{middle}:{ha2}"));
        fits(&register(&given, QOP), words);
    }
    let given = md5(&format!("{ha1}:{NONCE}:00000001::auth:{ha2}"));
    fits(&register(&given, ""), "but the header field has no qop");
}

#[test]
fn another_algorithm_is_found() {
    let (ha1, ha2) = (md5(A1), md5(&a2()));
    let given = md5(&format!("{ha1}:{NONCE}:0000000a:Cn0nce:auth:{ha2}"));
    let text = register(&given, &format!("{QOP}, algorithm=MD5-sess"));
    fits(&text, "MD5, but the header field means MD5-sess");
    let sha = |text: &str| sip_digest::Algorithm::Sha256.hash(text.as_bytes());
    let given = sha(&format!("{}:{NONCE}:{}", sha(A1), sha(&a2())));
    fits(
        &register(&given, ""),
        "SHA-256, but the header field means MD5",
    );
}

#[test]
fn a_body_that_was_changed_on_its_way_is_found() {
    let hash = |body: &str| {
        let ha2 = md5(&format!("{}:{}", a2(), md5(body)));
        md5(&format!(
            "{}:{NONCE}:0000000a:Cn0nce:auth-int:{ha2}",
            md5(A1)
        ))
    };
    let with_body = |given: &str| {
        let text = register(given, &QOP.replace("auth", "auth-int"));
        text.replace(
            "Content-Length: 0\r\n\r\n",
            "Content-Length: 10\r\n\r\nv=0\r\ns=-\r\n",
        )
    };
    let run = explain(&with_body(&hash("v=0\r\ns=-\r\n")), "Abc10");
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(
        run.out.contains("hash of the body = MD5(10 bytes) = "),
        "{}",
        run.out
    );
    fits(
        &with_body(&hash("v=0\ns=-\n")),
        "a body with the line ends of Unix",
    );
    fits(
        &with_body(&hash("v=0\r\ns=-")),
        "a body without its last line end",
    );
    fits(&with_body(&hash("")), "an empty body");
}

#[test]
fn two_mistakes_at_once_are_both_named() {
    let given = response("10:example.com:Abc10\n", NONCE, &a2());
    let run = explain(&register(&given, ""), "Abc10");
    let line = run
        .out
        .lines()
        .find(|line| line.starts_with("What fits:"))
        .unwrap();
    assert!(
        line.contains("with a line end after it")
            && line.contains("; and with the realm \"example.com\""),
        "{line}"
    );
}

#[test]
fn another_password_is_not_explained_away() {
    let given = response("10:Registrar:quite another", NONCE, &a2());
    let run = explain(&register(&given, QOP), "Abc10");
    assert_eq!(run.code, 1);
    assert!(
        run.out.contains("known mistakes gives it, nor any of"),
        "{}",
        run.out
    );
    assert!(
        run.out.contains("The likeliest cause is another password."),
        "{}",
        run.out
    );
    assert!(!run.out.contains("What fits"), "{}", run.out);
}
