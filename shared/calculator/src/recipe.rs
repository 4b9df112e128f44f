//! Everything that goes into a response, so that one thing after the other can be changed.

use std::sync::Arc;

use sip_digest::{Algorithm, Credentials, Protected, Qop};

/// What is known of the user's secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Known {
    /// The password.
    Password(String),
    /// The hash of username, realm and password, in lower-case hex.
    Ha1(String),
}

/// A qop with its count and the phone's nonce, as they are hashed: [`Protected`] with texts of its
/// own, so that they can be changed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Protection {
    pub(crate) qop: Qop,
    pub(crate) token: String,
    pub(crate) nc: String,
    pub(crate) cnonce: String,
}

/// A body and its hashes, which are worked out only once.
#[derive(PartialEq, Eq)]
pub(crate) struct Body {
    pub(crate) bytes: Vec<u8>,
    hashes: [String; 3],
}

/// One algorithm of each hash function.
const FUNCTIONS: [Algorithm; 3] = [Algorithm::Md5, Algorithm::Sha256, Algorithm::Sha512Of256];

impl Body {
    pub(crate) fn new(bytes: Vec<u8>) -> Arc<Self> {
        Arc::new(Self {
            hashes: FUNCTIONS.map(|algorithm| algorithm.hash(&bytes)),
            bytes,
        })
    }

    /// Its hash with this algorithm, in hex.
    pub(crate) fn hash(&self, algorithm: Algorithm) -> &str {
        let same = |known: &Algorithm| known.function() == algorithm.function();
        let at = FUNCTIONS.iter().position(same).unwrap_or_default();
        &self.hashes[at]
    }
}

/// How the last hash is put together. All but the first are mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As RFC 2617 §3.2.2.1 says.
    Right,
    /// Without the nonce count.
    WithoutNc,
    /// Without the phone's nonce.
    WithoutCnonce,
    /// Without the qop, but with nc and cnonce.
    WithoutQop,
    /// The cnonce before the count.
    CnonceFirst,
    /// HA1 in upper-case hex.
    UpperHa1,
    /// HA2 in upper-case hex.
    UpperHa2,
    /// Both in upper-case hex.
    UpperBoth,
    /// The HA1 of a session not hashed, but its text as it is.
    SessionText,
    /// The HA1 of a session over the bytes of HA1 rather than its hex, as in the program of RFC
    /// 2617 §5.
    SessionBytes,
}

/// The ingredients of a response, each as it is hashed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Recipe {
    pub(crate) algorithm: Algorithm,
    pub(crate) username: String,
    pub(crate) realm: String,
    pub(crate) secret: Known,
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) nonce: String,
    pub(crate) protection: Option<Protection>,
    /// The phone's nonce of a session without qop.
    pub(crate) cnonce: Option<String>,
    pub(crate) body: Arc<Body>,
    pub(crate) form: Form,
}

impl Recipe {
    /// The credentials of these ingredients, with this response.
    pub(crate) fn credentials<'a>(&'a self, response: &'a str) -> Credentials<'a> {
        let protected = |p: &'a Protection| Protected {
            qop: p.qop,
            token: &p.token,
            nc: &p.nc,
            count: u32::from_str_radix(&p.nc, 16).unwrap_or_default(),
            cnonce: &p.cnonce,
        };
        Credentials {
            username: &self.username,
            realm: &self.realm,
            nonce: &self.nonce,
            uri: &self.uri,
            response,
            algorithm: self.algorithm,
            qop: self.protection.as_ref().map(protected),
            cnonce: self.cnonce.as_deref(),
            opaque: None,
        }
    }
}
