//! The answer to a challenge: where it stands in a request, and whether it was made for it.

use std::borrow::Cow;

use sip_digest::{Credentials, SyntaxError};
use sip_message::{Name, Request, Uri, printable};

/// Who asks: an origin server with 401, or a proxy with 407 (RFC 3261 §22.2, §22.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    Server,
    Proxy,
}

impl Asking {
    /// Where the answer stands.
    pub(crate) fn credentials(self) -> Name {
        match self {
            Self::Server => Name::Authorization,
            Self::Proxy => Name::ProxyAuthorization,
        }
    }
}

/// What stands in the header fields an answer to our challenge may stand in, one value a field.
pub(crate) fn answers(request: &Request, asking: Asking) -> Vec<Cow<'_, str>> {
    let values = request.raw(asking.credentials());
    values.map(String::from_utf8_lossy).collect()
}

/// The credentials for our realm among the answers in a request: a phone behind two proxies
/// answers both in one request (RFC 3261 §22.3). Those of another scheme are not ours. Inside,
/// an `Err` for credentials that cannot be read.
///
/// # Errors
/// When there are none, with why the first of others that are there does not count.
pub(crate) fn credentials_for<'v>(
    answers: &'v [Cow<'_, str>],
    realm: &str,
) -> Result<Result<Credentials<'v>, SyntaxError>, Option<String>> {
    let mut other = None;
    for value in answers {
        match Credentials::parse(value) {
            Some(Ok(credentials)) if credentials.realm != realm => {
                other.get_or_insert_with(|| {
                    let other = printable(credentials.realm.as_bytes());
                    format!("credentials for realm {other}, and {realm} is wanted")
                });
            }
            Some(credentials) => return Ok(credentials),
            None => {
                other.get_or_insert_with(|| "credentials of another scheme than Digest".to_owned());
            }
        }
    }
    Err(other)
}

/// Whether `uri` names what the Request-URI names: the same user at the same host. Phones drop
/// port and parameters when they hash (so `transport=tcp` may be in one only); some, and SIPp,
/// hash the host alone. An answer made for another user or another host never counts.
pub(crate) fn is_same_place(uri: &str, request: &Request) -> bool {
    if uri == request.uri_text() {
        return true;
    }
    let (Ok(Uri::Sip(hashed)), Ok(Uri::Sip(asked))) = (Uri::parse(uri), request.uri()) else {
        return false;
    };
    let same_user = hashed.user.is_none() || hashed.unescaped_user() == asked.unescaped_user();
    hashed.host == asked.host && same_user
}
