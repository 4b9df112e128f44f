//! An answer with the request it stands in and the challenge it belongs to.

use sip_message::{NameAddr, Uri};

use super::challenge::Challenge;
use crate::paste::{Digest, Message, PROTECTED, Start};

/// One `Authorization` or `Proxy-Authorization`, and what is known around it.
pub(crate) struct Case<'a> {
    /// The header field.
    pub(crate) answer: Digest,
    /// The message it stands in.
    pub(crate) request: &'a Message,
    /// The challenge with its nonce, else the one before it.
    pub(crate) challenge: Option<Challenge<'a>>,
    /// The nonces and opaques of the challenges around it.
    pub(crate) nonces: Vec<String>,
}

impl Case<'_> {
    /// The method of the request, from its first line or its CSeq.
    pub(crate) fn method(&self) -> Option<&str> {
        match &self.request.start {
            Some(Start::Request { method, .. }) => Some(method),
            _ => self.request.header("CSeq")?.split_whitespace().nth(1),
        }
    }

    /// The Request-URI.
    pub(crate) fn request_uri(&self) -> Option<&str> {
        match &self.request.start {
            Some(Start::Request { uri, .. }) => Some(uri),
            _ => None,
        }
    }

    /// The URI of a From, To or Contact, without name and parameters.
    pub(crate) fn uri_of(&self, header: &str) -> Option<&str> {
        let value = self.request.header(header)?;
        let uri = match NameAddr::parse(value.as_bytes()) {
            Ok(address) => address.uri,
            // What happened to it on its way into the text.
            Err(_) => match value.split_once('<') {
                Some((_, inside)) => inside.split('>').next()?,
                None => value.split(';').next()?,
            },
        };
        let uri = uri.trim();
        (!uri.is_empty() && !uri.contains(PROTECTED)).then_some(uri)
    }
}

/// The user part of a URI, as it is written.
pub(crate) fn user_of(uri: &str) -> Option<&str> {
    let (userinfo, _) = uri.split_once('@')?;
    let user = userinfo.split_once(':').map_or(userinfo, |(_, user)| user);
    user.split(':').next().filter(|user| !user.is_empty())
}

/// The user part of a URI with its escapes read, as servers compare it: `20%231` is `20#1`.
pub(crate) fn unescaped_user(uri: &str) -> Option<String> {
    match Uri::parse(uri) {
        Ok(Uri::Sip(sip)) => sip.unescaped_user().map(|user| user.into_owned()),
        _ => user_of(uri).map(str::to_owned),
    }
}
