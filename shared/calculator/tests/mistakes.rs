//! A mistake in a name, a password, a URI, a method or a nonce is found and named.

mod support;
use support::register::{A1, NONCE, URI, a2, fits, register, response};
use support::{explain, md5};

#[test]
fn another_realm_is_found() {
    for (realm, words) in [
        ("example.com", "the realm \"example.com\" (the host of To)"),
        ("sip.example.com", "(the host of the Request-URI)"),
        ("192.168.1.10", "(the host of Contact)"),
        ("sip:example.com", "(the host of To, as a URI)"),
        (URI, "(the uri)"),
        ("\"Registrar\"", "(with its quotes)"),
        ("registrar", "(in lower case)"),
        ("Registrar ", "(with a space after it)"),
        ("asterisk", "(what Asterisk calls itself)"),
    ] {
        let given = response(&format!("10:{realm}:Abc10"), NONCE, &a2());
        fits(&register(&given, ""), words);
    }
}

#[test]
fn another_username_is_found() {
    for (user, words) in [
        (
            "10@example.com",
            "the username \"10@example.com\" (with a domain, the host of To)",
        ),
        ("10@Registrar", "(with the realm as its domain, as in HA1B)"),
        ("10-x", "(another user of the message)"),
        ("\"10\"", "(with its quotes)"),
        ("sip:10", "(as a URI)"),
    ] {
        let given = response(&format!("{user}:Registrar:Abc10"), NONCE, &a2());
        fits(&register(&given, ""), words);
    }
}

#[test]
fn a_username_with_its_domain_that_was_hashed_without_is_found() {
    let text = register(&response(A1, NONCE, &a2()), "");
    let text = text.replace("username=\"10\"", "username=\"10@example.com\"");
    fits(&text, "the username \"10\" (without its domain)");
}

#[test]
fn another_uri_is_found() {
    for (uri, words) in [
        ("sip:sip.example.com:5080", "(without parameters)"),
        ("sip:sip.example.com;transport=tcp", "(without the port)"),
        ("sip:sip.example.com", "(without port and parameters)"),
        ("sip:sip.example.com:5060;transport=tcp", "(with a port)"),
        (
            "sip:sip.example.com:5080;transport=udp",
            "(with a transport)",
        ),
        (
            "sip:sip.example.com:5080;transport=TCP",
            "(with a transport)",
        ),
        (
            "sips:sip.example.com:5080;transport=tcp",
            "(with the other scheme)",
        ),
        ("sip:10@sip.example.com:5080;transport=tcp", "(with a user)"),
        ("sip:10@example.com", "(the URI of To)"),
        ("sip:10-x@192.168.1.10:5060;line=7", "(the URI of Contact)"),
        ("sip:example.com", "(the host of To)"),
        ("sip.example.com:5080;transport=tcp", "(without its scheme)"),
        (
            "\"sip:sip.example.com:5080;transport=tcp\"",
            "(with its quotes)",
        ),
        (
            "<sip:sip.example.com:5080;transport=tcp>",
            "(in angle brackets)",
        ),
    ] {
        fits(
            &register(&response(A1, NONCE, &format!("REGISTER:{uri}")), ""),
            words,
        );
    }
}

#[test]
fn the_request_uri_in_place_of_the_uri_is_found_and_the_difference_reported() {
    let text = register(&response(A1, NONCE, &a2()), "");
    let text = text.replace(&format!("uri=\"{URI}\""), "uri=\"sip:other.example.com\"");
    fits(&text, "(the Request-URI)");
    let run = explain(&text, "Abc10");
    assert!(
        run.out
            .contains("uri is sip:other.example.com, but the Request-URI is sip:sip.example.com"),
        "{}",
        run.out
    );
}

#[test]
fn another_method_is_found() {
    for (method, words) in [
        ("INVITE", "the method INVITE, but the request is REGISTER"),
        ("register", "the method register"),
    ] {
        let given = response(A1, NONCE, &format!("{method}:{URI}"));
        fits(&register(&given, ""), words);
    }
}

#[test]
fn another_nonce_is_found_and_the_difference_reported() {
    let text = register(&response(A1, NONCE, &a2()), "");
    let (challenge, request) = text.split_once("REGISTER").unwrap();
    let text = format!("{challenge}REGISTER{}", request.replace(NONCE, "other"));
    fits(&text, "(the challenge's)");
    let run = explain(&text, "Abc10");
    assert!(
        run.out
            .contains("the answer's nonce is \"other\", but the challenge on line 3 has"),
        "{}",
        run.out
    );
    fits(
        &register(&response(A1, "0paque", &a2()), ""),
        "the nonce 0paque",
    );
    fits(
        &register(&response(A1, &NONCE.to_uppercase(), &a2()), ""),
        "(in upper case)",
    );
}

#[test]
fn a_password_that_something_was_done_to_is_found() {
    let ha1 = md5(A1);
    for (password, words) in [
        (ha1.as_str(), "HA1 in place of the password"),
        (
            &md5("Abc10"),
            "the hash of the password in place of the password",
        ),
        ("Abc10\n", "the password with a line end after it"),
        ("Abc10\r\n", "the line end of Windows"),
        ("Abc10 ", "the password with a space after it"),
        (" Abc10", "the password with a space before it"),
        ("abc10", "the password in lower case"),
        ("ABC10", "the password in upper case"),
        ("aBC10", "caps lock"),
        ("\"Abc10\"", "the password with the quotes around it"),
        ("10", "the username as the password"),
        ("", "no password at all"),
    ] {
        let given = response(&format!("10:Registrar:{password}"), NONCE, &a2());
        let text = register(&given, "");
        fits(&text, words);
        let run = explain(&text, "Abc10");
        let line = run.out.lines().find(|line| line.starts_with("What fits:"));
        assert!(!line.unwrap().contains("Abc10"), "{line:?}");
    }
    let alone = md5(&format!("{}:{NONCE}:{}", md5("Abc10"), md5(&a2())));
    fits(
        &register(&alone, ""),
        "the hash of the password alone in place of HA1",
    );
    let without_realm = response("10:Abc10", NONCE, &a2());
    fits(&register(&without_realm, ""), "the realm is missing");
}

#[test]
fn a_password_that_is_a_ha1_is_found() {
    let ha1 = md5(A1);
    let given = response(A1, NONCE, &a2());
    let run = explain(&register(&given, ""), &ha1);
    assert!(
        run.out
            .contains("the password in place of HA1: it was not hashed at all"),
        "{}",
        run.out
    );
}

/// HA1 and HA2 with quotes around user, realm and URI.
fn quoted() -> [String; 2] {
    let ha1 = md5("\"10\":\"Registrar\":Abc10");
    [ha1, md5(&format!("REGISTER:\"{URI}\""))]
}

#[test]
fn quotes_kept_around_every_value_are_one_mistake() {
    let [ha1, ha2] = quoted();
    let right_ha2 = md5(&a2());
    let realm_alone = md5("10:\"Registrar\":Abc10");
    for (last, words) in [
        (
            format!("{ha1}:{NONCE}:{ha2}"),
            "HA1 and HA2: username, realm and uri.",
        ),
        (
            format!("{ha1}:\"{NONCE}\":{ha2}"),
            "the header field: username, realm, nonce and uri.",
        ),
        (
            format!("{ha1}:{NONCE}:{right_ha2}"),
            "HA1: username and realm.",
        ),
        (
            format!("{realm_alone}:\"{NONCE}\":{right_ha2}"),
            "the challenge: realm and nonce.",
        ),
    ] {
        let words = format!("with the quotes kept around every value of {words}");
        fits(&register(&md5(&last), ""), &words);
    }
}

#[test]
fn so_are_quotes_kept_around_what_belongs_to_qop() {
    const QOP: &str = ", qop=auth, nc=0000000a, cnonce=\"Cn0nce\"";
    let [ha1, ha2] = quoted();
    for (middle, words) in [
        (
            "0000000a:Cn0nce:auth",
            "RFC 2069: username, realm, nonce and uri.",
        ),
        (
            "0000000a:\"Cn0nce\":auth",
            "the header field: username, realm, nonce, uri and cnonce.",
        ),
        (
            "\"0000000a\":\"Cn0nce\":\"auth\"",
            "the header field: username, realm, nonce, uri, cnonce, qop and nc.",
        ),
    ] {
        let given = md5(&format!("{ha1}:\"{NONCE}\":{middle}:{ha2}"));
        let words = format!("with the quotes kept around every value of {words}");
        fits(&register(&given, QOP), &words);
    }
    let offered = |last: &str| {
        let text = register(&md5(last), QOP);
        text.replace("opaque=\"0paque\"\r\n", "qop=\"auth\"\r\n")
    };
    let ha1 = md5("10:\"Registrar\":Abc10");
    let last = format!("{ha1}:\"{NONCE}\":0000000a:Cn0nce:\"auth\":{}", md5(&a2()));
    fits(
        &offered(&last),
        "the quotes kept around every value of the challenge: realm, nonce and qop.",
    );
    let last = format!("{}:\"{NONCE}\":0000000a:\"Cn0nce\":auth:{ha2}", md5(A1));
    fits(
        &offered(&last),
        "the quotes kept around nonce, uri and cnonce.",
    );
}

#[test]
fn quotes_kept_around_every_value_and_another_password_are_two_mistakes() {
    let a1 = "\"10\":\"Registrar\":abc10";
    let given = response(a1, NONCE, &format!("REGISTER:\"{URI}\""));
    let run = explain(&register(&given, ""), "Abc10");
    for words in [
        "the quotes kept around every value of HA1 and HA2",
        "the password in lower case",
    ] {
        assert!(run.out.contains(words), "{}", run.out);
    }
}
