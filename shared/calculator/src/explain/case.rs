//! An answer with the request it stands in and the challenge it belongs to.

use std::collections::HashSet;

use sip_message::{NameAddr, Uri};

use super::challenge::{Challenge, Challenges};
use super::userhash;
use crate::paste::{self, ANSWERS, Digest, Message, Start};

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

/// A text with more answers than this is looked at up to here.
pub(crate) const MOST: usize = 20_000;

/// Every answer of the text, of this user if one is named, each once: servers that log a message
/// twice repeat it. Also how many more there are than are looked at.
pub(crate) fn cases<'a>(messages: &'a [Message], username: Option<&str>) -> (Vec<Case<'a>>, usize) {
    let challenges = Challenges::of(messages);
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut known = HashSet::new();
    let mut left_out = 0;
    for (index, request) in messages.iter().enumerate() {
        for answer in paste::digests(request, ANSWERS) {
            let (challenge, nonces) = challenges.around(index, &answer);
            let case = Case {
                challenge,
                nonces,
                answer,
                request,
            };
            let key = (&request.start, case.answer.name, case.answer.params.clone());
            if case.is_of(username) && known.insert(key) {
                match cases.len() < MOST {
                    true => cases.push(case),
                    false => left_out += 1,
                }
            }
        }
    }
    (cases, left_out)
}

impl Case<'_> {
    /// Whether it is the answer of this user, by name or by the hash of it.
    fn is_of(&self, username: Option<&str>) -> bool {
        let Some(wanted) = username else { return true };
        self.answer.params.value("username") == Some(wanted)
            || userhash::owner(self, Some(wanted)).as_deref() == Some(wanted)
    }

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
        (!uri.is_empty() && !uri.contains(paste::PROTECTED)).then_some(uri)
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
