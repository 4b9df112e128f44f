//! The server does with an answer what the calculator says it does.
#![allow(clippy::expect_used, reason = "what fails here is a test")]

use std::path::Path;
use std::process::Command;

use whole_system::client::{Client, Transport};
use whole_system::digest::md5;
use whole_system::step::{self, PASSWORD, STEP_07, Server};
use whole_system::text;

/// A phone's answer to a challenge, and what is changed before it is sent.
struct Answer {
    user: String,
    realm: String,
    nonce: String,
    uri: String,
    /// The user name that is hashed, if it differs.
    hashed: Option<Vec<u8>>,
    /// The user in To of REGISTER, in From of INVITE, if it differs.
    whose: Option<&'static str>,
    /// A last change of the header line.
    line: fn(&str) -> String,
    /// Each `?` in the user is replaced by a byte that is not UTF-8.
    latin_1: bool,
}

/// What the server does with it, and what the calculator says.
struct Expected {
    status: u16,
    code: i32,
    words: &'static str,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            user: "20".to_owned(),
            realm: String::new(),
            nonce: String::new(),
            uri: String::new(),
            hashed: None,
            whose: None,
            line: str::to_owned,
            latin_1: false,
        }
    }
}

/// Answers a challenge of the server, and passes the exchange to the calculator.
struct Trial<'s> {
    server: &'s Server,
    directory: &'s Path,
    host: u8,
}

impl Trial<'_> {
    fn with(&mut self, method: &str, change: impl Fn(&mut Answer), expected: Expected) {
        // The server slows a source that guesses, so each trial has an address of its own.
        self.host += 1;
        let server = self.server.address();
        let mut answer = Answer::default();
        change(&mut answer);
        let whose = answer.whose.unwrap_or("20");
        let mut client = Client::new("20", self.host, server, Transport::Udp);
        let request = client.request(method, &format!("sip:20@{server}"));
        let header = if method == "REGISTER" { "To" } else { "From" };
        let own = format!("{header}: <sip:20@");
        let request = request.replace(&own, &format!("{header}: <sip:{whose}@"));
        let refusal = client.ask(&request);
        let challenge = text::header(&refusal, "WWW-Authenticate")
            .or(text::header(&refusal, "Proxy-Authenticate"))
            .expect("it is a challenge");
        let quoted = |name: &str| {
            let (_, rest) = challenge
                .split_once(&format!("{name}=\""))
                .expect("it has one");
            rest.split('"').next().unwrap_or_default().to_owned()
        };
        (answer.realm, answer.nonce) = (quoted("realm"), quoted("nonce"));
        answer.uri = text::request_uri(&request).expect("it has one").to_owned();
        change(&mut answer);

        let line = line(method, &answer);
        let second = text::again(&request, "", &format!("x{}", self.host));
        let got = client.ask_with(&second, &line);
        let (head, tail) = second.split_once("Content-Length:").expect("it has one");
        let paste = [
            request.as_bytes(),
            refusal.as_bytes(),
            head.as_bytes(),
            &line,
            b"Content-Length:",
            tail.as_bytes(),
        ]
        .concat();
        self.explain(&paste, text::status(&got), &expected);
    }

    fn explain(&self, paste: &[u8], status: Option<u16>, expected: &Expected) {
        let file = self.directory.join("paste.txt");
        std::fs::write(&file, paste).expect("room for a paste");
        let output = Command::new(step::program("calculator"))
            .args(["explain", "--password", PASSWORD])
            .arg(&file)
            .output()
            .expect("it was built");
        let paste = String::from_utf8_lossy(paste);
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            status,
            Some(expected.status),
            "{paste}\n{said}\n{}",
            self.server.log()
        );
        assert_eq!(
            output.status.code(),
            Some(expected.code),
            "{paste}\n{said}{errors}"
        );
        assert!(
            said.contains(expected.words),
            "{:?}: {paste}\n{said}",
            expected.words
        );
        // If the server accepts it, the calculator must not speak of a refusal.
        let refuses = said.contains("server refuses") || said.contains("refuses that");
        assert!(expected.status != 200 || !refuses, "{paste}\n{said}");
    }
}

/// The header line with the answer, with qop.
fn line(method: &str, answer: &Answer) -> Vec<u8> {
    let Answer {
        user,
        realm,
        nonce,
        uri,
        ..
    } = answer;
    let user_bytes = match answer.latin_1 {
        true => user
            .bytes()
            .map(|b| if b == b'?' { 0xfc } else { b })
            .collect(),
        false => user.clone().into_bytes(),
    };
    let hashed = answer.hashed.as_ref().unwrap_or(&user_bytes);
    let rest = format!(":{realm}:{PASSWORD}");
    let ha1 = md5(&[hashed.as_slice(), rest.as_bytes()].concat());
    let ha2 = md5(format!("{method}:{uri}").as_bytes());
    let response = md5(format!("{ha1}:{nonce}:00000001:c0ffee:auth:{ha2}").as_bytes());
    let name = match method {
        "REGISTER" => "Authorization",
        _ => "Proxy-Authorization",
    };
    let line = format!(
        "{name}: Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", \
         response=\"{response}\", qop=auth, nc=00000001, cnonce=\"c0ffee\"\r\n"
    );
    let line = (answer.line)(&line);
    let place = |byte: u8| {
        if answer.latin_1 && byte == b'?' {
            0xfc
        } else {
            byte
        }
    };
    line.bytes().map(place).collect()
}

const REGISTER: &str = "REGISTER";
const INVITE: &str = "INVITE";

/// The server accepts it, and it matches.
const fn taken(words: &'static str) -> Expected {
    Expected {
        status: 200,
        code: 0,
        words,
    }
}

/// The server refuses it, although the response is right.
const fn refused(status: u16, words: &'static str) -> Expected {
    Expected {
        status,
        code: 0,
        words,
    }
}

/// The server refuses it, and so would any server.
const fn faulty(status: u16, words: &'static str) -> Expected {
    Expected {
        status,
        code: 1,
        words,
    }
}

#[test]
fn what_is_said_of_names_and_uris_holds() {
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
fn what_is_said_of_the_way_it_is_written_holds() {
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
fn what_is_said_of_qop_and_algorithm_holds() {
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
        taken("nc is \"1\", which should have 8 hex digits"),
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
            "its qop is a list, auth,auth-int, where one of its values belongs",
        ),
    );
    with(
        |line| line.replace("qop=auth", "qop=auth, algorithm=SHA-512-256"),
        faulty(401, "the challenge wants MD5, the answer is of SHA-512-256"),
    );
    assert!(server.stop().success());
}

/// The line with the value behind a mark changed.
fn changed(line: &str, mark: &str, change: fn(&str) -> String) -> String {
    let (before, rest) = line.split_once(mark).expect("it has one");
    let (value, after) = rest.split_once('"').expect("it ends");
    format!("{before}{mark}{}\"{after}", change(value))
}

/// The line without a parameter that is in quotes.
fn without(line: &str, name: &str) -> String {
    let (before, rest) = line.split_once(&format!(" {name}=\"")).expect("it has one");
    let (_, after) = rest.split_once('"').expect("it ends");
    format!("{before} {}", after.trim_start_matches([',', ' ']))
}

/// The line with a change, and its response worked out with this middle of the last hash.
fn hashed_again(line: &str, middle: &str, change: fn(&str) -> String) -> String {
    let value = |name: &str| {
        let (_, rest) = line.split_once(&format!(" {name}=\"")).expect("it has one");
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let ha1 = md5(format!("20:{}:{PASSWORD}", value("realm")).as_bytes());
    let ha2 = md5(format!("REGISTER:{}", value("uri")).as_bytes());
    let nonce = value("nonce");
    let response = md5(format!("{ha1}:{nonce}{middle}{ha2}").as_bytes());
    change(&line.replace(&value("response"), &response))
}
