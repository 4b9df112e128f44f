//! Everything that goes into a response, to be changed one by one.

use std::sync::Arc;

use sip_digest::{Algorithm, Calculation, Credentials, Protected, Qop, Secret, Step};

use crate::octets;

/// The step of a session that binds HA1 to both nonces.
const SESSION: &str = "HA1 of the session";

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
    /// The HA1 of a session as text: what it is the hash of was not hashed.
    SessionText,
    /// The HA1 of a session over the bytes of HA1 rather than its hex, as the program in RFC 2617
    /// §5 has it.
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
        let of_bytes = self.ha1_of_bytes();
        let secret = of_bytes
            .as_ref()
            .map_or(secret, |step| Secret::Ha1(&step.hash));
        let right = Calculation::over_hash(&credentials, secret, &self.method, of_body);
        let mut steps: Vec<Step> = of_bytes.into_iter().chain(right.steps).collect();
        if self.form == Form::SessionBytes {
            self.hash_the_bytes(&mut steps);
        }
        if self.form != Form::Right {
            self.put_in_form(&mut steps);
        }
        steps
    }

    /// HA1 where something that it is made of is not UTF-8.
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

    /// The HA1 of the session, over the bytes of HA1.
    fn hash_the_bytes(&self, steps: &mut [Step]) {
        let Some(at) = steps.iter().position(|step| step.name == SESSION) else {
            return;
        };
        let text = &steps[at].text;
        let (ha1, rest) = text.split_once(':').unwrap_or((text, ""));
        let mut bytes = hex::decode(ha1).unwrap_or_default();
        bytes.extend(format!(":{rest}").bytes());
        steps[at].hash = self.algorithm.hash(&bytes);
        steps[at].text = format!("the bytes of {ha1}:{rest}");
    }

    /// Puts the last hash together in another form.
    fn put_in_form(&self, steps: &mut Vec<Step>) {
        let session = steps.iter().position(|step| step.name == SESSION);
        let text = match (self.form, session) {
            // It was never hashed, so there is no such step.
            (Form::SessionText, Some(at)) => Some(steps.remove(at).text),
            _ => None,
        };
        let [before @ .., ha2, last] = steps.as_mut_slice() else {
            return;
        };
        let ha1 = match (&text, before.last(), &self.secret) {
            (Some(text), ..) => text,
            (_, Some(step), _) => &step.hash,
            (_, None, Known::Ha1(ha1) | Known::Password(ha1)) => ha1,
        };
        last.text = self.in_form(ha1, &ha2.hash);
        last.hash = self.algorithm.hash(last.text.as_bytes());
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
