//! Names and passwords with letters beyond ASCII, in every encoding that clients use.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;
use support::client::{QOP, fits, is_right, params, register, response};
use support::{calculator, explain};

#[test]
fn a_password_in_another_encoding() {
    for (bytes, words) in [
        (&b"10:r.example:gr\xfcn"[..], "the password in Latin-1"),
        (
            "10:r.example:gru\u{308}n".as_bytes(),
            "its accents apart (NFD)",
        ),
        (
            "10:r.example:grÃ¼n".as_bytes(),
            "the password in UTF-8, encoded twice",
        ),
    ] {
        let answer = params("10", "r.example", &response(bytes, "c0", "auth"), QOP);
        let run = explain(&register("r.example", &answer), "grün");
        fits(&run, words);
        let line = run.out.lines().find(|line| line.starts_with("What fits:"));
        assert!(!line.unwrap().contains("gr"), "{line:?}");
        let fix = "To fix it: hash the password in UTF-8, its letters composed (NFC)";
        assert!(run.out.contains(fix), "{}", run.out);
    }
}

#[test]
fn a_name_in_another_encoding() {
    for (bytes, words) in [
        (
            &b"J\xfcrgen:r.example:abc10"[..],
            "the username \"Jürgen\" (in Latin-1",
        ),
        (
            "Ju\u{308}rgen:r.example:abc10".as_bytes(),
            "its accents apart (NFD)",
        ),
    ] {
        let answer = params("Jürgen", "r.example", &response(bytes, "c0", "auth"), QOP);
        fits(&explain(&register("r.example", &answer), "abc10"), words);
    }
    let answer = params(
        "10",
        "Büro",
        &response(b"10:B\xfcro:abc10", "c0", "auth"),
        QOP,
    );
    fits(
        &explain(&register("Büro", &answer), "abc10"),
        "the realm \"Büro\" (in Latin-1",
    );
}

#[test]
fn a_paste_with_bytes_of_latin_1() {
    let answer = params(
        "J?rgen",
        "r.example",
        &response(b"J\xfcrgen:r.example:abc10", "c0", "auth"),
        QOP,
    );
    let text = register("r.example", &answer);
    let (before, behind) = text.split_once('?').unwrap();
    let bytes = [before.as_bytes(), b"\xfc", behind.as_bytes()].concat();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("trace.txt");
    std::fs::write(&file, bytes).unwrap();
    let run = calculator(
        &["explain", file.to_str().unwrap(), "--password", "abc10"],
        "",
    );
    is_right(&run);
    assert!(
        run.out.contains("MD5(Jürgen:r.example:abc10)"),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("the username is not UTF-8 (read here as Latin-1)"),
        "{}",
        run.out
    );
}

#[test]
fn a_name_in_its_extended_form() {
    let given = response("Jäsøn:r.example:abc10".as_bytes(), "c0", "auth");
    let answer = params("x", "r.example", &given, QOP);
    let answer = answer.replace("username=\"x\"", "username*=UTF-8''J%C3%A4s%C3%B8n");
    let run = explain(&register("r.example", &answer), "abc10");
    is_right(&run);
    assert!(
        run.out.contains("MD5(Jäsøn:r.example:abc10)"),
        "{}",
        run.out
    );
}
