//! The answers to challenges, and whose they are (RFC 3261 §22, RFC 2617 §3).

use std::sync::Arc;

use sip_digest::{
    Algorithm, Credentials, NoPassword, Password, Secret, Subscribers, is_right, realm,
};
use sip_message::{Reply, Request, printable};

use crate::answer::{Answer, Asking, Stale, is_same_place, text};
use crate::asked::Asked;
use crate::guesses::Guesses;
use crate::nonce::{Nonces, Reading, seconds};
use crate::settings::Settings;
use crate::uses::Uses;

/// What stands in for the secret of a user there is not, or of whom nothing usable is kept, so that
/// the answer takes as long.
const NOBODY: Secret<'_> = Secret::Ha1("00000000000000000000000000000000");

/// How many seconds a nonce may be ahead of the request that brings it: requests that came over
/// two connections are not read in the order they came in, and clocks are corrected a little. One
/// that is further ahead would live longer than it is meant to.
const AHEAD: u32 = 5;

/// How many seconds after it was made an answer to a nonce is still judged, though it has expired:
/// a day. A phone answers its last one when it refreshes, hours later at most. An older one may
/// have been heard by somebody who has left the network since, and forges its address.
const JUDGED: u32 = 86_400;

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

impl Auth {
    /// Asks by `settings`, with these nonces, for the passwords of these subscribers.
    pub fn new(
        mut settings: Settings,
        nonces: impl Nonces + 'static,
        subscribers: impl Subscribers + 'static,
    ) -> Self {
        settings.realm = settings.realm.map(|given| realm(&given).into_owned());
        let (nonces, subscribers) = (Box::new(nonces), Box::new(subscribers));
        let uses = Uses::new(settings.nonce_lifetime.saturating_add(AHEAD));
        let guesses = Guesses::default();
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
    /// 401 with a challenge, `stale=true` where a right answer came too late or twice, or an answer
    /// to a challenge that was sent elsewhere; 400 for
    /// credentials that cannot be read; 503 where too many answers were wrong; 500 when the subscribers
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

    /// Looks for the answer in our realm: a phone behind two proxies answers both in one request
    /// (RFC 3261 §22.3), and those of another scheme are not for us.
    fn authorize(&self, request: &Request, asking: Asking) -> Result<Verified, Reply> {
        let realm = self.realm(request, asking);
        let mut foreign = None;
        for value in request.raw(asking.credentials()) {
            match Answer::read(&text(value), realm) {
                Answer::Ours(credentials) => return self.verify(request, asking, &credentials),
                Answer::Foreign(why) => foreign = foreign.or(Some(why)),
                Answer::Broken(fault) => {
                    let reason = format!("{}: {fault}", asking.credentials().as_str());
                    return Err(Reply::new(400, printable(reason.as_bytes())));
                }
            }
        }
        let challenge = self.challenge(request, asking, realm.to_string(), Stale::No);
        Err(match foreign {
            Some(why) => challenge.because(why),
            None => challenge, // the first request of every phone
        })
    }

    /// Checks an answer in our realm. Everything is worked out before anything is judged, so that
    /// an unknown user takes as long as a wrong password, and both get the same answer.
    fn verify(
        &self,
        request: &Request,
        asking: Asking,
        credentials: &Credentials<'_>,
    ) -> Result<Verified, Reply> {
        let Inner {
            settings,
            nonces,
            uses,
            guesses,
            ..
        } = &*self.inner;
        let (user, realm, used) = (credentials.user(), credentials.realm, credentials.qop);
        let refuse = |stale, why: &str| {
            let name = printable(credentials.username.as_bytes());
            let why = format!("user {name}: {why}"); // for the log alone
            let challenge = self.challenge(request, asking, realm.to_owned(), stale);
            Err(challenge.because(why))
        };
        let nonce = match nonces.read(credentials.nonce, Asked::new(request, asking)) {
            Reading::Ours(nonce) => nonce,
            // A phone whose address changed answers the new one and asks nobody. Nothing is judged
            // here, so nothing is held against whoever is at this address.
            Reading::Elsewhere => return refuse(Stale::Yes, ELSEWHERE),
            Reading::NotOurs => return refuse(Stale::No, "the nonce is not ours"),
        };
        let now = seconds(request);
        if now.saturating_sub(nonce.time) > settings.nonce_lifetime.max(JUDGED) {
            return refuse(Stale::Yes, "the nonce expired more than a day ago");
        }
        if credentials.algorithm != Algorithm::Md5 {
            return refuse(Stale::No, "an algorithm that was not offered");
        }
        if used.is_some_and(|used| Some(used.qop) != settings.qop) {
            return refuse(Stale::No, "a qop that was not offered");
        }
        if !is_same_place(credentials.uri, request) {
            return refuse(Stale::No, "the uri is not the one of the request");
        }
        let guess = guesses.guess(request.arrival().flow.remote.ip(), user);
        if let Some(wait) = guesses.wait(guess, now) {
            return Err(guessed_too_often(credentials, wait));
        }
        if let Some(why) = self.fault(request, credentials)? {
            guesses.wrong(guess, now);
            return refuse(Stale::No, &why);
        }
        if now.saturating_sub(nonce.time) > settings.nonce_lifetime {
            return refuse(Stale::Yes, "the nonce has expired");
        }
        if nonce.time.saturating_sub(now) > AHEAD {
            return refuse(
                Stale::Yes,
                "the nonce is of a time to come, the clock was set back",
            );
        }
        if !uses.count(nonce, used.map(|used| used.count), user, now) {
            return refuse(Stale::Yes, "the answer was used before");
        }
        guesses.right(guess, now);
        request.note_verified_user(&[user, "@", realm].concat()); // limits count by user
        let (user, realm) = (user.to_owned(), realm.to_owned());
        Ok(Verified { user, realm })
    }

    /// Why the answer is not the one of its user; `None` when it is.
    fn fault(
        &self,
        request: &Request,
        credentials: &Credentials<'_>,
    ) -> Result<Option<String>, Reply> {
        let subscribers = &self.inner.subscribers;
        let (name, user, realm) = (credentials.username, credentials.user(), credentials.realm);
        let remembered = subscribers.remembered(user, realm);
        let secret = remembered.as_ref().and_then(|kept| kept.secret(name).ok());
        if answers(request, credentials, secret) {
            return Ok(None);
        }
        let kept = subscribers.password(user, realm);
        let secret = match &kept {
            Ok(kept) => kept.secret(name).map_err(NoPassword::Unusable),
            Err(why) => Err(why.clone()),
        };
        let is_right = answers(request, credentials, secret.as_ref().ok().copied());
        match secret {
            Ok(_) if is_right => Ok(None),
            Ok(_) => Ok(Some(wrong(credentials, kept.as_ref().ok()))),
            Err(NoPassword::NotReadable(why)) => {
                Err(Reply::of(500).because(format!("subscribers: {why}")))
            }
            Err(why) => Ok(Some(why.to_string())),
        }
    }
}

/// Answers to nonces that were given somewhere else are not judged.
const ELSEWHERE: &str = "the nonce was given to another network, or for another purpose";

fn guessed_too_often(credentials: &Credentials<'_>, wait: u32) -> Reply {
    let name = printable(credentials.username.as_bytes());
    let why = format!("user {name}: too many wrong passwords, not judged for {wait} s");
    Reply::of(503)
        .with("Retry-After", wait.to_string())
        .because(why)
}

/// What is wrong with an answer, for the log. A hash holds the name it was made with, so it may
/// also be the name: sipsak without `-u` sends `10@`.
fn wrong(credentials: &Credentials<'_>, kept: Option<&Password>) -> String {
    let (user, realm) = (credentials.user(), credentials.realm);
    let is_hashed = matches!(kept, Some(Password::Hashed { .. }));
    let hashed = [user.to_owned(), format!("{user}@{realm}")];
    if !is_hashed || hashed.iter().any(|name| name == credentials.username) {
        return "wrong password".to_owned();
    }
    let [short, long] = hashed.map(|name| printable(name.as_bytes()));
    format!("wrong password, or the name: hashes are kept of {short} and {long} alone")
}

/// Whether the answer was made with this secret. It takes as long without one, and then it never
/// was.
fn answers(request: &Request, credentials: &Credentials<'_>, secret: Option<Secret<'_>>) -> bool {
    let (method, body) = (request.method().as_str(), request.body());
    is_right(credentials, secret.unwrap_or(NOBODY), method, body) && secret.is_some()
}
