//! Whether an answer to a challenge is right, and which user it proves (RFC 3261 §22, RFC 2617 §3).

use sip_tables::{NoPassword, Subscribers};
use std::sync::Arc;

use sip_digest::{Algorithm, Credentials, Password, Secret, is_right, realm};
use sip_message::{Reply, Request, printable};

use crate::answer::{Answer, Asking, Stale, is_same_place, text};
use crate::asked::Asked;
use crate::guesses::Guesses;
use crate::nonce::{Nonces, Reading, seconds};
use crate::settings::Settings;
use crate::uses::Uses;

/// A dummy secret for users who do not exist or have no usable password, so that both cases take
/// equally long.
const NOBODY: Secret<'_> = Secret::Ha1("00000000000000000000000000000000");

/// How many seconds a nonce may be ahead of the request that brings it: requests of two connections
/// may be read in another order than they came, and clocks are corrected a little. A nonce from
/// further ahead would live too long.
const AHEAD: u32 = 5;

/// How many seconds after a nonce was made an answer to it is still checked, even if the nonce has
/// expired: a day. A phone that refreshes answers its last nonce, a few hours later at most. An older
/// one may have been overheard by someone who has since left the network and forges its address.
const JUDGED: u32 = 86_400;

/// Asks for passwords, and checks the answers. Cheap to clone; clones share their state.
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
    /// Asks for the passwords of these subscribers, with these settings and nonces.
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

    /// The user who registers: the one whose password answers our challenge in `Authorization`
    /// (`www_authorize` of the texts).
    ///
    /// # Errors
    /// 401 with a challenge, with `stale=true` if a right answer came too late or twice, or answers
    /// a challenge that was sent elsewhere; 400 for malformed credentials; 503 after too many wrong
    /// answers; 500 if the subscribers cannot be read.
    #[track_caller]
    pub fn www_authorize(&self, request: &Request) -> Result<Verified, Reply> {
        request.note_asked();
        self.authorize(request, Asking::Server)
    }

    /// The user who calls: as [`Auth::www_authorize`], with `Proxy-Authorization` and 407
    /// (`proxy_authorize` of the texts).
    ///
    /// # Errors
    /// As [`Auth::www_authorize`], with 407.
    #[track_caller]
    pub fn proxy_authorize(&self, request: &Request) -> Result<Verified, Reply> {
        request.note_asked();
        self.authorize(request, Asking::Proxy)
    }

    /// Looks for the answer in our realm. A phone behind two proxies answers both in one request
    /// (RFC 3261 §22.3), and answers of another scheme are not for us.
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
            None => challenge, // every phone's first request
        })
    }

    /// Checks an answer in our realm. The hashes are calculated before anything is decided, so that
    /// an unknown user takes as long as a wrong password, and both get the same reply.
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
            // A phone whose address changed answers the new challenge without asking its user. The
            // answer is not checked, so it cannot count against this address.
            Reading::Elsewhere => return refuse(Stale::Yes, ELSEWHERE),
            Reading::NotOurs => return refuse(Stale::No, "the nonce is not ours"),
        };
        let now = seconds(request);
        if now.saturating_sub(nonce.time) > settings.nonce_lifetime.max(JUDGED) {
            return refuse(Stale::Yes, "the nonce expired more than a day ago");
        }
        if credentials.algorithm != Algorithm::Md5 {
            return refuse(Stale::No, "the algorithm was not offered");
        }
        if used.is_some_and(|used| Some(used.qop) != settings.qop) {
            return refuse(Stale::No, "the qop was not offered");
        }
        if !is_same_place(credentials.uri, request) {
            return refuse(Stale::No, "the uri is not that of the request");
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
                "the nonce is from the future; was the clock set back?",
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

    /// Why the answer is wrong; `None` if it is right.
    fn fault(
        &self,
        request: &Request,
        credentials: &Credentials<'_>,
    ) -> Result<Option<String>, Reply> {
        let subscribers = &self.inner.subscribers;
        let (name, user, realm) = (credentials.username, credentials.user(), credentials.realm);
        let remembered = subscribers.remembered(user, realm);
        let secret = remembered.as_ref().and_then(|kept| kept.secret(name).ok());
        if is_made_with(request, credentials, secret) {
            return Ok(None);
        }
        let kept = subscribers.password(user, realm);
        let secret = match &kept {
            Ok(kept) => kept.secret(name).map_err(NoPassword::Unusable),
            Err(why) => Err(why.clone()),
        };
        let is_right = is_made_with(request, credentials, secret.as_ref().ok().copied());
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

/// Answers to nonces that were given elsewhere are not checked.
const ELSEWHERE: &str = "the nonce was given to another network, or for another purpose";

fn guessed_too_often(credentials: &Credentials<'_>, wait: u32) -> Reply {
    let name = printable(credentials.username.as_bytes());
    let why = format!("user {name}: too many wrong passwords, not checked for {wait} s");
    Reply::of(503)
        .with("Retry-After", wait.to_string())
        .because(why)
}

/// What is wrong with an answer, for the log. A hash covers the name, so the name may be wrong too:
/// sipsak without `-u` sends `10@`.
fn wrong(credentials: &Credentials<'_>, kept: Option<&Password>) -> String {
    let (user, realm) = (credentials.user(), credentials.realm);
    let is_hashed = matches!(kept, Some(Password::Hashed { .. }));
    let hashed = [user.to_owned(), format!("{user}@{realm}")];
    if !is_hashed || hashed.iter().any(|name| name == credentials.username) {
        return "wrong password".to_owned();
    }
    let [short, long] = hashed.map(|name| printable(name.as_bytes()));
    format!("wrong password, or wrong name: the row has hashes for {short} and {long} only")
}

/// Whether the answer was made with this secret. Without a secret the result is false, after the
/// same time.
fn is_made_with(
    request: &Request,
    credentials: &Credentials<'_>,
    secret: Option<Secret<'_>>,
) -> bool {
    let (method, body) = (request.method().as_str(), request.body());
    is_right(credentials, secret.unwrap_or(NOBODY), method, body) && secret.is_some()
}
