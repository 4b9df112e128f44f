//! Rows of other programs, which may lack hashes: nobody logs in without a secret.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use sip_auth::{Auth, KeyedNonces, NonceKey, Settings, Verified};
use sip_digest::{Algorithm, Challenge, Columns, Password, ha1};
use sip_message::{Reply, Request, fixture};
use sip_tables::{Login, NoPassword, Subscribers};

const DOMAIN: &str = "192.168.1.15";
const URI: &str = "sip:192.168.1.15";

/// Rows: `username`, `password`, `ha1` and `ha1b`.
const ROWS: [[&str; 4]; 8] = [
    ["10", "", "aea7bead2788462674c13e35c4268182", ""], // 10:192.168.1.15:abc10
    ["11", "", "", ""],
    ["12", "", " ", "x"],
    ["13", "abc13", "no hash", ""],
    ["14", " ", "", ""],
    ["15", "", "AEA7BEAD2788462674C13E35C4268182", ""], // in the name of 10
    [
        "16",
        "",
        "0c98fb6241a9ecaf9449b9719360a78e", // 16:192.168.1.15:abc10
        "8263a9c6f3e71a84a2f8d20acae46526", // 16@192.168.1.15:192.168.1.15:abc10
    ],
    ["17", "abc17", "", ""],
];

/// Where the rows are.
#[derive(Clone, Copy)]
enum Rows {
    /// In the table.
    Table,
    /// Also in memory.
    Memory,
}

impl Subscribers for Rows {
    fn login(&self, user: &str, _domain: &str) -> Result<Login, NoPassword> {
        let row = ROWS.iter().find(|row| row[0] == user);
        let [_, password, ha1, ha1b] = row.ok_or(NoPassword::NoUser)?.map(str::as_bytes);
        Ok(Password::read(Columns {
            password,
            ha1,
            ha1b,
            sha256: [b"", b""],
        })?
        .into())
    }

    fn remembered(&self, user: &str, domain: &str) -> Option<Login> {
        match self {
            Self::Table => None,
            Self::Memory => self.login(user, domain).ok(),
        }
    }
}

/// The asker: a registrar or a proxy.
#[derive(Clone, Copy)]
enum Asking {
    Www,
    Proxy,
}

impl Asking {
    fn of(self, auth: &Auth, headers: &str) -> Result<Verified, Reply> {
        match self {
            Self::Www => auth.www_authorize(&request("REGISTER", headers)),
            Self::Proxy => auth.proxy_authorize(&request("INVITE", headers)),
        }
    }

    /// The result of an answer under this name, made with this HA1.
    fn answered(self, rows: Rows, name: &str, ha1: &str) -> Result<String, String> {
        let nonces = KeyedNonces::new(NonceKey::new([7; 16]), 1);
        let auth = Auth::new(Settings::default(), nonces, rows);
        let asked = self.of(&auth, "").unwrap_err();
        let (asks, value) = asked.headers.first().unwrap();
        let nonce = Challenge::parse(value).unwrap().unwrap().nonce;
        let (method, header) = match self {
            Self::Www => ("REGISTER", "Authorization"),
            Self::Proxy => ("INVITE", "Proxy-Authorization"),
        };
        let md5 = |text: String| Algorithm::Md5.hash(text.as_bytes());
        let ha2 = md5(format!("{method}:{URI}"));
        let response = md5(format!("{ha1}:{nonce}:00000001:c:auth:{ha2}"));
        let headers = format!(
            "{header}: Digest username=\"{name}\", realm=\"{DOMAIN}\", nonce=\"{nonce}\", \
             uri=\"{URI}\", response=\"{response}\", qop=auth, nc=00000001, cnonce=\"c\"\r\n"
        );
        let verified = self.of(&auth, &headers);
        let refused = |reply: Reply| {
            let shape = |reply: &Reply| (reply.status, reply.reason.clone());
            assert_eq!(shape(&reply), shape(&asked), "as to anybody");
            assert_eq!(reply.headers.first().unwrap().0, *asks);
            reply.why.unwrap()
        };
        verified.map(|it| it.user().to_owned()).map_err(refused)
    }
}

fn request(method: &str, headers: &str) -> Request {
    let text = format!(
        "{method} {URI} SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK1\r\n\
         From: <sip:10@{DOMAIN}>;tag=1\r\nTo: <sip:10@{DOMAIN}>\r\nCall-ID: c\r\n\
         CSeq: 1 {method}\r\n{headers}\r\n"
    );
    let arrival = fixture::arrival("192.168.1.15:5060", "192.168.1.10:5060", 1000);
    fixture::request(text, arrival)
}

fn everywhere(name: &str, ha1: &str) -> Result<String, String> {
    let mut outcomes = Vec::new();
    for rows in [Rows::Table, Rows::Memory] {
        for asking in [Asking::Www, Asking::Proxy] {
            outcomes.push(asking.answered(rows, name, ha1));
        }
    }
    let first = outcomes.pop().unwrap();
    assert!(outcomes.iter().all(|outcome| *outcome == first));
    first
}

fn of_password(user: &str, password: &str) -> String {
    ha1(Algorithm::Md5, user, DOMAIN, password)
}

const NOBODYS: &str = "00000000000000000000000000000000";

fn refused(name: &str, ha1: &str, why: &str) {
    let why = format!("user {name}: {why}");
    assert_eq!(everywhere(name, ha1), Err(why), "{name} with {ha1:?}");
}

#[test]
fn a_row_with_only_ha1_lets_in_only_with_the_password() {
    let right = of_password("10", "abc10");
    assert_eq!(everywhere("10", &right), Ok("10".to_owned()));
    assert_eq!(everywhere("15", &right), Ok("15".to_owned()), "upper case");
    let why = "the name came with a domain, and the row's HA1b is not 32 hex digits";
    let name = "10@192.168.1.15";
    for ha1 in ["", " ", NOBODYS, &of_password(name, ""), &right] {
        refused(name, ha1, why);
    }
    refused("10", "", "wrong password");
}

#[test]
fn the_log_says_when_the_name_may_be_wrong() {
    let why = "wrong password, or wrong name: the row has hashes for 16 and 16@192.168.1.15 only";
    // sipsak without -u, and a phone with another domain in its settings.
    for name in ["16@", "16@other.example"] {
        refused(name, &of_password(name, "abc10"), why);
    }
    for name in ["16", "16@192.168.1.15"] {
        refused(name, &of_password(name, "guess"), "wrong password");
    }
    refused("17@", &of_password("17@", "guess"), "wrong password");
}

#[test]
fn a_row_with_nothing_lets_nobody_in() {
    let why = "the row holds neither an HA1 nor a password";
    for name in ["11", "11@192.168.1.15"] {
        for ha1 in ["", NOBODYS, &of_password(name, "")] {
            refused(name, ha1, why);
        }
    }
    let why = "the row's password is not text, or is blank";
    refused("14", &of_password("14", " "), why);
    refused("14", &of_password("14", ""), why);
}

#[test]
fn a_row_with_a_malformed_ha1_lets_nobody_in_even_beside_a_password() {
    let why = "the row's HA1 is not 32 hex digits";
    for ha1 in [" ", "", &of_password("12", "")] {
        refused("12", ha1, why);
        refused("12@192.168.1.15", ha1, why);
    }
    refused("12@192.168.1.15", "x", why);
    refused("13", "no hash", why);
    refused("13", &of_password("13", "abc13"), why);
}

#[test]
fn a_user_who_does_not_exist_gets_the_same() {
    for ha1 in ["", NOBODYS, &of_password("99", "")] {
        refused("99", ha1, "no such user in the realm");
    }
}
