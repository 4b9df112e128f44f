//! `calculator response` beside its vectors: flags, passwords, JSON.

mod support;
use support::calculator;

const FLAGS: [&str; 9] = [
    "response",
    "--username",
    "10",
    "--realm",
    "192.168.1.15",
    "--uri",
    "sip:192.168.1.15",
    "--nonce",
    "462791f06aa9b37a34fd11b1adc58c5a9df7c95b",
];
const RIGHT: &str = "be9e8d46b8dcd522f22301e1f2b3287c";

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    FLAGS.iter().chain(more).copied().collect()
}

#[test]
fn a_password_comes_from_standard_input_without_its_line_end() {
    for input in ["abc10\n", "abc10\r\n", "abc10"] {
        let run = calculator(&with(&["--password", "-"]), input);
        assert!(run.out.contains(RIGHT), "{}{}", run.out, run.err);
    }
}

#[test]
fn ha1_does_in_place_of_the_password() {
    let ha1 = support::md5("10:192.168.1.15:abc10");
    let run = calculator(&with(&["--ha1", &ha1.to_uppercase()]), "");
    assert!(run.out.contains(RIGHT), "{}", run.out);
    assert!(!run.out.contains("HA1 = "), "{}", run.out);
}

#[test]
fn without_a_password_and_a_terminal_it_says_what_to_do() {
    let mut arguments = with(&[]);
    arguments.push("--password");
    arguments.push("-");
    let run = calculator(&arguments, "");
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("standard input is empty; give --password"),
        "{}",
        run.err
    );
}

#[test]
fn hidden_secrets_are_in_no_line() {
    let ha1 = support::md5("10:192.168.1.15:abc10");
    let run = calculator(&with(&["--password", "abc10", "--hide"]), "");
    assert!(
        !run.out.contains("abc10") && !run.out.contains(&ha1),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("HA1 = MD5(10:192.168.1.15:********) = ********"),
        "{}",
        run.out
    );
    assert!(run.out.contains(RIGHT));
    let run = calculator(&with(&["--password", "", "--hide"]), "");
    assert_eq!(run.out.matches("********").count(), 3, "{}", run.out);
    let run = calculator(&with(&["--ha1", &ha1, "--hide", "--json"]), "");
    assert!(
        !run.out.contains(&ha1) && run.out.contains(RIGHT),
        "{}",
        run.out
    );
}

#[test]
fn json_has_every_step() {
    let run = calculator(&with(&["--password", "abc10", "--json"]), "");
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json["response"], RIGHT);
    assert_eq!(json["steps"][0]["text"], "10:192.168.1.15:abc10");
    assert_eq!(json["steps"][1]["formula"], "method:uri");
    assert_eq!(json["steps"][2]["hash"], RIGHT);
}

#[test]
fn flags_that_make_no_sense_are_named() {
    for (more, words) in [
        (&["--ha1", "zz"][..], "--ha1: not all of it is hex digits"),
        (&["--ha1", "abcd"], "--ha1: 4 hex digits; MD5 makes 32"),
        (
            &["--password", "p", "--qop", "auth"],
            "--cnonce: qop=auth hashes a cnonce; give one",
        ),
        (
            &["--password", "p", "--algorithm", "md5-sess"],
            "--cnonce: MD5-sess hashes a cnonce",
        ),
        (
            &[
                "--password",
                "p",
                "--qop",
                "auth",
                "--cnonce",
                "c",
                "--nc",
                "x1",
            ],
            "--nc: \"x1\" is not a hex number",
        ),
        (
            &["--password", "p", "--qop", "token"],
            "use none, auth or auth-int",
        ),
        (
            &["--password", "p", "--algorithm", "AKAv1-MD5"],
            "use MD5, MD5-sess, ",
        ),
        (&["--password", "p", "--ha1", "x"], "cannot be used with"),
    ] {
        let run = calculator(&with(more), "");
        assert_eq!(run.code, 2, "{more:?}");
        assert!(run.err.contains(words), "{more:?}: {}", run.err);
        assert!(run.out.is_empty());
    }
}

#[test]
fn nothing_is_coloured_into_a_file_and_strangers_bytes_are_harmless() {
    let mut arguments = with(&["--password", "p"]);
    arguments[2] = "a\u{1b}[2Jb";
    let run = calculator(&arguments, "");
    assert!(!run.out.contains('\u{1b}'), "{:?}", run.out);
    assert!(
        run.out.contains("a\\u{1b}[2Jb:192.168.1.15:p"),
        "{}",
        run.out
    );
}

#[test]
fn with_json_what_goes_wrong_is_json_on_standard_error() {
    for (arguments, wanted) in [
        (&["--json", "nonce", "zz"][..], "shows no time"),
        (&["explain", "-", "--json"], "no SIP message"),
        (&["explain", "no-such-file", "--json"], "cannot read"),
        (
            &["--json", "check", "zz", "--username", "a", "--realm", "b"],
            "is not a HA1",
        ),
        (&["response", "--json"], "required arguments"),
        (&["--json", "no-verb"], "unrecognized subcommand"),
        (&["--json"], "requires a subcommand"),
    ] {
        let run = calculator(arguments, "");
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}");
        let json: serde_json::Value = serde_json::from_str(&run.err).unwrap();
        let error = json["error"].as_str().unwrap();
        assert!(error.contains(wanted), "{arguments:?}: {error}");
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    }
    let run = calculator(&["--json", "--help"], "");
    assert!(run.code == 0 && run.out.contains("Usage:"), "{}", run.err);
}
