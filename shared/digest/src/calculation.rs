//! How a response is calculated from credentials and a secret.

use std::borrow::Cow;
use std::fmt;

use subtle::ConstantTimeEq;

use crate::algorithm::{Algorithm, Hash};
use crate::credentials::{Credentials, Protected};
use crate::qop::Qop;

/// The secret that only the user and the server know.
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

/// One step of the calculation: the text that is hashed, and the result.
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

/// The calculation of a response as one does it by hand: every text and every hash, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calculation {
    /// The steps; the last one's hash is the response.
    pub steps: Vec<Step>,
}

/// HA1 as a server keeps it: the hash of `username:realm:password` (RFC 2617 §3.2.2.2).
pub fn ha1(algorithm: Algorithm, username: &str, realm: &str, password: &str) -> String {
    let hash = algorithm.hash_parts(&[username, realm, password]);
    hash.as_str().to_owned()
}

impl Calculation {
    /// Calculates the response for these credentials (RFC 2617 §3.2.2.1, RFC 7616 §3.4). Their own
    /// `response` is not used. The body is used with auth-int only.
    pub fn new(
        credentials: &Credentials<'_>,
        secret: Secret<'_>,
        method: &str,
        body: &[u8],
    ) -> Self {
        Self::over_hash(credentials, secret, method, &of_body(credentials, body))
    }

    /// The same from the hash of the body, in hex. It is used with auth-int only.
    pub fn over_hash(
        credentials: &Credentials<'_>,
        secret: Secret<'_>,
        method: &str,
        of_body: &str,
    ) -> Self {
        let mut steps = Vec::with_capacity(5);
        work(credentials, secret, method, of_body, |name, parts| {
            let hash = credentials.algorithm.hash_parts(parts);
            steps.push(Step {
                name,
                text: parts.join(":"),
                hash: hash.as_str().to_owned(),
            });
            hash
        });
        Self { steps }
    }

    /// The response: lower-case hex.
    pub fn response(&self) -> &str {
        self.steps.last().map_or("", |step| &step.hash)
    }
}

/// Whether the response of these credentials is right. It does the same work as a
/// [`Calculation`], without keeping the steps.
pub fn is_right(
    credentials: &Credentials<'_>,
    secret: Secret<'_>,
    method: &str,
    body: &[u8],
) -> bool {
    let of_body = of_body(credentials, body);
    let hash = |_, parts: &[&str]| credentials.algorithm.hash_parts(parts);
    let right = work(credentials, secret, method, &of_body, hash);
    responses_match(right.as_str(), credentials.response)
}

/// Whether two responses are the same hex number, in a time that does not depend on where they
/// differ. The right one is in lower case.
pub fn responses_match(right: &str, given: &str) -> bool {
    let mut lower = [0; Hash::LONGEST];
    let Some(lower) = lower.get_mut(..given.len()) else {
        return false;
    };
    lower.copy_from_slice(given.as_bytes());
    lower.make_ascii_lowercase();
    right.as_bytes().ct_eq(lower).into()
}

/// The hash of the body if the response covers it; otherwise empty.
fn of_body(credentials: &Credentials<'_>, body: &[u8]) -> String {
    match credentials.qop {
        Some(Protected {
            qop: Qop::AuthInt, ..
        }) => credentials.algorithm.hash(body),
        _ => String::new(),
    }
}

/// Hashes everything in order; the last hash is the response. `hash` gets the name of each step and
/// the parts that colons join.
fn work(
    credentials: &Credentials<'_>,
    secret: Secret<'_>,
    method: &str,
    of_body: &str,
    mut hash: impl FnMut(&'static str, &[&str]) -> Hash,
) -> Hash {
    let Credentials {
        username,
        realm,
        nonce,
        uri,
        algorithm,
        qop,
        ..
    } = *credentials;
    let (of_password, kept, of_session);
    let mut ha1 = match secret {
        Secret::Password(password) => {
            of_password = hash("HA1", &[username, realm, password]);
            of_password.as_str()
        }
        Secret::Ha1(ha1) => {
            kept = lower_case(ha1);
            &kept
        }
    };
    if algorithm.is_session() {
        let cnonce = qop.map(|qop| qop.cnonce).or(credentials.cnonce);
        of_session = hash(
            "HA1 of the session",
            &[ha1, nonce, cnonce.unwrap_or_default()],
        );
        ha1 = of_session.as_str();
    }
    let ha2 = match qop {
        Some(Protected {
            qop: Qop::AuthInt, ..
        }) => hash("HA2", &[method, uri, of_body]),
        _ => hash("HA2", &[method, uri]),
    };
    let ha2 = ha2.as_str();
    match qop {
        Some(Protected {
            token, nc, cnonce, ..
        }) => hash("response", &[ha1, nonce, nc, cnonce, token, ha2]),
        None => hash("response", &[ha1, nonce, ha2]),
    }
}

/// Hex digits as they are hashed.
fn lower_case(digits: &str) -> Cow<'_, str> {
    if digits.bytes().any(|digit| digit.is_ascii_uppercase()) {
        digits.to_ascii_lowercase().into()
    } else {
        digits.into()
    }
}
