//! A phone's answer to a challenge (RFC 2617 §3.2.2). Not the code under test, on purpose.

use md5::{Digest, Md5};

use crate::text;

/// A user who answers.
#[derive(Debug, Clone, Copy)]
pub struct Credentials<'c> {
    /// The user.
    pub user: &'c str,
    /// Their password.
    pub password: &'c str,
}

/// The header line that answers the challenge in a 401 or 407 to `request`, if there is one.
pub fn answer(request: &str, refusal: &str, credentials: Credentials<'_>) -> Option<String> {
    nth_answer(request, refusal, credentials, 1)
}

/// The header line that answers a challenge for the `count`th time, where the challenge offers
/// to count.
pub fn nth_answer(
    request: &str,
    refusal: &str,
    credentials: Credentials<'_>,
    count: u32,
) -> Option<String> {
    let Credentials { user, password } = credentials;
    let ha1 = |realm: &str| of_password(user.as_bytes(), realm, password);
    let line = line(request, refusal, user.as_bytes(), count, ha1)?;
    Some(String::from_utf8(line).expect("text was made of text"))
}

/// The answer of a caller without a password, who hashes this in place of HA1.
pub fn answer_without_a_password(
    request: &str,
    refusal: &str,
    user: &str,
    ha1: &str,
) -> Option<String> {
    let line = line(request, refusal, user.as_bytes(), 1, |_| ha1.to_owned())?;
    Some(String::from_utf8(line).expect("text was made of text"))
}

/// The header line that answers a challenge as a user of any bytes, which are put between the
/// quotes unchanged.
///
/// # Panics
/// Without a challenge.
pub fn answer_as(request: &str, refusal: &str, user: &[u8], password: &str) -> Vec<u8> {
    let ha1 = |realm: &str| of_password(user, realm, password);
    let line = line(request, refusal, user, 1, ha1);
    line.unwrap_or_else(|| panic!("no challenge in:\n{refusal}"))
}

fn line(
    request: &str,
    refusal: &str,
    user: &[u8],
    count: u32,
    ha1: impl FnOnce(&str) -> String,
) -> Option<Vec<u8>> {
    let (name, challenge) = match text::status(refusal)? {
        401 => ("Authorization", text::header(refusal, "WWW-Authenticate")?),
        407 => (
            "Proxy-Authorization",
            text::header(refusal, "Proxy-Authenticate")?,
        ),
        _ => return None,
    };
    let (realm, nonce) = (
        parameter(challenge, "realm")?,
        parameter(challenge, "nonce")?,
    );
    let (method, uri) = (text::method(request)?, text::request_uri(request)?);
    let ha1 = ha1(realm);
    let ha2 = md5(format!("{method}:{uri}").as_bytes());
    let (proof, counted) = match parameter(challenge, "qop") {
        Some(_) => (
            format!("{ha1}:{nonce}:{count:08x}:c0ffee:auth:{ha2}"),
            format!(", qop=auth, nc={count:08x}, cnonce=\"c0ffee\""),
        ),
        None => (format!("{ha1}:{nonce}:{ha2}"), String::new()),
    };
    let response = md5(proof.as_bytes());
    let rest = format!(
        "\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", \
         response=\"{response}\"{counted}\r\n"
    );
    let begin = format!("{name}: Digest username=\"");
    Some([begin.as_bytes(), user, rest.as_bytes()].concat())
}

/// The value of a parameter in quotes, of a challenge or an answer.
pub fn parameter<'c>(challenge: &'c str, name: &str) -> Option<&'c str> {
    let (_, rest) = challenge.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// HA1 of MD5 (RFC 2617 §3.2.2.2).
pub fn of_password(user: &[u8], realm: &str, password: &str) -> String {
    md5(&[user, format!(":{realm}:{password}").as_bytes()].concat())
}

/// The MD5 of a text, in hex.
pub fn md5(text: &[u8]) -> String {
    hex::encode(Md5::digest(text))
}
