//! Everything that goes into a response, so that one thing after the other can be changed.

use std::sync::Arc;

use sip_digest::{Algorithm, Calculation, Credentials, Protected, Qop, Secret, Step};
use sip_paste::octets;

use crate::forms::Form;

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

    /// The work: HA1 if the password is known, the session's if there is one, HA2 and the response.
    pub(crate) fn work(&self) -> Vec<Step> {
        let secret = match &self.secret {
            Known::Password(password) => Secret::Password(password),
            Known::Ha1(ha1) => Secret::Ha1(ha1),
        };
        let of_body = self.body.hash(self.algorithm);
        let credentials = self.credentials("");
        let of_bytes = self.ha1_of_bytes();
        let secret = of_bytes
            .as_ref()
            .map_or(secret, |step| Secret::Ha1(&step.hash));
        let right = Calculation::over_hash(&credentials, secret, &self.method, of_body);
        let mut steps: Vec<Step> = of_bytes.into_iter().chain(right.steps).collect();
        self.put_in_form(&mut steps);
        steps
    }

    /// HA1 if a part of it is not UTF-8.
    fn ha1_of_bytes(&self) -> Option<Step> {
        let Known::Password(password) = &self.secret else {
            return None;
        };
        let parts = [&self.username, &self.realm, password];
        if !parts.iter().any(|part| octets::is_raw(part)) {
            return None;
        }
        let text = parts.map(String::as_str).join(":");
        Some(Step {
            name: "HA1",
            hash: self.algorithm.hash(&octets::bytes(&text)),
            text,
        })
    }

    /// The response alone.
    pub(crate) fn response(&self) -> String {
        self.work().pop().map_or_else(String::new, |step| step.hash)
    }
}
