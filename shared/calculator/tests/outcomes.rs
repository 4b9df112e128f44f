//! Exit codes, incomplete answers, and what is hidden.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;
use support::register::{A1, NONCE, URI, a2, register, response};
use support::{calculator, explain, md5};

#[test]
fn an_answer_that_lacks_something_never_matches() {
    let right = register(&response(A1, NONCE, &a2()), "");
    for (taken, words) in [
        (
            "username=\"10\", ",
            "it has no username; tried with the user of From",
        ),
        (
            "realm=\"Registrar\", ",
            "it has no realm; tried with the challenge's",
        ),
        (
            &format!("nonce=\"{NONCE}\", uri"),
            "it has no nonce; tried with the challenge's",
        ),
        (
            &format!("uri=\"{URI}\", "),
            "it has no uri; tried with the Request-URI",
        ),
    ] {
        let (challenge, request) = right.split_once("REGISTER").unwrap();
        let left = if taken.ends_with("uri") { "uri" } else { "" };
        let text = format!("{challenge}REGISTER{}", request.replacen(taken, left, 1));
        assert_ne!(text, right, "{taken}");
        let run = explain(&text, "Abc10");
        assert_eq!(run.code, 1, "{taken}: {}{}", run.out, run.err);
        assert!(
            run.out.contains("no server takes it"),
            "{taken}: {}",
            run.out
        );
        assert!(run.out.contains(words), "{words}: {}", run.out);
        assert!(!run.out.contains("it matches"), "{taken}: {}", run.out);
        let run = calculator(&["explain", "--json", "--password", "Abc10"], &text);
        let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!(json["answers"][0]["verdict"]["matches"], false, "{taken}");
    }
}

#[test]
fn a_qop_without_what_belongs_to_it_never_matches() {
    let ha1 = md5(A1);
    for (more, middle, words) in [
        (
            ", qop=auth, cnonce=\"c\"",
            ":c:auth",
            "it has a qop and no nc",
        ),
        (
            ", qop=auth, nc=00000001",
            "00000001::auth",
            "it has a qop and no cnonce",
        ),
        (
            ", qop=auth, nc=zz, cnonce=\"c\"",
            "zz:c:auth",
            "its nc, \"zz\", is not a hex number",
        ),
        (
            ", qop=auth, nc=000000001, cnonce=\"c\"",
            "000000001:c:auth",
            "its nc, \"000000001\"",
        ),
    ] {
        let given = md5(&format!("{ha1}:{NONCE}:{middle}:{}", md5(&a2())));
        let run = explain(&register(&given, more), "Abc10");
        assert_eq!(run.code, 1, "{more}: {}", run.out);
        assert!(
            run.out.contains("no server takes it"),
            "{more}: {}",
            run.out
        );
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
}

#[test]
fn an_empty_response_and_a_missing_one_are_said_to_be_missing() {
    let text = register("", "");
    for text in [text.clone(), text.replace("response=\"\"", "x=\"\"")] {
        let run = explain(&text, "Abc10");
        assert_eq!(run.code, 1, "{}", run.out);
        assert!(
            run.out
                .contains("The answer has no response: it does not match."),
            "{}",
            run.out
        );
        let why = "What is wrong: the answer has no response.";
        assert!(run.out.contains(why), "{}", run.out);
        assert!(!run.out.contains("The answer says"), "{}", run.out);
    }
}

#[test]
fn the_exit_code_is_the_one_of_the_help() {
    let right = register(&response(A1, NONCE, &a2()), "");
    let wrong = register(&md5("x"), "");
    let unknown = register(&md5("x"), ", algorithm=AKAv1-MD5");
    for (texts, code) in [
        (vec![&right], 0),
        (vec![&wrong], 1),
        (vec![&unknown], 2),
        (vec![&right, &wrong], 1),
        (vec![&right, &unknown], 2),
        (vec![&unknown, &wrong, &right], 1),
    ] {
        let text: String = texts.into_iter().map(String::as_str).collect();
        let run = explain(&text, "Abc10");
        assert_eq!(run.code, code, "{}{}", run.out, run.err);
    }
    let unknown = explain(&unknown, "Abc10");
    assert!(
        unknown
            .out
            .contains("It cannot be worked out: its algorithm AKAv1-MD5"),
        "{}",
        unknown.out
    );
    let help = calculator(&["--help"], "").out;
    assert!(help.contains("2 it could\nnot be tried"), "{help}");
}

#[test]
fn nothing_secret_is_printed_where_it_is_hidden() {
    let (password, ha1) = ("Abc10", md5(A1));
    let wrong_realm = response("10:example.com:Abc10", NONCE, &a2());
    let unhashed = md5(&format!("abc10:{NONCE}:{}", md5(&a2())));
    let session = ", algorithm=MD5-sess, qop=auth, nc=00000001, cnonce=\"c\"";
    let text_of_session = md5(&format!(
        "{ha1}:{NONCE}:c:{NONCE}:00000001:c:auth:{}",
        md5(&a2())
    ));
    let fields = ["--username", "10", "--realm", "Registrar"];
    let request = ["--uri", URI, "--nonce", NONCE, "--method", "REGISTER"];
    let secrets = [["--password", password], ["--ha1", &ha1]];
    let mut runs: Vec<(Vec<&str>, String)> = Vec::new();
    for secret in secrets {
        for algorithm in ["MD5", "MD5-sess"] {
            let more = ["--algorithm", algorithm, "--cnonce", "c"];
            runs.push((
                [&["response"][..], &fields, &request, &secret, &more].concat(),
                String::new(),
            ));
            let more = ["--algorithm", algorithm, "--cnonce", "c", "--explain"];
            runs.push((
                [&["answer"][..], &fields, &request, &secret, &more].concat(),
                String::new(),
            ));
        }
        for given in [
            response(A1, NONCE, &a2()),
            md5("x"),
            wrong_realm.clone(),
            unhashed.clone(),
        ] {
            runs.push((
                [&["explain", "-"][..], &secret].concat(),
                register(&given, ""),
            ));
        }
        let text = register(&text_of_session, session);
        runs.push(([&["explain", "-"][..], &secret].concat(), text));
    }
    let upper = ha1.to_uppercase();
    for given in [&[ha1.as_str()][..], &[&upper, &ha1], &[&ha1[..31]]] {
        let secret = ["--password", password];
        runs.push((
            [&["check"][..], given, &fields, &secret].concat(),
            String::new(),
        ));
    }
    for (arguments, input) in runs {
        for json in [&[][..], &["--json"]] {
            let arguments = [&["--hide"][..], json, &arguments].concat();
            let run = calculator(&arguments, &input);
            let printed = format!("{}{}", run.out, run.err);
            assert!(printed.len() > 20, "{arguments:?}");
            for secret in [password, &ha1, &ha1[..31]] {
                let found = printed.to_lowercase().contains(&secret.to_lowercase());
                assert!(!found, "{arguments:?} prints {secret}: {printed}");
            }
        }
    }
}

#[test]
fn with_the_ha1_hidden_it_is_known_which_of_several_matches() {
    let ha1 = md5(A1);
    let other = md5("other");
    let arguments = [
        "check",
        "--hide",
        &other,
        &ha1,
        "--username",
        "10",
        "--realm",
        "Registrar",
    ];
    let run = calculator(&[&arguments[..], &["--password", "Abc10"]].concat(), "");
    assert_eq!(run.code, 1);
    assert!(
        run.out.contains("********  HA1 number 1  of none of these"),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("********  HA1 number 2  HA1 of 10 in Registrar"),
        "{}",
        run.out
    );
}

#[test]
fn marks_that_turn_a_line_around_are_escaped_in_text_and_in_json() {
    let text = register(&md5("x"), "").replace("username=\"10\"", "username=\"1\u{61c}0\u{9b}2\"");
    let run = explain(&text, "Abc10");
    assert!(run.out.contains("1\\u{61c}0\\u{9b}2"), "{}", run.out);
    let json = calculator(&["explain", "--json", "--password", "Abc10"], &text);
    assert!(json.out.contains("1\\u061c0\\u009b2"), "{}", json.out);
    let read: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let line = read["answers"][0]["steps"][0]["text"].as_str().unwrap();
    assert!(line.starts_with("1\u{61c}0\u{9b}2:"), "{line}");
    for out in [run.out, json.out] {
        assert!(!out.contains(['\u{61c}', '\u{9b}']), "{out:?}");
    }
}

#[test]
fn a_log_of_thousands_of_answers_is_explained_whole() {
    let mut text = String::new();
    for index in 0..1200 {
        let nonce = format!("{index:040x}");
        let given = match index % 3 {
            0 => md5(&index.to_string()),
            _ => response(A1, &nonce, &a2()),
        };
        text += &register(&given, "").replace(NONCE, &nonce);
    }
    let run = calculator(&["explain", "--json", "--password", "Abc10"], &text);
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let answers = json["answers"].as_array().unwrap();
    let right = answers
        .iter()
        .filter(|answer| answer["verdict"]["matches"] == true);
    assert_eq!((answers.len(), right.count()), (1200, 800));
    assert_eq!(json["left_out"], 0);
}
