//! `calculator answer`.

mod support;
use support::calculator;

const CHALLENGE: &str = "SIP/2.0 401 Unauthorized\r\n\
    CSeq: 1 REGISTER\r\n\
    WWW-Authenticate: Digest realm=\"192.168.1.15\",\r\n \
    nonce=\"462791f06aa9b37a34fd11b1adc58c5a9df7c95b\"\r\n\r\n";

#[test]
fn the_papers_challenge_is_answered_with_the_papers_response() {
    let arguments = [
        "answer",
        "-",
        "--username",
        "10",
        "--uri",
        "sip:192.168.1.15",
        "--password",
        "abc10",
    ];
    let run = calculator(&arguments, CHALLENGE);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(
        run.out,
        "Authorization: Digest username=\"10\", realm=\"192.168.1.15\", nonce=\"462791f06aa9b37a34fd11b1adc58c5a9df7c95b\", uri=\"sip:192.168.1.15\", response=\"be9e8d46b8dcd522f22301e1f2b3287c\", algorithm=MD5\n"
    );
}

#[test]
fn a_407_with_qop_is_answered_in_a_proxy_authorization() {
    let text = "INVITE sip:bob@biloxi.com SIP/2.0\n\nSIP/2.0 407 Proxy Authentication Required\nProxy-Authenticate: Digest realm=\"biloxi.com\", qop=\"auth,auth-int\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc\"\n";
    let arguments = [
        "answer",
        "-",
        "--username",
        "bob",
        "--password",
        "zanzibar",
        "--cnonce",
        "0a4f113b",
    ];
    let run = calculator(&arguments, text);
    assert!(
        run.out
            .starts_with("Proxy-Authorization: Digest username=\"bob\""),
        "{}{}",
        run.out,
        run.err
    );
    let rest = "response=\"89eb0059246c02b2f6ee02c7961d5ea3\", algorithm=MD5, cnonce=\"0a4f113b\", qop=auth, nc=00000001, opaque=\"5ccc\"\n";
    assert!(run.out.ends_with(rest), "{}", run.out);
}

#[test]
fn an_answer_made_here_is_found_right_here() {
    let flags = [
        "answer",
        "--realm",
        "r",
        "--nonce",
        "n",
        "--username",
        "a\"b",
        "--method",
        "INVITE",
        "--uri",
        "sip:11@h",
        "--password",
        "p",
        "--qop",
        "auth",
        "--algorithm",
        "SHA-256-sess",
        "--proxy",
    ];
    let first = calculator(&flags, "");
    let second = calculator(&flags, "");
    assert_ne!(first.out, second.out, "each has a cnonce of its own");
    let text = format!(
        "INVITE sip:11@h SIP/2.0\r\nFrom: <sip:ab@h>\r\n{}\r\n",
        first.out
    );
    let run = support::explain(&text, "p");
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("it matches."), "{}", run.out);
}

#[test]
fn of_several_challenges_the_first_known_algorithm_is_answered() {
    let text = "SIP/2.0 401 Unauthorized\nCSeq: 1 REGISTER\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=AKAv1-MD5\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256\n";
    let arguments = [
        "answer",
        "-",
        "--username",
        "10",
        "--uri",
        "sip:r",
        "--password",
        "p",
    ];
    let run = calculator(&arguments, text);
    assert!(
        run.out.contains("algorithm=SHA-256\n"),
        "{}{}",
        run.out,
        run.err
    );
}

#[test]
fn an_answer_lacks_nothing_silently() {
    for (arguments, input, words) in [
        (
            &["answer", "-", "--username", "10", "--password", "p"][..],
            CHALLENGE,
            "--uri: needed here: there is no request",
        ),
        (
            &["answer", "-", "--username", "10", "--password", "p"],
            "hello",
            "the text has no WWW-Authenticate",
        ),
        (
            &[
                "answer",
                "-",
                "--username",
                "10",
                "--password",
                "p",
                "--realm",
                "other",
                "--uri",
                "sip:h",
            ],
            CHALLENGE,
            "is of realm \"192.168.1.15\"",
        ),
        (
            &[
                "answer",
                "--realm",
                "r",
                "--nonce",
                "n",
                "--username",
                "a\r\nb",
                "--method",
                "ACK",
                "--uri",
                "sip:h",
                "--password",
                "p",
            ],
            "",
            "--username: character 2 is a control character",
        ),
        (
            &[
                "answer",
                "/nowhere/401.txt",
                "--username",
                "10",
                "--password",
                "p",
            ],
            "",
            "cannot read /nowhere/401.txt",
        ),
    ] {
        let run = calculator(arguments, input);
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.err.contains(words), "{}", run.err);
    }
}

#[test]
fn auth_int_covers_the_body_of_the_pasted_request() {
    let text = "INVITE sip:11@h SIP/2.0\r\nContent-Length: 5\r\n\r\nv=0\r\nSIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"\r\n";
    let arguments = [
        "answer",
        "-",
        "--username",
        "10",
        "--password",
        "p",
        "--cnonce",
        "c",
        "--explain",
    ];
    let run = calculator(&arguments, text);
    let of_body = support::md5("v=0\r\n");
    let line = format!("HA2 = MD5(INVITE:sip:11@h:{of_body}) = ");
    assert!(run.out.contains(&line), "{}{}", run.out, run.err);
    assert!(run.out.contains("qop=auth-int, nc=00000001"), "{}", run.out);
}
