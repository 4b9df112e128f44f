//! Whether an answer to a challenge is right, and which user it proves (RFC 3261 §22, RFC 2617 §3).

use std::sync::Arc;

use sip_digest::{Algorithm, Credentials, Offer, realm};
use sip_message::{Reply, Request, printable};
use sip_tables::{Login, Subscribers};

use crate::answer::{Answer, Asking, Stale, is_same_place};
use crate::answers::{Answers, Unfit, weaker};
use crate::asked::Asked;
use crate::guesses::Guesses;
use crate::nonce::{Nonce, Nonces, Reading, seconds};
use crate::settings::Settings;
use crate::uses::Uses;

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
    pub(crate) subscribers: Box<dyn Subscribers>,
    uses: Uses,
    pub(crate) guesses: Guesses,
}

/// A user whose answer to a challenge was right. Nothing else makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    user: String,
    realm: String,
    pub(crate) algorithm: Algorithm,
    /// What the user is offered.
    pub(crate) offer: Offer,
}

impl Verified {
    /// The user's name, without a domain.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The algorithm of the answer.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
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

    /// Looks for the answers in our realm. A phone behind two proxies answers both in one request
    /// (RFC 3261 §22.3), and answers of another scheme are not for us.
    fn authorize(&self, request: &Request, asking: Asking) -> Result<Verified, Reply> {
        let realm = self.realm(request, asking);
        let mut answers = Answers::default();
        let (mut foreign, mut broken) = (None, None);
        for value in request.raw(asking.credentials()) {
            let Ok(value) = str::from_utf8(value) else {
                foreign = foreign.or_else(|| Some("the credentials are not UTF-8".to_owned()));
                continue;
            };
            match Answer::read(value, realm) {
                Answer::Ours(credentials) => answers.add(credentials),
                Answer::Foreign(why) => foreign = foreign.or(Some(why)),
                Answer::Broken(fault) => broken = broken.or(Some(fault)),
            }
        }
        if let Some(strongest) = answers.strongest() {
            return self.verify(request, asking, &answers, strongest);
        }
        if let Some(fault) = broken {
            let reason = format!("{}: {fault}", asking.credentials().as_str());
            return Err(Reply::new(400, printable(reason.as_bytes())));
        }
        let challenge = self.challenge(request, asking, realm.to_string(), Stale::No);
        Err(match foreign {
            Some(why) => challenge.because(why),
            None => challenge, // every phone's first request
        })
    }

    /// Checks the answers in our realm, the strongest first.
    fn verify(
        &self,
        request: &Request,
        asking: Asking,
        answers: &Answers<'_>,
        strongest: &Credentials<'_>,
    ) -> Result<Verified, Reply> {
        let Inner {
            settings,
            uses,
            guesses,
            ..
        } = &*self.inner;
        let (user, realm) = (strongest.user(), strongest.realm);
        let now = seconds(request);
        let offer = self.offer(request, asking);
        let refuse = |stale, why: &str, offer| {
            let name = printable(strongest.username.as_bytes());
            let why = format!("user {name}: {why}"); // for the log alone
            let challenge = self.challenge_with(request, asking, realm.to_owned(), stale, offer);
            Err(challenge.because(why))
        };
        let read = answers.map(|answer| self.read(request, asking, answer, offer));
        let Some((first, _)) = read.checkable().next() else {
            let Unfit(stale, why) = read.unfit();
            return refuse(stale, why, offer);
        };
        let guess = guesses.guess(request.arrival().flow.remote.ip(), user);
        if let Some(wait) = guesses.wait(guess, now) {
            return Err(guessed_too_often(first, wait));
        }
        let ((answer, nonce), login) = match self.judge(request, &read)? {
            Ok(right) => right,
            Err(why) => {
                guesses.wrong(guess, now);
                let next = weaker(offer, &read);
                if next != offer {
                    guesses.wrong_with_sha_256(guess, now);
                }
                return refuse(Stale::No, &why, next);
            }
        };
        if now.saturating_sub(nonce.time) > settings.nonce_lifetime {
            return refuse(Stale::Yes, "the nonce has expired", offer);
        }
        if nonce.time.saturating_sub(now) > AHEAD {
            let why = "the nonce is from the future; was the clock set back?";
            return refuse(Stale::Yes, why, offer);
        }
        if !uses.count(nonce, answer.qop.map(|used| used.count), user, now) {
            return refuse(Stale::Yes, "the answer was used before", offer);
        }
        let own = own_offer(&login, settings.offer);
        guesses.right(guess, own, now);
        request.note_verified_user(&[user, "@", realm].concat()); // limits count by user
        Ok(Verified {
            user: user.to_owned(),
            realm: realm.to_owned(),
            algorithm: answer.algorithm,
            offer: own.unwrap_or(settings.offer),
        })
    }

    /// Whether an answer can be checked, and its nonce.
    fn read(
        &self,
        request: &Request,
        asking: Asking,
        answer: &Credentials<'_>,
        offer: Offer,
    ) -> Result<Nonce, Unfit> {
        let Inner {
            settings, nonces, ..
        } = &*self.inner;
        let nonce = match nonces.read(answer.nonce, Asked::new(request, asking)) {
            Reading::Ours(nonce) => nonce,
            // A phone whose address changed answers the new challenge without asking its user. The
            // answer is not checked, so it cannot count against this address.
            Reading::Elsewhere => return Err(Unfit(Stale::Yes, ELSEWHERE)),
            Reading::NotOurs => return Err(Unfit(Stale::No, "the nonce is not ours")),
        };
        let age = seconds(request).saturating_sub(nonce.time);
        if age > settings.nonce_lifetime.max(JUDGED) {
            return Err(Unfit(Stale::Yes, "the nonce expired more than a day ago"));
        }
        if !offer.has(answer.algorithm) && !settings.offer.has(answer.algorithm) {
            return Err(Unfit(Stale::No, "the algorithm was not offered"));
        }
        if answer
            .qop
            .is_some_and(|used| Some(used.qop) != settings.qop)
        {
            return Err(Unfit(Stale::No, "the qop was not offered"));
        }
        if !is_same_place(answer.uri, request) {
            return Err(Unfit(Stale::No, "the uri is not that of the request"));
        }
        Ok(nonce)
    }
}

/// Answers to nonces that were given elsewhere are not checked.
const ELSEWHERE: &str = "the nonce was given to another network, or for another purpose";

/// What a user is offered from now on at the same place, if it is not what all are.
fn own_offer(login: &Login, all: Offer) -> Option<Offer> {
    let offer = login.offer.unwrap_or(all);
    let can_all = login.password.knows(Algorithm::Sha256);
    let offer = match offer {
        Offer::Sha256Md5 | Offer::Md5Sha256 if !can_all => Offer::Md5,
        offer => offer,
    };
    (offer != all).then_some(offer)
}

fn guessed_too_often(credentials: &Credentials<'_>, wait: u32) -> Reply {
    let name = printable(credentials.username.as_bytes());
    let why = format!("user {name}: too many wrong passwords, not checked for {wait} s");
    Reply::of(503)
        .with("Retry-After", wait.to_string())
        .because(why)
}
