//! What `calculator explain` says beside mistakes, and that it makes nothing up.

mod support;
use support::register::{A1, NONCE, a2, register, response};
use support::{calculator, explain, md5};

#[test]
fn a_right_answer_matches_and_nothing_is_odd() {
    let run = explain(&register(&response(A1, NONCE, &a2()), ""), "Abc10");
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(
        run.out.contains("The answer says the same: it matches."),
        "{}",
        run.out
    );
    assert!(!run.out.contains("Also to be seen"), "{}", run.out);
}

#[test]
fn upper_case_hex_matches_and_is_reported() {
    let right = response(A1, NONCE, &a2()).to_uppercase();
    let run = explain(&register(&right, ""), "Abc10");
    assert_eq!(run.code, 0);
    assert!(
        run.out.contains("this course's server takes it"),
        "{}",
        run.out
    );
}

#[test]
fn with_a_ha1_alone_less_can_be_tried_and_it_says_so() {
    let ha1 = |text: &str| calculator(&["explain", "--ha1", &md5(A1)], text);
    let right = ha1(&register(&response(A1, NONCE, &a2()), ""));
    assert_eq!(right.code, 0, "{}", right.out);
    let given = md5(&format!(
        "{}:{NONCE}:{}",
        md5(&format!("10:Registrar:{}", md5(A1))),
        md5(&a2())
    ));
    let hashed_again = ha1(&register(&given, ""));
    assert!(
        hashed_again.out.contains("HA1 in place of the password"),
        "{}",
        hashed_again.out
    );
    let wrong = ha1(&register(&md5("x"), ""));
    assert!(
        wrong.out.contains("with the password more can be tried"),
        "{}",
        wrong.out
    );
}

#[test]
fn a_missing_or_wrong_digit_is_pointed_at() {
    let right = response(A1, NONCE, &a2());
    let mut short = right.clone();
    let digit = short.remove(6);
    let run = explain(&register(&short, ""), "Abc10");
    let words = format!("It is the right response with digit 7, {digit}, missing");
    assert!(run.out.contains(&words), "{}", run.out);

    let other = if right.starts_with('0') { "1" } else { "0" };
    let run = explain(&register(&format!("{other}{}", &right[1..]), ""), "Abc10");
    assert!(
        run.out.contains("digit 1 of the response is wrong:"),
        "{}",
        run.out
    );

    let run = explain(&register("g", ""), "Abc10");
    assert!(
        run.out
            .contains("the response contains 'g', which is not a hex digit"),
        "{}",
        run.out
    );
}

#[test]
fn everything_odd_is_reported_without_any_hash() {
    let right = response(A1, NONCE, &a2());
    let text = register(&right, ", nc=00000001");
    for (text, words) in [
        (
            text.clone(),
            "the answer has nc and no qop, so nc is not hashed",
        ),
        (
            text.replace("opaque=\"0paque\", response", "response"),
            "the challenge's opaque \"0paque\" is not repeated",
        ),
        (
            text.replace(
                "<sip:10@example.com>\r\nCall",
                "<sip:11@example.com>\r\nCall",
            ),
            "the username is 10, but To has the user 11: check_to refuses that",
        ),
        (
            text.replace(
                "opaque=\"0paque\"\r\n",
                "qop=\"auth\", algorithm=SHA-256\r\n",
            ),
            "the challenge wants SHA-256, but the answer uses MD5",
        ),
        (
            text.replace("opaque=\"0paque\"\r\n", "qop=\"auth\"\r\n"),
            "the challenge offers a qop and the answer has none",
        ),
        (
            text.replace("SIP/2.0 401", "SIP/2.0 407"),
            "a 407 is answered with Proxy-Authorization, not with Authorization",
        ),
        (
            text.split_once("REGISTER")
                .map(|(_, rest)| format!("REGISTER{rest}"))
                .unwrap(),
            "the text has no challenge",
        ),
    ] {
        let run = explain(&text, "Abc10");
        assert_eq!(run.code, 0, "{}", run.out);
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
}

#[test]
fn the_answers_of_one_user_can_be_picked() {
    let text = register(&response(A1, NONCE, &a2()), "");
    let both = format!(
        "{text}{}",
        text.replace("username=\"10\"", "username=\"11\"")
    );
    assert_eq!(explain(&both, "Abc10").code, 1);
    let picked = calculator(
        &["explain", "--username", "10", "--password", "Abc10"],
        &both,
    );
    assert_eq!(picked.code, 0, "{}", picked.out);
    let none = calculator(
        &["explain", "--username", "12", "--password", "Abc10"],
        &both,
    );
    assert_eq!(none.code, 2);
    assert!(
        none.err.contains("the text has no answer of \"12\""),
        "{}",
        none.err
    );
}

#[test]
fn an_answer_with_something_unknown_or_missing_says_what() {
    let text = register(&md5("x"), "");
    for (text, code, words) in [
        (
            register(&md5("x"), ", algorithm=AKAv1-MD5"),
            2,
            "its algorithm AKAv1-MD5 is unknown here",
        ),
        (
            text.replace("username=\"10\", ", "").replace("From:", "X:"),
            2,
            "the answer has no username",
        ),
        (
            text.replace("response=", "x="),
            1,
            "the answer has no response",
        ),
        (
            text.replace("realm=\"Registrar\", nonce=\"46", "nonce=\"46"),
            2,
            "the answer has no realm",
        ),
    ] {
        let run = explain(&text, "Abc10");
        assert_eq!(run.code, code, "{}{}", run.out, run.err);
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
}

#[test]
fn texts_without_an_answer_are_refused() {
    for (text, words) in [
        ("", "no SIP message and no header field"),
        ("hello there", "no SIP message and no header field"),
        (
            "INVITE sip:11@h SIP/2.0\r\nTo: <sip:11@h>\r\n",
            "in 1 message(s)",
        ),
        (
            "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"",
            "a challenge and no answer to it",
        ),
    ] {
        let run = explain(text, "p");
        assert_eq!(run.code, 2);
        assert!(run.err.contains(words), "{}", run.err);
    }
    let both = calculator(&["explain", "-", "--password", "-"], "To: x");
    assert_eq!(both.code, 2);
}

#[test]
fn json_names_the_mistake_and_hides_what_is_to_be_hidden() {
    let given = response("10:example.com:Abc10", NONCE, &a2());
    let run = calculator(
        &["explain", "--json", "--hide", "--password", "Abc10"],
        &register(&given, ""),
    );
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let verdict = &json["answers"][0]["verdict"];
    assert_eq!(verdict["matches"], false);
    assert_eq!(verdict["mistakes"][0]["ingredient"], "realm");
    assert_eq!(verdict["steps"][2]["hash"], given);
    assert!(
        !run.out.contains("Abc10") && !run.out.contains(&md5(A1)),
        "{}",
        run.out
    );
}

#[test]
fn a_challenge_after_its_answer_belongs_to_it() {
    let text = register(&response(A1, NONCE, &a2()), "");
    let (challenge, request) = text.split_once("\r\n\r\n").unwrap();
    let run = explain(&format!("{request}{challenge}\r\n"), "Abc10");
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(!run.out.contains("Also to be seen"), "{}", run.out);
    let other = challenge.replace(NONCE, "another");
    let run = explain(&format!("{request}{other}\r\n"), "Abc10");
    assert!(run.out.contains("the text has no challenge"), "{}", run.out);
}

#[test]
fn a_username_is_compared_with_the_user_of_to_without_its_escapes() {
    let text = register(&md5("x"), "").replace("username=\"10\"", "username=\"20#1\"");
    let note = "check_to refuses that";
    let escaped = text.replace("To: <sip:10@", "To: <sip:20%231@");
    assert!(!explain(&escaped, "Abc10").out.contains(note), "{escaped}");
    let other = text.replace("To: <sip:10@", "To: <sip:20%232@");
    assert!(explain(&other, "Abc10").out.contains(note), "{other}");
}
