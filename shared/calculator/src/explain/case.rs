//! An answer with the request it stands in and the challenge it belongs to.

use sip_digest::{Algorithm, Qop};

use crate::paste::{self, ANSWERS, CHALLENGES, Digest, Message, Start};
use crate::recipe::{Body, Form, Known, Protection, Recipe};

/// One `Authorization` or `Proxy-Authorization`, and what is known around it.
pub(crate) struct Case<'a> {
    /// The header field.
    pub(crate) answer: Digest,
    /// The message it stands in.
    pub(crate) request: &'a Message,
    /// The challenge with its nonce, else the one before it.
    pub(crate) challenge: Option<Challenge>,
    /// The nonces and opaques of all challenges of the text.
    pub(crate) nonces: Vec<String>,
}

/// A challenge of the text and the status it came with.
#[derive(Clone)]
pub(crate) struct Challenge {
    pub(crate) digest: Digest,
    pub(crate) status: Option<u16>,
    /// Which message it stands in.
    at: usize,
}

/// A text with more challenges or answers than this is looked at up to here.
const MOST: usize = 500;

/// Every answer of the text, of this user if one is named, each once: servers that log a message
/// twice repeat it.
pub(crate) fn cases<'a>(messages: &'a [Message], username: Option<&str>) -> Vec<Case<'a>> {
    let challenges = challenges(messages);
    let mut nonces: Vec<String> = Vec::new();
    for challenge in &challenges {
        let values = ["nonce", "opaque"].map(|name| challenge.digest.params.value(name));
        for value in values.into_iter().flatten().filter(|v| !v.is_empty()) {
            if nonces.len() < 16 && !nonces.iter().any(|known| known == value) {
                nonces.push(value.to_owned());
            }
        }
    }
    let mut cases: Vec<Case<'_>> = Vec::new();
    for (index, request) in messages.iter().enumerate() {
        for answer in paste::digests(request, ANSWERS) {
            let is_known = cases.iter().any(|case| {
                case.request.start == request.start
                    && case.answer.name == answer.name
                    && case.answer.params == answer.params
            });
            let is_wanted = username.is_none() || answer.params.value("username") == username;
            if is_wanted && !is_known && cases.len() < MOST {
                cases.push(Case {
                    challenge: challenge(&challenges, messages, index, &answer),
                    answer,
                    request,
                    nonces: nonces.clone(),
                });
            }
        }
    }
    cases
}

fn challenges(messages: &[Message]) -> Vec<Challenge> {
    let of_message = |(at, message): (usize, &Message)| {
        let status = match message.start {
            Some(Start::Response(status)) => Some(status),
            _ => None,
        };
        let digests = paste::digests(message, CHALLENGES).into_iter();
        digests.map(move |digest| Challenge { digest, status, at })
    };
    let all = messages.iter().enumerate().flat_map(of_message);
    all.take(MOST).collect()
}

/// The challenge with the answer's nonce, or one before the answer; better of the answer's own
/// kind, in its dialog, and late.
fn challenge(
    challenges: &[Challenge],
    messages: &[Message],
    index: usize,
    answer: &Digest,
) -> Option<Challenge> {
    let nonce = answer.params.value("nonce");
    let call_id = messages[index].header("Call-ID");
    let kind = ANSWERS.iter().position(|name| *name == answer.name);
    let rank = |challenge: &&Challenge| {
        let digest = &challenge.digest;
        (
            digest.params.value("nonce") == nonce,
            challenge.at <= index,
            CHALLENGES.iter().position(|name| *name == digest.name) == kind,
            messages[challenge.at].header("Call-ID") == call_id,
            challenge.at,
        )
    };
    let best = challenges.iter().max_by_key(rank)?;
    let (same_nonce, before, ..) = rank(&best);
    (same_nonce || before).then(|| best.clone())
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
        let bare = match value.split_once('<') {
            Some((_, inside)) => inside.split('>').next()?,
            None => value.split(';').next()?,
        };
        let bare = bare.trim();
        (!bare.is_empty() && !bare.contains(paste::PROTECTED)).then_some(bare)
    }

    /// What the header field says was hashed, and what had to be assumed for it.
    ///
    /// # Errors
    /// Why it cannot be worked out, in words.
    pub(crate) fn recipe(
        &self,
        secret: &Known,
        method: Option<&str>,
        body: Option<&[u8]>,
    ) -> Result<(Recipe, Vec<String>), String> {
        let mut assumed = Vec::new();
        let params = &self.answer.params;
        let challenged = |name| {
            let challenge = self.challenge.as_ref();
            challenge.and_then(|c| c.digest.params.value(name))
        };
        let mut needed = |name: &'static str, other: Option<&str>, whose: &str| match (
            params.value(name),
            other,
        ) {
            (Some(value), _) => Ok(value.to_owned()),
            (None, Some(other)) => {
                assumed.push(format!("the answer has no {name}; tried with {whose}"));
                Ok(other.to_owned())
            }
            (None, None) => Err(format!("the answer has no {name}")),
        };
        let user = self.uri_of("From").and_then(user_of);
        let username = needed("username", user, "the user of From")?;
        let realm = needed("realm", challenged("realm"), "the challenge's")?;
        let nonce = needed("nonce", challenged("nonce"), "the challenge's")?;
        let uri = needed("uri", self.request_uri(), "the Request-URI")?;
        let token = params.value("algorithm").unwrap_or("MD5");
        let algorithm = Algorithm::from_token(token)
            .ok_or(format!("its algorithm {token} is none that is known here"))?;
        let protection = match params.value("qop") {
            Some(token) => {
                let bare = token.trim_matches('"');
                let qop = Qop::from_token(bare)
                    .ok_or(format!("its qop {token} is neither auth nor auth-int"))?;
                let mut needed = |name: &str| match params.value(name) {
                    Some(value) => value.to_owned(),
                    None => {
                        assumed.push(format!("the answer has a qop and no {name}; tried without"));
                        String::new()
                    }
                };
                Some(Protection {
                    qop,
                    token: bare.to_owned(),
                    nc: needed("nc"),
                    cnonce: needed("cnonce"),
                })
            }
            None => None,
        };
        let method = match (method.or(self.method()), self.answer.name) {
            (Some(method), _) => method.to_owned(),
            (None, "Authorization") => "REGISTER".to_owned(),
            (None, _) => "INVITE".to_owned(),
        };
        let body = body.unwrap_or(&self.request.body).to_vec();
        let recipe = Recipe {
            algorithm,
            username,
            realm,
            secret: secret.clone(),
            method,
            uri,
            nonce,
            protection,
            cnonce: params.value("cnonce").map(str::to_owned),
            body: Body::new(body),
            form: Form::Right,
        };
        Ok((recipe, assumed))
    }
}

/// The user part of a URI.
pub(crate) fn user_of(uri: &str) -> Option<&str> {
    let (userinfo, _) = uri.split_once('@')?;
    let user = userinfo.split_once(':').map_or(userinfo, |(_, user)| user);
    user.split(':').next().filter(|user| !user.is_empty())
}
