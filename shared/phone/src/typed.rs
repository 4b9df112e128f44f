//! What may be typed where, and what it means.

use std::net::SocketAddr;
use std::time::Duration;

use sip_message::{Uri, printable};

use crate::failure::Failure;

/// The shortest wait for an answer.
const SHORTEST: Duration = Duration::from_millis(100);

/// Seconds, also with a fraction, a year at most.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let wanted = "a number of seconds is wanted here, such as 5 or 0.5";
    let seconds: f64 = text.parse().map_err(|_| wanted)?;
    let seconds = Some(seconds).filter(|s| (0.0..=31_536_000.0).contains(s));
    Ok(Duration::from_secs_f64(seconds.ok_or(wanted)?))
}

/// The same for a wait, which has to last a moment.
pub(crate) fn patience(text: &str) -> Result<Duration, String> {
    let time = seconds(text)?;
    let wanted = "at least 0.1 seconds are wanted here".to_owned();
    Some(time).filter(|t| *t >= SHORTEST).ok_or(wanted)
}

/// A user's name, as it stands before the @.
pub(crate) fn user(text: &str) -> Result<String, String> {
    match Uri::parse(&format!("sip:{text}@h")) {
        Ok(Uri::Sip(uri)) if uri.user == Some(text) => Ok(text.to_owned()),
        _ => Err(
            "a name or a number is wanted here, such as 10; the domain goes to --domain".to_owned(),
        ),
    }
}

/// What stands behind the @.
pub(crate) fn domain(text: &str) -> Result<String, String> {
    match Uri::parse(&format!("sip:{text}")) {
        Ok(Uri::Sip(uri)) if uri.user.is_none() => Ok(text.to_owned()),
        _ => Err("a name is wanted here, such as example.com: no sip:, no user".to_owned()),
    }
}

/// A realm, and the password for it where it has one of its own.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Realm {
    pub(crate) name: String,
    pub(crate) password: Option<String>,
}

impl std::fmt::Debug for Realm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Realm({})", self.name)
    }
}

/// `NAME` or `NAME=PASSWORD`.
pub(crate) fn realm(text: &str) -> Result<Realm, String> {
    let (name, password) = match text.split_once('=') {
        Some((name, password)) => (name, Some(password)),
        None => (text, None),
    };
    if name.is_empty() || password == Some("") {
        return Err(
            "a realm is wanted here, such as example.com or example.com=PASSWORD".to_owned(),
        );
    }
    Ok(Realm {
        name: quotable(name)?,
        password: password.map(str::to_owned),
    })
}

/// What may stand between the quotes of a header field.
pub(crate) fn quotable(text: &str) -> Result<String, String> {
    let is_odd = |c: char| c.is_control() || c == '"';
    match text.contains(is_odd) {
        true => Err("quotes and control characters cannot be sent here".to_owned()),
        false => Ok(text.to_owned()),
    }
}

/// The domain of a server that was given without one: its name, without SIP's own port. No
/// server answers for `localhost` unless told to; its address is meant.
pub(crate) fn domain_of(given: &str, server: SocketAddr) -> String {
    let address = server.to_string();
    let bare = match given.split(':').next() {
        Some("localhost") => &address,
        _ => given,
    };
    bare.strip_suffix(":5060").unwrap_or(bare).to_owned()
}

/// `11` as `sip:11@domain`, `11@h` as `sip:11@h`, a URI as it is.
pub(crate) fn whole_uri(text: &str, domain: &str) -> Result<String, Failure> {
    let has_scheme = ["sip:", "sips:", "tel:"]
        .iter()
        .any(|scheme| text.starts_with(scheme));
    let uri = match (has_scheme, text.contains('@')) {
        (true, _) => text.to_owned(),
        (false, true) => format!("sip:{text}"),
        (false, false) => format!("sip:{text}@{domain}"),
    };
    match Uri::parse(&uri) {
        Ok(_) => Ok(uri),
        Err(error) => Err(Failure::usage(format!(
            "{}: {error}",
            printable(uri.as_bytes())
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_becomes_a_uri_of_the_domain() {
        let whole = |text| whole_uri(text, "127.0.0.1:7200").unwrap();
        assert_eq!(whole("11"), "sip:11@127.0.0.1:7200");
        assert_eq!(whole("11@h:5070"), "sip:11@h:5070");
        assert_eq!(whole("sips:h"), "sips:h");
        assert!(whole_uri("1 1", "h").is_err());
        assert!(whole_uri("11\r\nX: y", "h").is_err());
    }

    #[test]
    fn the_domain_is_the_server_without_sips_own_port() {
        let domain = |given: &str, server: &str| domain_of(given, server.parse().unwrap());
        assert_eq!(domain("127.0.0.1:5060", "127.0.0.1:5060"), "127.0.0.1");
        assert_eq!(domain("[::1]:5070", "[::1]:5070"), "[::1]:5070");
        assert_eq!(domain("example.com", "192.0.2.1:5060"), "example.com");
        assert_eq!(domain("localhost", "127.0.0.1:5060"), "127.0.0.1");
        assert_eq!(domain("localhost:5070", "[::1]:5070"), "[::1]:5070");
    }
}
