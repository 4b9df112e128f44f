//! The answers to challenges, and whose they are (RFC 3261 §22, RFC 2617 §3).

use std::net::IpAddr;
use std::sync::Arc;

use sip_digest::{
    Algorithm, Calculation, Credentials, Password, Secret, Subscribers, responses_match,
};
use sip_message::{Reply, Request, printable};

use crate::answer::{Asking, answers, credentials_for, is_same_place};
use crate::guesses::Guesses;
use crate::nonce::{Nonces, seconds};
use crate::settings::Settings;
use crate::uses::Uses;

/// What stands in for the hash of a user there is not, so that the answer takes as long.
const NOBODY: &str = "00000000000000000000000000000000";

/// Asks for passwords, and checks the answers. Cheap to clone; clones share what they know.
#[derive(Clone)]
pub struct Auth {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) nonces: Box<dyn Nonces>,
    subscribers: Box<dyn Subscribers>,
    uses: Uses,
    guesses: Guesses,
}

/// A user whose answer to a challenge was right. Nothing else makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    user: String,
    realm: String,
}

impl Verified {
    /// The user's name, without a domain.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The realm it was verified in.
    pub fn realm(&self) -> &str {
        &self.realm
    }
}

/// Why an answer does not count, and whether the phone may try again without its user.
struct Wrong {
    stale: bool,
    why: String,
}

impl Auth {
    /// Asks by `settings`, with these nonces, for the passwords of these subscribers.
    pub fn new(
        settings: Settings,
        nonces: impl Nonces + 'static,
        subscribers: impl Subscribers + 'static,
    ) -> Self {
        let (nonces, subscribers) = (Box::new(nonces), Box::new(subscribers));
        let (uses, guesses) = (Uses::default(), Guesses::default());
        Self {
            inner: Arc::new(Inner {
                settings,
                nonces,
                subscribers,
                uses,
                guesses,
            }),
        }
    }

    /// Whether a REGISTER gets a 100 before anything else ([`Settings::provisional_register`]).
    pub fn provisional_register(&self) -> bool {
        self.inner.settings.provisional_register
    }

    /// Who registers: the user whose password answers our challenge in `Authorization`
    /// (`www_authorize` of the texts).
    ///
    /// # Errors
    /// 401 with a challenge, `stale=true` where a right answer came too late or twice; 400 for
    /// credentials that cannot be read; 503 for a source that guesses; 500 when the subscribers
    /// cannot be read.
    pub fn www_authorize(&self, request: &Request) -> Result<Verified, Reply> {
        self.authorize(request, Asking::Server)
    }

    /// Who calls: as [`Auth::www_authorize`], in `Proxy-Authorization` and with 407
    /// (`proxy_authorize` of the texts).
    ///
    /// # Errors
    /// As [`Auth::www_authorize`], with 407.
    pub fn proxy_authorize(&self, request: &Request) -> Result<Verified, Reply> {
        self.authorize(request, Asking::Proxy)
    }

    fn authorize(&self, request: &Request, asking: Asking) -> Result<Verified, Reply> {
        let realm = self.realm(request, asking);
        let answers = answers(request, asking);
        let credentials = match credentials_for(&answers, &realm) {
            Ok(Ok(credentials)) => credentials,
            Ok(Err(fault)) => {
                let reason = format!("{}: {fault}", asking.credentials().as_str());
                return Err(Reply::new(400, printable(reason.as_bytes())));
            }
            Err(why) => {
                let challenge = self.challenge(request, asking, false);
                return Err(match why {
                    Some(why) => challenge.because(why),
                    None => challenge, // the first request of every phone
                });
            }
        };
        let (source, now) = (request.arrival().flow.remote.ip(), seconds(request));
        if let Some(wait) = self.inner.guesses.wait(source, now) {
            let why = format!("{source} has guessed too often, wait {wait} s");
            return Err(Reply::of(503)
                .with("Retry-After", wait.to_string())
                .because(why));
        }
        match self.verify(request, &credentials, source, now)? {
            Ok(verified) => Ok(verified),
            Err(Wrong { stale, why }) => {
                let user = printable(credentials.username.as_bytes());
                let why = format!("user {user}: {why}");
                Err(self.challenge(request, asking, stale).because(why))
            }
        }
    }

    /// Checks an answer. Everything is worked out before anything is judged, so that an unknown
    /// user takes as long as a wrong password, and both get the same answer.
    fn verify(
        &self,
        request: &Request,
        credentials: &Credentials<'_>,
        source: IpAddr,
        now: u32,
    ) -> Result<Result<Verified, Wrong>, Reply> {
        let wrong = |stale, why: &str| {
            Ok(Err(Wrong {
                stale,
                why: why.to_owned(),
            }))
        };
        let Some(nonce) = self.inner.nonces.read(credentials.nonce) else {
            return wrong(false, "the nonce is not ours");
        };
        if credentials.algorithm != Algorithm::Md5 {
            return wrong(false, "an algorithm that was not offered");
        }
        let offered = self.inner.settings.qop;
        if credentials
            .qop
            .as_ref()
            .is_some_and(|used| Some(used.qop) != offered)
        {
            return wrong(false, "a qop that was not offered");
        }
        if !is_same_place(credentials.uri, request) {
            return wrong(false, "the uri is not the one of the request");
        }
        let kept = self
            .inner
            .subscribers
            .password(credentials.user(), credentials.realm);
        let kept = kept.map_err(|e| Reply::of(500).because(format!("subscribers: {e}")))?;
        let is_known = kept.is_some();
        let method = request.method().as_str();
        let secret = match &kept {
            Some(Password::Plain(password)) => Secret::Password(password),
            Some(Password::Hashed { ha1b, .. }) if credentials.username.contains('@') => {
                Secret::Ha1(ha1b)
            }
            Some(Password::Hashed { ha1, .. }) => Secret::Ha1(ha1),
            None => Secret::Ha1(NOBODY),
        };
        let right = Calculation::new(credentials, secret, method, request.body());
        if !responses_match(right.response(), credentials.response) || !is_known {
            self.inner.guesses.wrong(source, now);
            // For the log alone: the phone is told neither.
            let why = match is_known {
                true => "wrong password",
                false => "no such user in the realm",
            };
            return wrong(false, why);
        }
        if now.saturating_sub(nonce.time) > self.inner.settings.nonce_lifetime {
            return wrong(true, "the nonce has expired");
        }
        let count = credentials.qop.as_ref().map(|used| used.count);
        if !self.inner.uses.count(nonce, count) {
            return wrong(true, "the answer was used before");
        }
        let (user, realm) = (credentials.user().to_owned(), credentials.realm.to_owned());
        Ok(Ok(Verified { user, realm }))
    }
}
