//! What is said about challenges and credentials as they go over the wire.

use std::fmt::Write;

use sip_digest::{
    Algorithm, Calculation, Challenge, Credentials, Secret, challenges, responses_match,
};
use sip_message::{HeaderName, Message, Request, Response, printable};

use crate::realms::Realms;

/// What replaces a password.
const MASK: &str = "*****";

/// What is known to check credentials with.
#[derive(Clone, Default)]
pub(crate) struct Known {
    /// The passwords of the command line.
    pub(crate) realms: Realms,
    /// Whether they may be shown.
    pub(crate) show_password: bool,
}

/// What a challenge asks for; empty for a response without one.
pub(crate) fn challenge(response: &Response) -> String {
    let mut out = String::new();
    for name in [HeaderName::WwwAuthenticate, HeaderName::ProxyAuthenticate] {
        for value in texts(response, name) {
            // Writing to a String cannot fail.
            for value in challenges(value) {
                let _ = match Challenge::parse(value) {
                    Some(Ok(challenge)) => write!(out, "{}", asked(&challenge)),
                    Some(Err(error)) => writeln!(out, "a malformed challenge: {error}"),
                    None => writeln!(out, "a challenge that is not Digest"),
                };
            }
        }
    }
    out
}

fn asked(challenge: &Challenge) -> String {
    let show = |text: &str| printable(text.as_bytes());
    let Challenge { realm, nonce, .. } = challenge;
    let algorithm = challenge.algorithm.unwrap_or(Algorithm::Md5).as_str();
    let mut out = format!(
        "the challenge: a password for the realm {}, hashed by {algorithm} with\n  nonce    = {}\n",
        show(realm),
        show(nonce)
    );
    if let Some(qop) = challenge.qop.first() {
        let _ = writeln!(
            out,
            "  qop      = {}: the answer counts the uses of the nonce (nc) and adds a cnonce",
            qop.as_str()
        );
    }
    if challenge.stale {
        out += "  stale    = true: the password was right, but the nonce was too old\n";
    }
    out
}

/// How the credentials of a request were worked out; empty for a request without any.
pub(crate) fn credentials(request: &Request, known: &Known) -> String {
    let mut out = String::new();
    for name in [HeaderName::Authorization, HeaderName::ProxyAuthorization] {
        for value in texts(request, name) {
            match Credentials::parse(value) {
                Some(Ok(credentials)) => out += &worked_out(&credentials, request, known),
                Some(Err(error)) => out += &format!("malformed credentials: {error}\n"),
                None => out += "credentials that are not Digest\n",
            }
        }
    }
    out
}

/// The credentials that a proxy left in a request to this phone.
pub(crate) fn left_over(request: &Request) -> String {
    let values = texts(request, HeaderName::ProxyAuthorization);
    let parsed = values.filter_map(Credentials::parse).flatten();
    let in_words = |credentials: Credentials<'_>| {
        let show = |text: &str| printable(text.as_bytes());
        format!(
            "the request still has the credentials of {} for the realm {}: the proxy has not removed them\n",
            show(credentials.username),
            show(credentials.realm)
        )
    };
    parsed.map(in_words).collect()
}

fn worked_out(credentials: &Credentials<'_>, request: &Request, known: &Known) -> String {
    let realms = &known.realms;
    let Some(password) = realms.password(credentials.realm).or(realms.any()) else {
        return format!(
            "credentials of {}; give --password to see them worked out\n",
            printable(credentials.username.as_bytes())
        );
    };
    let secret = Secret::Password(password);
    let method = request.method().as_str();
    let calculation = Calculation::new(credentials, secret, method, request.body());
    let algorithm = credentials.algorithm.function();
    let widest = calculation.steps.iter().map(|s| s.name.len()).max();
    let width = widest.unwrap_or_default();
    let mut out = "the answer, step by step:\n".to_owned();
    for step in &calculation.steps {
        let text = match step.text.strip_suffix(password) {
            Some(rest) if step.name == "HA1" && !known.show_password => format!("{rest}{MASK}"),
            _ => step.text.clone(),
        };
        let name = step.name;
        let text = printable(text.as_bytes());
        let _ = writeln!(out, "  {name:width$} = {algorithm}({text})");
        let _ = writeln!(out, "  {:width$} = {}", "", step.hash);
    }
    if !responses_match(calculation.response(), credentials.response) {
        let sent = printable(credentials.response.as_bytes());
        let _ = writeln!(
            out,
            "  but the response sent is {sent}: it was made with another password, or something was changed"
        );
    }
    out
}

fn texts(message: &Message, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = message.raw(name);
    values.filter_map(|value| std::str::from_utf8(value).ok())
}

#[cfg(test)]
mod tests;
