//! The answer to a challenge: where a request carries it, and whether it was made for that request.

use std::borrow::Cow;

use sip_digest::{Credentials, SyntaxError, params};
use sip_message::{HeaderName, Request, SipUri, Uri, printable};

use crate::realm::Realm;

/// The asker: an origin server with 401, or a proxy with 407 (RFC 3261 §22.2, §22.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Asking {
    Server,
    Proxy,
}

impl Asking {
    /// The address of the user who is asked: To of a REGISTER, From of a request to a proxy.
    pub(crate) fn address(self, request: &Request) -> Option<SipUri<'_>> {
        let address = match self {
            Self::Server => request.to(),
            Self::Proxy => request.from(),
        };
        match address.and_then(|address| address.parse_uri()) {
            Ok(Uri::Sip(uri)) => Some(uri),
            _ => None,
        }
    }

    /// The header field of the answer.
    pub(crate) fn credentials(self) -> HeaderName {
        match self {
            Self::Server => HeaderName::Authorization,
            Self::Proxy => HeaderName::ProxyAuthorization,
        }
    }
}

/// Whether only the nonce of the answer was wrong: then the phone tries again without asking its
/// user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stale {
    Yes,
    No,
}

/// What an answer is to an asker in a realm.
pub(crate) enum Answer<'v> {
    /// Made for this realm.
    Ours(Credentials<'v>),
    /// Made for another proxy, or in a way that was not offered: why it does not count.
    Foreign(String),
    /// Credentials that cannot be read.
    Broken(SyntaxError),
}

impl<'v> Answer<'v> {
    pub(crate) fn read(value: &'v str, realm: Realm<'_>) -> Self {
        match Credentials::parse(value) {
            Some(Ok(credentials)) if realm.is_written(credentials.realm) => Self::Ours(credentials),
            Some(Ok(credentials)) => Self::of_realm(credentials.realm, realm),
            Some(Err(fault)) => match realm_of(value) {
                Some(other) if !realm.is_written(other) => Self::of_realm(other, realm),
                Some(_) if fault.is_unknown_value() => Self::Foreign(fault.to_string()),
                _ => Self::Broken(fault),
            },
            None => Self::Foreign("the credentials are not of the scheme Digest".to_owned()),
        }
    }

    fn of_realm(other: &str, wanted: Realm<'_>) -> Self {
        let other = printable(other.as_bytes());
        Self::Foreign(format!(
            "the credentials are for realm {other}, not {wanted}"
        ))
    }
}

/// The realm of the credentials, even if their algorithm or qop is unknown to us: another server may
/// have asked for it (RFC 3261 §22.3).
fn realm_of(value: &str) -> Option<&str> {
    let params = params(value)?.ok()?;
    let realm = params.iter().find(|p| p.name.eq_ignore_ascii_case("realm"));
    realm.map(|param| param.value)
}

/// The value of a header field as text. Bytes outside UTF-8 cannot be part of a right answer.
pub(crate) fn text(value: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(value).map_or_else(|_| String::from_utf8_lossy(value), Cow::Borrowed)
}

/// Whether `uri` names what the Request-URI names: the same user at the same host. Phones drop
/// port and parameters when they hash (so `transport=tcp` may be in one only). An answer for another
/// user or host never counts. Neither does one for the host only when a user is called: it would be
/// good for every number of that host.
pub(crate) fn is_same_place(uri: &str, request: &Request) -> bool {
    if uri == request.uri_text() {
        return true;
    }
    let (Ok(Uri::Sip(hashed)), Ok(Uri::Sip(asked))) = (Uri::parse(uri), request.uri()) else {
        return false;
    };
    hashed.host == asked.host && hashed.unescaped_user() == asked.unescaped_user()
}
