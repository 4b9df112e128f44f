use std::fmt;

use subtle::ConstantTimeEq;

use crate::algorithm::Algorithm;
use crate::credentials::{Credentials, Protected};
use crate::qop::Qop;

/// What only the user and the server know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Secret<'a> {
    /// The password as the user types it.
    Password(&'a str),
    /// The hash of user, realm and password that a server keeps instead
    /// (`calculate_ha1 = 0` of the texts), in hex.
    Ha1(&'a str),
}

impl fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// One line of the work by hand: what is hashed, and what comes out.
#[derive(Clone, PartialEq, Eq)]
pub struct Step {
    /// `HA1`, `HA2`, `response`; `HA1 of the session` where there is one.
    pub name: &'static str,
    /// The text that is hashed. It may hold the password.
    pub text: String,
    /// Its hash, in hex.
    pub hash: String,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Step({})", self.name)
    }
}

/// A response as it is worked out by hand: every text and every hash, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calculation {
    /// The steps; the last one's hash is the response.
    pub steps: Vec<Step>,
}

/// HA1 as a server keeps it: the hash of `username:realm:password` (RFC 2617 §3.2.2.2).
pub fn ha1(algorithm: Algorithm, username: &str, realm: &str, password: &str) -> String {
    algorithm.hash(format!("{username}:{realm}:{password}").as_bytes())
}

impl Calculation {
    /// Works out the response for these credentials (RFC 2617 §3.2.2.1, RFC 7616 §3.4), whose
    /// own `response` plays no part in it. The body counts with auth-int only.
    pub fn new(
        credentials: &Credentials<'_>,
        secret: Secret<'_>,
        method: &str,
        body: &[u8],
    ) -> Self {
        let covers_body = |p: &Protected<'_>| p.qop == Qop::AuthInt;
        let of_body = match credentials.qop.as_ref().is_some_and(covers_body) {
            true => credentials.algorithm.hash(body),
            false => String::new(),
        };
        Self::over_hash(credentials, secret, method, &of_body)
    }

    /// The same where the hash of the body is at hand, in hex. It counts with auth-int only.
    pub fn over_hash(
        credentials: &Credentials<'_>,
        secret: Secret<'_>,
        method: &str,
        of_body: &str,
    ) -> Self {
        let Credentials {
            username,
            realm,
            nonce,
            uri,
            algorithm,
            ..
        } = *credentials;
        let mut steps = Vec::with_capacity(5);
        let mut hash = |name, text: String| {
            let hash = algorithm.hash(text.as_bytes());
            steps.push(Step {
                name,
                text,
                hash: hash.clone(),
            });
            hash
        };
        let mut ha1 = match secret {
            Secret::Password(password) => hash("HA1", format!("{username}:{realm}:{password}")),
            Secret::Ha1(ha1) => ha1.to_ascii_lowercase(),
        };
        let qop = credentials.qop.as_ref();
        if algorithm.is_session() {
            let cnonce = qop
                .map(|qop| qop.cnonce)
                .or(credentials.cnonce)
                .unwrap_or_default();
            ha1 = hash("HA1 of the session", format!("{ha1}:{nonce}:{cnonce}"));
        }
        let ha2 = match qop {
            Some(Protected {
                qop: Qop::AuthInt, ..
            }) => hash("HA2", format!("{method}:{uri}:{of_body}")),
            _ => hash("HA2", format!("{method}:{uri}")),
        };
        match qop {
            Some(Protected {
                token, nc, cnonce, ..
            }) => hash(
                "response",
                format!("{ha1}:{nonce}:{nc}:{cnonce}:{token}:{ha2}"),
            ),
            None => hash("response", format!("{ha1}:{nonce}:{ha2}")),
        };
        Self { steps }
    }

    /// The response: lower-case hex.
    pub fn response(&self) -> &str {
        self.steps.last().map_or("", |step| &step.hash)
    }
}

/// Whether two responses are the same hex number, in a time that tells nothing of where they
/// differ.
pub fn responses_match(right: &str, given: &str) -> bool {
    let given = given.to_ascii_lowercase();
    right.as_bytes().ct_eq(given.as_bytes()).into()
}
