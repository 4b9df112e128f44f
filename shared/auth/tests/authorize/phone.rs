//! A server that asks for passwords, and a phone that answers it.

use sip_auth::{Auth, KeyedNonces, NonceKey, Settings, Verified};
use sip_digest::{Algorithm, Calculation, Challenge, Credentials};
use sip_digest::{Password, Protected, Qop, Secret};
use sip_message::{Reply, Request, fixture};
use sip_tables::{Login, NoPassword, NotReadable, Subscribers};

pub(crate) const REALM: &str = "192.168.1.15";

/// 10 with its password, 11 with its hashes.
pub(crate) struct Two;

impl Subscribers for Two {
    fn login(&self, user: &str, domain: &str) -> Result<Login, NoPassword> {
        assert_eq!(domain, REALM, "only our realm is looked up");
        match user {
            "10" => Ok(Password::plain("abc10")?.into()),
            "11" => Ok(Password::hashed("11", REALM, "abc11").into()),
            "broken" => Err(NotReadable::new("the disk is gone").into()),
            _ => Err(NoPassword::NoUser),
        }
    }
}

pub(crate) fn auth(settings: Settings) -> Auth {
    Auth::new(settings, KeyedNonces::new(NonceKey::new([7; 16]), 1), Two)
}

/// A REGISTER that came at this second from this address, with further header fields.
pub(crate) fn register(at: u64, source: &str, headers: &str) -> Request {
    let headers: Vec<&str> = headers.lines().collect();
    request(at, source, &fixture::register("10", 1, &headers))
}

pub(crate) fn request(at: u64, source: &str, text: &str) -> Request {
    fixture::request(text, fixture::arrival("192.168.1.15:5060", source, at))
}

pub(crate) const PHONE: &str = "192.168.1.10:5060";

pub(crate) fn challenge_in(reply: &Reply) -> Challenge {
    let (_, value) = reply
        .headers
        .iter()
        .find(|(name, _)| name.ends_with("Authenticate"))
        .unwrap();
    Challenge::parse(value).unwrap().unwrap()
}

/// An answer to a challenge, as a phone would give it; the caller may change its parts first.
pub(crate) struct Answer<'a> {
    pub(crate) challenge: &'a Challenge,
    pub(crate) username: &'a str,
    pub(crate) password: &'a str,
    pub(crate) method: &'a str,
    pub(crate) uri: &'a str,
    pub(crate) count: u32,
}

impl Answer<'_> {
    pub(crate) fn header(&self) -> String {
        let nc = format!("{:08x}", self.count);
        let qop = self.challenge.qop.contains(&Qop::Auth);
        let qop = qop.then(|| Protected {
            qop: Qop::Auth,
            token: "auth",
            nc: &nc,
            count: self.count,
            cnonce: "c",
        });
        let mut credentials = Credentials {
            username: self.username,
            realm: &self.challenge.realm,
            nonce: &self.challenge.nonce,
            uri: self.uri,
            response: "",
            algorithm: self.challenge.algorithm.unwrap_or(Algorithm::Md5),
            qop,
            cnonce: None,
            opaque: None,
        };
        let secret = Secret::Password(self.password);
        let calculation = Calculation::new(&credentials, secret, self.method, b"");
        credentials.response = calculation.response();
        credentials.to_string()
    }

    pub(crate) fn authorization(&self) -> String {
        format!("Authorization: {}\r\n", self.header())
    }
}

pub(crate) fn answer<'a>(challenge: &'a Challenge) -> Answer<'a> {
    let (username, password, method) = ("10", "abc10", "REGISTER");
    Answer {
        challenge,
        username,
        password,
        method,
        uri: "sip:192.168.1.15",
        count: 1,
    }
}

/// What the server asks at second 1000.
pub(crate) fn asked(auth: &Auth) -> Challenge {
    let reply = auth.www_authorize(&register(1000, PHONE, "")).unwrap_err();
    assert_eq!(reply.status, 401);
    challenge_in(&reply)
}

pub(crate) fn try_at(auth: &Auth, at: u64, answer: &Answer<'_>) -> Result<Verified, Reply> {
    auth.www_authorize(&register(at, PHONE, &answer.authorization()))
}
