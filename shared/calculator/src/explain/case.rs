//! What is known of an answer: the request it is in and the challenge it belongs to.

use sip_message::{HeaderName, NameAddr, Uri};
use sip_paste::{Digest, Excerpt, PROTECTED};

use super::asked::Asked;

/// One `Authorization` or `Proxy-Authorization`, and what is known around it.
pub(crate) struct Case<'a> {
    /// The header field.
    pub(crate) answer: Digest,
    /// The message it is in.
    pub(crate) request: &'a Excerpt,
    /// The challenge with its nonce, or else the one before it.
    pub(crate) asked: Option<Asked<'a>>,
    /// The nonces and opaques of the challenges around it.
    pub(crate) nonces: Vec<String>,
}

impl Case<'_> {
    /// The name of the header field.
    pub(crate) fn header(&self) -> &'static str {
        self.answer.name.as_str()
    }

    /// A parameter of the answer.
    pub(crate) fn answered(&self, name: &str) -> Option<&str> {
        self.answer.value(name)
    }

    /// A parameter of the challenge.
    pub(crate) fn challenged(&self, name: &str) -> Option<&str> {
        self.asked.as_ref()?.challenge.value(name)
    }

    /// The URI of a From, To or Contact, without name and parameters.
    pub(crate) fn uri_of(&self, header: HeaderName) -> Option<&str> {
        let value = self.request.value(header)?;
        let uri = match NameAddr::parse(value.as_bytes()) {
            Ok(address) => address.uri,
            // The paste has damaged it.
            Err(_) => match value.split_once('<') {
                Some((_, inside)) => inside.split('>').next()?,
                None => value.split(';').next()?,
            },
        };
        let uri = uri.trim();
        (!uri.is_empty() && !uri.contains(PROTECTED)).then_some(uri)
    }
}

/// The user part of a URI as it is written. The scheme may be missing.
pub(crate) fn user_of(uri: &str) -> Option<String> {
    let user = |text: &str| Some(Uri::parse(text).ok()?.sip()?.user?.to_owned());
    user(uri).or_else(|| user(&format!("sip:{uri}")))
}

/// The user part of a URI with its escapes read, as servers compare it: `20%231` is `20#1`.
pub(crate) fn unescaped_user(uri: &str) -> Option<String> {
    match Uri::parse(uri) {
        Ok(Uri::Sip(sip)) => sip.unescaped_user().map(|user| user.into_owned()),
        _ => user_of(uri),
    }
}
