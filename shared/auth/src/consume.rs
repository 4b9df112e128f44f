//! What one server was told in confidence, the next need not hear.

use sip_message::{Name, Request};

use crate::answer::{Asking, realm_of, text};
use crate::authorize::{Auth, Verified};

/// Takes the credentials away that were for us (`consume_credentials` of the texts): all of the
/// verified user's realm, however the header field was written. Those for other realms stay, as
/// a proxy further on asked for them (RFC 3261 §22.3).
pub fn consume_credentials(request: &mut Request, user: &Verified) {
    consume(request, user.realm());
}

impl Auth {
    /// The same where nobody was asked: inside a call, where many phones repeat in ACK and BYE
    /// what they answered the INVITE's challenge with.
    pub fn consume_unasked(&self, request: &mut Request) {
        let is_there = |name| request.raw(name).next().is_some();
        if is_there(Name::Authorization) || is_there(Name::ProxyAuthorization) {
            let realm = self.realm(request, Asking::Proxy).to_string();
            consume(request, &realm);
        }
    }
}

fn consume(request: &mut Request, realm: &str) {
    request.retain(|name, value| {
        if !matches!(name, Name::Authorization | Name::ProxyAuthorization) {
            return true;
        }
        realm_of(&text(value)) != Some(realm)
    });
}
