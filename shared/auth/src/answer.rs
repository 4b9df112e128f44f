//! The answer to a challenge: where it stands in a request, and whether it was made for it.

use sip_digest::Credentials;
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

/// The credentials for our realm among those that a request carries: a phone behind two proxies
/// answers both in one request (RFC 3261 §22.3). Those of another scheme are not ours.
///
/// # Errors
/// When there are none, with the realm of others that are there.
pub(crate) fn credentials_for(
    request: &Request,
    asking: Asking,
    realm: &str,
) -> Result<String, Option<String>> {
    let mut others = Vec::new();
    for value in request.raw(asking.credentials()) {
        let value = String::from_utf8_lossy(value).into_owned();
        match Credentials::parse(&value) {
            Some(Ok(credentials)) if credentials.realm != realm => {
                others.push(printable(credentials.realm.as_bytes()));
            }
            Some(_) => return Ok(value),
            None => {}
        }
    }
    match others.first() {
        Some(other) => Err(Some(format!(
            "credentials for realm {other}, and {realm} is wanted"
        ))),
        None => Err(None),
    }
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
