//! What one server was told in confidence, the next need not hear.

use sip_digest::Credentials;
use sip_message::{Name, Request};

use crate::authorize::Verified;

/// Takes the credentials away that were for us (`consume_credentials` of the texts): all of the
/// verified user's realm, however the header field was written. Those for other realms stay, as
/// a proxy further on asked for them (RFC 3261 §22.3).
pub fn consume_credentials(request: &mut Request, user: &Verified) {
    request.retain(|name, value| {
        if !matches!(name, Name::Authorization | Name::ProxyAuthorization) {
            return true;
        }
        let value = String::from_utf8_lossy(value);
        !matches!(Credentials::parse(&value), Some(Ok(c)) if c.realm == user.realm())
    });
}
