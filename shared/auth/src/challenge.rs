//! The challenge a phone gets, and its realm (RFC 3261 §22, RFC 2617 §3.2.1).

use std::fmt::Write;

use sip_digest::{Challenge, Offer};
use sip_message::{HeaderName, Host, Reply, Request};

use crate::answer::{Asking, Stale};
use crate::asked::Asked;
use crate::authorize::{Auth, Inner};
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

    /// As [`Auth::www_challenge`], with `stale=true`: the phone answers without asking its user
    /// (flag 8 of Kamailio's `auth_challenge`). It is for a password that was right.
    #[track_caller]
    pub fn www_challenge_again(&self, request: &Request) -> Reply {
        let realm = self.realm(request, Asking::Server).to_string();
        self.challenge(request, Asking::Server, realm, Stale::Yes)
    }

    /// As [`Auth::proxy_challenge`], with `stale=true`.
    #[track_caller]
    pub fn proxy_challenge_again(&self, request: &Request) -> Reply {
        let realm = self.realm(request, Asking::Proxy).to_string();
        self.challenge(request, Asking::Proxy, realm, Stale::Yes)
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
        let offer = self.offer(request, asking);
        self.challenge_with(request, asking, realm, stale, offer)
    }

    /// A challenge for each algorithm, all with one nonce (RFC 8760 §2.4).
    pub(crate) fn challenge_with(
        &self,
        request: &Request,
        asking: Asking,
        realm: String,
        stale: Stale,
        offer: Offer,
    ) -> Reply {
        let Inner {
            nonces, settings, ..
        } = &*self.inner;
        let mut challenge = Challenge {
            realm,
            nonce: nonces.make(seconds(request), Asked::new(request, asking)),
            stale: stale == Stale::Yes,
            qop: settings.qop.into_iter().collect(),
            ..Challenge::default()
        };
        let (status, name) = match asking {
            Asking::Server => (401, HeaderName::WwwAuthenticate),
            Asking::Proxy => (407, HeaderName::ProxyAuthenticate),
        };
        let mut reply = Reply::of(status);
        for algorithm in offer.algorithms() {
            challenge.algorithm = (offer != Offer::Md5).then_some(*algorithm);
            let mut value = String::with_capacity(128); // enough for most challenges
            let _ = write!(value, "{challenge}"); // writing to a String cannot fail
            reply = reply.with(name.as_str(), value);
        }
        reply
    }

    /// What is offered to the sender. Only a phone that answered right from the same place sees an
    /// offer of its user's own; to anybody else all names are alike.
    pub(crate) fn offer(&self, request: &Request, asking: Asking) -> Offer {
        let Inner {
            guesses, settings, ..
        } = &*self.inner;
        if !guesses.has_offers() {
            return settings.offer;
        }
        let user = asking.address(request).and_then(|uri| uri.unescaped_user());
        let source = request.arrival().flow.remote.ip();
        let own = user.and_then(|user| guesses.offer(source, &user, seconds(request)));
        own.unwrap_or(settings.offer)
    }

    /// The realm of `--realm`, otherwise the domain of the user who is asked: that of To in a
    /// REGISTER, that of From in a request to a proxy.
    pub(crate) fn realm<'a>(&'a self, request: &'a Request, asking: Asking) -> Realm<'a> {
        if let Some(realm) = &self.inner.settings.realm {
            return Realm::Given(realm);
        }
        match asking.address(request) {
            Some(uri) => Realm::Domain(uri.host),
            None => Realm::Domain(Host::Name("")),
        }
    }
}
