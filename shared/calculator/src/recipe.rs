//! Everything that goes into a response, to be changed one by one.

use std::sync::Arc;

use sip_digest::{Algorithm, Calculation, Credentials, Protected, Qop, Secret, Step};

/// What is known of the user's secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Known {
    /// The password.
    Password(String),
    /// The hash of username, realm and password, in lower-case hex.
    Ha1(String),
}

/// A qop with its count and the phone's nonce, as they are hashed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Protection {
    pub(crate) qop: Qop,
    pub(crate) token: String,
    pub(crate) nc: String,
    pub(crate) cnonce: String,
}

/// A body and its hashes, which are worked out once however often they are tried.
#[derive(PartialEq, Eq)]
pub(crate) struct Body {
    pub(crate) bytes: Vec<u8>,
    md5: String,
    sha256: String,
}

impl Body {
    pub(crate) fn new(bytes: Vec<u8>) -> Arc<Self> {
        Arc::new(Self {
            md5: Algorithm::Md5.hash(&bytes),
            sha256: Algorithm::Sha256.hash(&bytes),
            bytes,
        })
    }

    /// Its hash with this algorithm, in hex.
    pub(crate) fn hash(&self, algorithm: Algorithm) -> &str {
        match algorithm {
            Algorithm::Md5 | Algorithm::Md5Sess => &self.md5,
            Algorithm::Sha256 | Algorithm::Sha256Sess => &self.sha256,
        }
    }
}

/// How the last hash is put together. All but the first are mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As RFC 2617 §3.2.2.1 says.
    Right,
    /// The nonce count left out.
    WithoutNc,
    /// The phone's nonce left out.
    WithoutCnonce,
    /// The qop left out, its count and cnonce not.
    WithoutQop,
    /// The cnonce before the count.
    CnonceFirst,
    /// HA1 in upper-case hex.
    UpperHa1,
    /// HA2 in upper-case hex.
    UpperHa2,
    /// Both in upper-case hex.
    UpperBoth,
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
    /// The credentials these are, with this response.
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

    /// The work: HA1 where the password is known, the session's where there is one, HA2 and the
    /// response.
    pub(crate) fn work(&self) -> Vec<Step> {
        let secret = match &self.secret {
            Known::Password(password) => Secret::Password(password),
            Known::Ha1(ha1) => Secret::Ha1(ha1),
        };
        let of_body = self.body.hash(self.algorithm);
        let credentials = self.credentials("");
        let right = Calculation::over_hash(&credentials, secret, &self.method, of_body);
        let mut steps = right.steps;
        if self.form != Form::Right {
            let [before @ .., ha2, last] = steps.as_mut_slice() else {
                return steps;
            };
            let ha1 = match (before.last(), &self.secret) {
                (Some(step), _) => &step.hash,
                (None, Known::Ha1(ha1) | Known::Password(ha1)) => ha1,
            };
            last.text = self.in_form(ha1, &ha2.hash);
            last.hash = self.algorithm.hash(last.text.as_bytes());
        }
        steps
    }

    /// The response alone.
    pub(crate) fn response(&self) -> String {
        self.work().pop().map_or_else(String::new, |step| step.hash)
    }

    fn in_form(&self, ha1: &str, ha2: &str) -> String {
        let upper = |wanted, hash: &str| match wanted {
            true => hash.to_ascii_uppercase(),
            false => hash.to_owned(),
        };
        let both = self.form == Form::UpperBoth;
        let ha1 = upper(both || self.form == Form::UpperHa1, ha1);
        let ha2 = upper(both || self.form == Form::UpperHa2, ha2);
        let nonce = &self.nonce;
        let Some(Protection {
            token, nc, cnonce, ..
        }) = &self.protection
        else {
            return format!("{ha1}:{nonce}:{ha2}");
        };
        match self.form {
            Form::WithoutNc => format!("{ha1}:{nonce}:{cnonce}:{token}:{ha2}"),
            Form::WithoutCnonce => format!("{ha1}:{nonce}:{nc}:{token}:{ha2}"),
            Form::WithoutQop => format!("{ha1}:{nonce}:{nc}:{cnonce}:{ha2}"),
            Form::CnonceFirst => format!("{ha1}:{nonce}:{cnonce}:{nc}:{token}:{ha2}"),
            _ => format!("{ha1}:{nonce}:{nc}:{cnonce}:{token}:{ha2}"),
        }
    }
}
