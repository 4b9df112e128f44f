//! The challenges: what a phone is asked, and in which realm (RFC 3261 §22, RFC 2617 §3.2.1).

use sip_digest::Challenge;
use sip_message::{Name, Reply, Request};

use crate::answer::Asking;
use crate::authorize::Auth;
use crate::nonce::seconds;

impl Auth {
    /// 401 with a new challenge (`www_challenge` of the texts).
    pub fn www_challenge(&self, request: &Request) -> Reply {
        self.challenge(request, Asking::Server, false)
    }

    /// 407 with a new challenge (`proxy_challenge` of the texts).
    pub fn proxy_challenge(&self, request: &Request) -> Reply {
        self.challenge(request, Asking::Proxy, false)
    }

    pub(crate) fn challenge(&self, request: &Request, asking: Asking, stale: bool) -> Reply {
        let challenge = Challenge {
            realm: self.realm(request, asking),
            nonce: self.inner.nonces.make(seconds(request)),
            stale,
            qop: self.inner.settings.qop.into_iter().collect(),
            ..Challenge::default()
        };
        let (status, name) = match asking {
            Asking::Server => (401, Name::WwwAuthenticate),
            Asking::Proxy => (407, Name::ProxyAuthenticate),
        };
        Reply::of(status).with(name.as_str(), challenge.to_string())
    }

    pub(crate) fn proxy_realm(&self, request: &Request) -> String {
        self.realm(request, Asking::Proxy)
    }

    /// The realm of `--realm`, else the domain of the user who is to prove it is one: To of a
    /// REGISTER, From of what a proxy is asked to carry.
    pub(crate) fn realm(&self, request: &Request, asking: Asking) -> String {
        if let Some(realm) = &self.inner.settings.realm {
            return realm.clone();
        }
        let address = match asking {
            Asking::Server => request.to(),
            Asking::Proxy => request.from(),
        };
        let uri = address.and_then(|address| address.parse_uri());
        let host = uri
            .ok()
            .and_then(|uri| uri.sip().map(|uri| uri.host.to_string()));
        host.unwrap_or_default()
    }
}
