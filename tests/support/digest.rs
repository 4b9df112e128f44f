//! A phone's answer to a challenge (RFC 2617 §3.2.2). Not the code under test, on purpose.

use md5::{Digest, Md5};

use crate::text;

/// Who answers.
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
    let Credentials { user, password } = credentials;
    let ha1 = md5(&format!("{user}:{realm}:{password}"));
    let ha2 = md5(&format!("{method}:{uri}"));
    let (response, counted) = match parameter(challenge, "qop") {
        Some(_) => {
            let response = md5(&format!("{ha1}:{nonce}:{count:08x}:c0ffee:auth:{ha2}"));
            (
                response,
                format!(", qop=auth, nc={count:08x}, cnonce=\"c0ffee\""),
            )
        }
        None => (md5(&format!("{ha1}:{nonce}:{ha2}")), String::new()),
    };
    Some(format!(
        "{name}: Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", \
         uri=\"{uri}\", response=\"{response}\"{counted}\r\n"
    ))
}

fn parameter<'c>(challenge: &'c str, name: &str) -> Option<&'c str> {
    let (_, rest) = challenge.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

fn md5(text: &str) -> String {
    hex::encode(Md5::digest(text))
}
