//! The challenge a phone gets, and its realm (RFC 3261 §22, RFC 2617 §3.2.1).

use std::fmt::Write;

use sip_digest::Challenge;
use sip_message::{HeaderName, Host, Reply, Request, Uri};

use crate::answer::{Asking, Stale};
use crate::asked::Asked;
use crate::authorize::Auth;
use crate::nonce::seconds;
use crate::realm::Realm;

impl Auth {
    /// 401 with a new challenge (`www_challenge` of the texts).
    #[track_caller]
    pub fn www_challenge(&self, request: &Request) -> Reply {
        request.note_asked();
        let realm = self.realm(request, Asking::Server).to_string();
        self.challenge(request, Asking::Server, realm, Stale::No)
    }

    /// 407 with a new challenge (`proxy_challenge` of the texts).
    #[track_caller]
    pub fn proxy_challenge(&self, request: &Request) -> Reply {
        request.note_asked();
        let realm = self.realm(request, Asking::Proxy).to_string();
        self.challenge(request, Asking::Proxy, realm, Stale::No)
    }

    pub(crate) fn challenge(
        &self,
        request: &Request,
        asking: Asking,
        realm: String,
        stale: Stale,
    ) -> Reply {
        let challenge = Challenge {
            realm,
            nonce: self
                .inner
                .nonces
                .make(seconds(request), Asked::new(request, asking)),
            stale: stale == Stale::Yes,
            qop: self.inner.settings.qop.into_iter().collect(),
            ..Challenge::default()
        };
        let (status, name) = match asking {
            Asking::Server => (401, HeaderName::WwwAuthenticate),
            Asking::Proxy => (407, HeaderName::ProxyAuthenticate),
        };
        let mut value = String::with_capacity(128); // enough for most challenges
        let _ = write!(value, "{challenge}"); // writing to a String cannot fail
        Reply::of(status).with(name.as_str(), value)
    }

    /// The realm of `--realm`, otherwise the domain of the user who is asked: that of To in a
    /// REGISTER, that of From in a request to a proxy.
    pub(crate) fn realm<'a>(&'a self, request: &'a Request, asking: Asking) -> Realm<'a> {
        if let Some(realm) = &self.inner.settings.realm {
            return Realm::Given(realm);
        }
        let address = match asking {
            Asking::Server => request.to(),
            Asking::Proxy => request.from(),
        };
        match address.and_then(|address| address.parse_uri()) {
            Ok(Uri::Sip(uri)) => Realm::Domain(uri.host),
            _ => Realm::Domain(Host::Name("")),
        }
    }
}
