//! The server does with an answer what the calculator says it does.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

mod change;
mod trial;

use whole_system::digest::md5;
use whole_system::step::{STEP_07, Server};

use change::{changed, hashed_again, without};
use trial::{Answer, Expected, INVITE, REGISTER, Trial, faulty, refused, taken};

#[test]
fn the_server_treats_names_and_uris_as_the_calculator_says() {
    let files = whole_system::directory();
    let server = Server::start(STEP_07, files.path());
    server.add_users(["20", "20#1"]);
    let mut trial = Trial {
        server: &server,
        directory: files.path(),
        host: 30,
    };
    let plain = |_: &mut Answer| {};
    trial.with(REGISTER, plain, taken("it matches."));
    let escaped = |answer: &mut Answer| {
        (answer.user, answer.whose) = ("20#1".to_owned(), Some("20%231"));
    };
    trial.with(REGISTER, escaped, taken("it matches."));
    let other = |answer: &mut Answer| answer.whose = Some("21");
    trial.with(
        REGISTER,
        other,
        refused(401, "To has the user 21: check_to refuses that"),
    );
    trial.with(
        INVITE,
        other,
        refused(403, "From has the user 21: check_from refuses that"),
    );
    let elsewhere = |answer: &mut Answer| answer.uri = "sip:192.0.2.1".to_owned();
    trial.with(
        REGISTER,
        elsewhere,
        refused(401, "this course's server refuses that with 401"),
    );
    trial.with(
        INVITE,
        elsewhere,
        refused(407, "this course's server refuses that with 407"),
    );
    let no_port = |answer: &mut Answer| answer.uri = "sip:127.0.0.1;transport=udp".to_owned();
    trial.with(REGISTER, no_port, taken("this course's server takes that"));
    let bare = |answer: &mut Answer| answer.uri = "127.0.0.1".to_owned();
    trial.with(
        REGISTER,
        bare,
        refused(401, "which is not a SIP URI: sip: is missing"),
    );
    trial.with(
        REGISTER,
        bare,
        refused(401, "this course's server refuses that with 401"),
    );
    let hash = |answer: &mut Answer| {
        answer.user = md5(format!("20:{}", answer.realm).as_bytes());
        answer.hashed = Some(b"20".to_vec());
        answer.line = |line| line.replace("Digest ", "Digest userhash=true, ");
    };
    trial.with(
        REGISTER,
        hash,
        refused(401, "does not offer that and refuses it with 401"),
    );
    let latin_1 = |answer: &mut Answer| {
        (answer.user, answer.latin_1) = ("J?rgen".to_owned(), true);
    };
    trial.with(REGISTER, latin_1, refused(401, "the username is not UTF-8"));
    assert!(server.stop().success());
}

#[test]
fn the_server_treats_odd_header_lines_as_the_calculator_says() {
    let files = whole_system::directory();
    let server = Server::start(STEP_07, files.path());
    server.add_users(["20"]);
    let mut trial = Trial {
        server: &server,
        directory: files.path(),
        host: 60,
    };
    let mut with = |line: fn(&str) -> String, expected: Expected| {
        trial.with(REGISTER, |answer| answer.line = line, expected);
    };
    with(
        |line| changed(line, "response=\"", |value| value.to_uppercase()),
        taken("this course's server takes it, one that compares texts refuses it"),
    );
    with(
        |line| line.replace("Authorization", "Proxy-Authorization"),
        refused(401, "a server asks again, with 401"),
    );
    with(
        |line| line.replace("\", realm", "\" realm"),
        refused(
            400,
            "a strict reader refuses it: username: text after the value",
        ),
    );
    with(
        |line| line.replace("Digest ", "Digest, "),
        refused(401, "a strict reader takes it for another scheme"),
    );
    for (name, words) in [
        (
            "username",
            "it has no username; tried with the user of From",
        ),
        ("realm", "it has no realm; tried with the challenge's"),
        ("nonce", "it has no nonce; tried with the challenge's"),
        ("uri", "it has no uri; tried with the Request-URI"),
    ] {
        let line: fn(&str) -> String = match name {
            "username" => |line| without(line, "username"),
            "realm" => |line| without(line, "realm"),
            "nonce" => |line| without(line, "nonce"),
            _ => |line| without(line, "uri"),
        };
        with(line, faulty(400, words));
    }
    with(
        |line| without(line, "response"),
        faulty(400, "The answer has no response"),
    );
    with(
        |line| {
            line.replace("username=\"20\"", "username=\"20\", realm=\"say \"hi\"\"")
                .replacen(", realm=\"127.0.0.1\"", "", 1)
        },
        faulty(400, "The answer says"),
    );
    assert!(server.stop().success());
}

#[test]
fn the_server_treats_qop_and_algorithm_as_the_calculator_says() {
    let files = whole_system::directory();
    let server = Server::start(STEP_07, files.path());
    server.add_users(["20"]);
    let mut trial = Trial {
        server: &server,
        directory: files.path(),
        host: 90,
    };
    let mut with = |line: fn(&str) -> String, expected: Expected| {
        trial.with(REGISTER, |answer| answer.line = line, expected);
    };
    with(
        |line| {
            hashed_again(line, ":", |line| {
                line.replace(", qop=auth, nc=00000001, cnonce=\"c0ffee\"", "")
            })
        },
        taken("older phones do so; this course's server takes it"),
    );
    with(
        |line| {
            hashed_again(line, ":1:c0ffee:auth:", |line| {
                line.replace("00000001", "1")
            })
        },
        taken("nc is \"1\", but it should have 8 hex digits"),
    );
    with(
        |line| {
            hashed_again(line, ":zz:c0ffee:auth:", |line| {
                line.replace("00000001", "zz")
            })
        },
        faulty(400, "its nc, \"zz\", is not a hex number of up to 8 digits"),
    );
    with(
        |line| {
            hashed_again(line, "::c0ffee:auth:", |line| {
                line.replace(", nc=00000001", "")
            })
        },
        faulty(400, "it has a qop and no nc; tried without"),
    );
    with(
        |line| {
            hashed_again(line, ":00000001::auth:", |line| {
                line.replace(", cnonce=\"c0ffee\"", "")
            })
        },
        faulty(400, "it has a qop and no cnonce; tried without"),
    );
    with(
        |line| {
            hashed_again(line, ":00000001:c0ffee:auth,auth-int:", |line| {
                line.replace("qop=auth", "qop=\"auth,auth-int\"")
            })
        },
        faulty(
            401,
            "its qop is a list, auth,auth-int, instead of one of its values",
        ),
    );
    with(
        |line| line.replace("qop=auth", "qop=auth, algorithm=SHA-512-256"),
        faulty(
            401,
            "the challenge wants MD5, but the answer uses SHA-512-256",
        ),
    );
    assert!(server.stop().success());
}
