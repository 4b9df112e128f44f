//! Which challenges of a 401 or 407 are answered: one for each realm (RFC 3261 §22.2, §22.3).

use sip_digest::{Algorithm, Challenge, challenges};
use sip_message::{HeaderName, Response};

pub(crate) const AUTHORIZATION: &str = "Authorization";
pub(crate) const PROXY_AUTHORIZATION: &str = "Proxy-Authorization";

/// How many realms of one response are answered. A request passes few proxies.
const MOST_REALMS: usize = 8;

/// A challenge, and whether it comes from a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub(crate) challenge: Challenge,
    asks: Asks,
}

/// Where a challenge comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// A registrar or a phone, in `WWW-Authenticate`.
    Server,
    /// A proxy, in `Proxy-Authenticate`.
    Proxy,
}

impl Asked {
    /// The challenges of a response: for each realm the first one that a phone can answer (RFC 8760
    /// §2.4), in the order of the header fields, for at most 8 realms. If the request was forked,
    /// the response may have challenges of both kinds (RFC 3261 §16.7 step 7).
    pub fn all(response: &Response) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for asked in Self::each(response) {
            if all.len() < MOST_REALMS && !all.iter().any(|other| other.is_for_the_same(&asked)) {
                all.push(asked);
            }
        }
        all
    }

    /// Every challenge of a registrar or of a proxy that can be read, also several of one realm: what
    /// a phone sees that answers each of them.
    pub fn each(response: &Response) -> Vec<Self> {
        let fields = [
            (HeaderName::WwwAuthenticate, Asks::Server),
            (HeaderName::ProxyAuthenticate, Asks::Proxy),
        ];
        let mut each = Vec::new();
        for (name, asks) in fields {
            let values = response.raw(name);
            let values = values.filter_map(|value| str::from_utf8(value).ok());
            let known = values.flat_map(challenges).filter_map(Challenge::parse);
            each.extend(known.flatten().map(|challenge| Self { challenge, asks }));
        }
        each
    }

    /// The realm whose password is needed.
    pub fn realm(&self) -> &str {
        &self.challenge.realm
    }

    /// The algorithm of the answer; MD5 if the challenge names none.
    pub fn algorithm(&self) -> Algorithm {
        self.challenge.algorithm.unwrap_or(Algorithm::Md5)
    }

    /// The same challenge, answered with another algorithm than it asks for.
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.challenge.algorithm = Some(algorithm);
        self
    }

    /// Whether the last answer was right and only its nonce was too old.
    pub fn is_stale(&self) -> bool {
        self.challenge.stale
    }

    /// Whether both are of the same realm and the same kind, so that the later one replaces the
    /// earlier one.
    pub fn is_for_the_same(&self, other: &Self) -> bool {
        self.asks == other.asks && self.realm() == other.realm()
    }

    /// The header field of the answer.
    pub(crate) fn answered_in(&self) -> &'static str {
        match self.asks {
            Asks::Server => AUTHORIZATION,
            Asks::Proxy => PROXY_AUTHORIZATION,
        }
    }
}
