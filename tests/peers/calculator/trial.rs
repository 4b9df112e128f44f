//! One trial: a request with a changed answer goes to the server, and the exchange to the calculator.

use std::path::Path;
use std::process::Command;

use whole_system::client::{Client, Transport};
use whole_system::digest::{md5, of_password, parameter};
use whole_system::step::{self, PASSWORD, Server};
use whole_system::text;

/// A phone's answer to a challenge, and what is changed before it is sent.
pub struct Answer {
    pub user: String,
    pub realm: String,
    pub nonce: String,
    pub uri: String,
    /// The user name that is hashed, if it differs.
    pub hashed: Option<Vec<u8>>,
    /// The user in To of REGISTER, in From of INVITE, if it differs.
    pub whose: Option<&'static str>,
    /// A last change of the header line.
    pub line: fn(&str) -> String,
    /// Each `?` in the user is replaced by a byte that is not UTF-8.
    pub latin_1: bool,
}

/// What the server does with it, and what the calculator says.
pub struct Expected {
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
pub struct Trial<'s> {
    pub server: &'s Server,
    pub directory: &'s Path,
    pub host: u8,
}

impl Trial<'_> {
    /// Sends it, and compares what server and calculator made of it.
    pub fn with(&mut self, method: &str, change: impl Fn(&mut Answer), expected: Expected) {
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
        let quoted = |name| parameter(challenge, name).expect("it has one").to_owned();
        answer.realm = quoted("realm");
        answer.nonce = quoted("nonce");
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
    let place = |byte: u8| {
        if answer.latin_1 && byte == b'?' {
            0xfc
        } else {
            byte
        }
    };
    let sent: Vec<u8> = user.bytes().map(place).collect();
    let hashed = answer.hashed.as_ref().unwrap_or(&sent);
    let ha1 = of_password(hashed, realm, PASSWORD);
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
    (answer.line)(&line).bytes().map(place).collect()
}

pub const REGISTER: &str = "REGISTER";
pub const INVITE: &str = "INVITE";

/// The server accepts it, and it matches.
pub const fn taken(words: &'static str) -> Expected {
    Expected {
        status: 200,
        code: 0,
        words,
    }
}

/// The server refuses it, although the response is right.
pub const fn refused(status: u16, words: &'static str) -> Expected {
    Expected {
        status,
        code: 0,
        words,
    }
}

/// The server refuses it, and so would any server.
pub const fn faulty(status: u16, words: &'static str) -> Expected {
    Expected {
        status,
        code: 1,
        words,
    }
}
