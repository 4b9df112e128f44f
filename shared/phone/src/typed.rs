//! What the values of the command line mean, and which are refused.

use std::net::SocketAddr;
use std::time::Duration;

use sip_message::{Uri, printable};

use crate::failure::Failure;

/// The shortest wait for an answer.
const SHORTEST: Duration = Duration::from_millis(100);

/// Seconds, possibly with a fraction, at most a year.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let wanted = "use a number of seconds, such as 5 or 0.5";
    let seconds: f64 = text.parse().map_err(|_| wanted)?;
    let seconds = Some(seconds).filter(|s| (0.0..=31_536_000.0).contains(s));
    Ok(Duration::from_secs_f64(seconds.ok_or(wanted)?))
}

/// The same for a wait, which must not be too short.
pub(crate) fn patience(text: &str) -> Result<Duration, String> {
    let time = seconds(text)?;
    let wanted = "use at least 0.1 seconds".to_owned();
    Some(time).filter(|t| *t >= SHORTEST).ok_or(wanted)
}

/// A user's name: what is before the @.
pub(crate) fn user(text: &str) -> Result<String, String> {
    match Uri::parse(&format!("sip:{text}@h")) {
        Ok(Uri::Sip(uri)) if uri.user == Some(text) => Ok(text.to_owned()),
        _ => Err("use a name or a number, such as 10, and put the domain in --domain".to_owned()),
    }
}

/// A domain: what is after the @.
pub(crate) fn domain(text: &str) -> Result<String, String> {
    match Uri::parse(&format!("sip:{text}")) {
        Ok(Uri::Sip(uri)) if uri.user.is_none() => Ok(text.to_owned()),
        _ => Err("use a name, such as example.com, without sip: and user".to_owned()),
    }
}

/// A realm, and its own password if it has one.
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
        return Err("use a realm, such as example.com or example.com=PASSWORD".to_owned());
    }
    Ok(Realm {
        name: quotable(name)?,
        password: password.map(str::to_owned),
    })
}

/// A text that may be put in quotes in a header field.
pub(crate) fn quotable(text: &str) -> Result<String, String> {
    let is_odd = |c: char| c.is_control() || c == '"';
    if text.contains(is_odd) {
        return Err("quotes and control characters cannot be sent here".to_owned());
    }
    Ok(text.to_owned())
}

/// The domain if only a server was given: its name without SIP's default port. For `localhost`, its
/// address: few servers call themselves `localhost`.
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
    let uri = if has_scheme {
        text.to_owned()
    } else if text.contains('@') {
        format!("sip:{text}")
    } else {
        format!("sip:{text}@{domain}")
    };
    match Uri::parse(&uri) {
        Ok(_) => Ok(uri),
        Err(error) => Err(Failure::usage(error.to_string()).of(printable(uri.as_bytes()))),
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
    fn the_domain_is_the_server_without_sips_default_port() {
        let domain = |given: &str, server: &str| domain_of(given, server.parse().unwrap());
        assert_eq!(domain("127.0.0.1:5060", "127.0.0.1:5060"), "127.0.0.1");
        assert_eq!(domain("[::1]:5070", "[::1]:5070"), "[::1]:5070");
        assert_eq!(domain("example.com", "192.0.2.1:5060"), "example.com");
        assert_eq!(domain("localhost", "127.0.0.1:5060"), "127.0.0.1");
        assert_eq!(domain("localhost:5070", "[::1]:5070"), "[::1]:5070");
    }
}
