//! The credentials of a message, worked out by the calculator.

use calculator::{Explained, Secret, explain};
use serde::Serialize;
use sip_paste::Excerpt;

use super::marked::Piece;
use crate::model::{Kept, Store};

/// Credentials, the work on them, and what is right or wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Digest {
    /// The header field they are in.
    pub(crate) header: &'static str,
    /// The message with the challenge.
    pub(crate) challenge: Option<u64>,
    pub(crate) inputs: Vec<Input>,
    /// The hashes in order; `None` if no secret is known.
    pub(crate) steps: Option<Vec<Step>>,
    /// The hashes as the phone made them, if its mistake was found.
    pub(crate) mistaken: Option<Vec<Step>>,
    /// The response that the phone sent.
    pub(crate) given: Option<String>,
    pub(crate) verdict: Verdict,
    pub(crate) notes: Vec<String>,
}

/// A value that goes into the response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Input {
    pub(crate) name: &'static str,
    pub(crate) value: Option<String>,
    pub(crate) header: &'static str,
    pub(crate) missing: bool,
}

/// One hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) function: &'static str,
    pub(crate) formula: String,
    pub(crate) segments: Vec<Piece>,
    pub(crate) hash: String,
}

/// What is right or wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Verdict {
    pub(crate) kind: &'static str,
    pub(crate) text: String,
    pub(crate) mistakes: Vec<Mistake>,
}

/// A mistake and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Mistake {
    pub(crate) what: String,
    pub(crate) fix: String,
}

/// The texts of a message and of its challenge, which may be worked on without the store.
pub(crate) struct Case {
    challenge: Option<u64>,
    text: String,
    user: Option<(String, String)>,
}

impl Case {
    /// The case of a message with credentials; `None` for one without.
    pub(crate) fn of(store: &Store, kept: &Kept) -> Option<Self> {
        if kept.facts.answered.is_empty() {
            return None;
        }
        let first = kept.row.tied.received.or(kept.row.tied.original);
        let first = first.and_then(|n| store.message(n)).unwrap_or(kept);
        let challenge = kept.row.tied.challenge.or(first.row.tied.challenge);
        let asked = challenge.and_then(|n| store.message(n));
        let bytes = asked
            .into_iter()
            .chain([kept])
            .flat_map(|it| &it.message.bytes[..]);
        let bytes: Vec<u8> = bytes.copied().collect();
        Some(Self {
            challenge,
            text: sip_paste::text(&bytes),
            user: user(&kept.message.bytes),
        })
    }

    /// The user and the realm of the credentials.
    pub(crate) fn user(&self) -> Option<(String, String)> {
        self.user.clone()
    }
}

/// The user and the realm of the first credentials.
fn user(bytes: &[u8]) -> Option<(String, String)> {
    let excerpts = sip_paste::read(&sip_paste::text(bytes));
    let credentials = excerpts.iter().flat_map(Excerpt::credentials).next()?;
    let value = |name| credentials.value(name).map(str::to_owned);
    Some((value("username")?, value("realm")?))
}

/// The credentials of a case worked out. This may take a second. The password and HA1 are masked
/// unless `is_shown`.
pub(crate) fn digests(case: &Case, secret: Secret<'_>, is_shown: bool) -> Vec<Digest> {
    let excerpts = sip_paste::read(&case.text);
    let Some(last) = excerpts.iter().rposition(has_credentials) else {
        return Vec::new();
    };
    let explained = explain(&excerpts, last, secret, is_shown).into_iter();
    explained.map(|it| digest(it, case.challenge)).collect()
}

impl Digest {
    /// Without what only the owner of a secret can work out. For secrets that nobody typed.
    pub(crate) fn without_right_answer(self) -> Self {
        match self.verdict.kind {
            "right" | "faulty" => self,
            _ => Self {
                steps: None,
                ..self
            },
        }
    }
}

fn has_credentials(excerpt: &Excerpt) -> bool {
    !excerpt.credentials().is_empty()
}

fn digest(explained: Explained, challenge: Option<u64>) -> Digest {
    let inputs = explained.inputs.into_iter().map(|input| Input {
        name: input.name,
        missing: input.value.is_none(),
        value: input.value,
        header: input.header,
    });
    let steps: Vec<Step> = explained.steps.into_iter().map(step).collect();
    let mistaken: Vec<Step> = explained.mistaken.into_iter().map(step).collect();
    let mistakes = explained.verdict.mistakes.into_iter();
    Digest {
        header: explained.header,
        challenge,
        inputs: inputs.collect(),
        steps: (!steps.is_empty()).then_some(steps),
        mistaken: (!mistaken.is_empty()).then_some(mistaken),
        given: explained.given,
        verdict: Verdict {
            kind: explained.verdict.kind,
            text: explained.verdict.text,
            mistakes: mistakes.map(|(what, fix)| Mistake { what, fix }).collect(),
        },
        notes: explained.notes,
    }
}

fn step(step: calculator::Step) -> Step {
    let segments = step.parts.into_iter().map(|(name, text)| Piece {
        text,
        kind: kind(&name),
        maker: None,
        key: None,
    });
    Step {
        name: step.name,
        function: step.function,
        formula: step.formula,
        segments: segments.collect(),
        hash: step.hash,
    }
}

/// The kind of a part of a hashed text, by the name of its value.
fn kind(name: &str) -> &'static str {
    match name {
        "username" => "username",
        "realm" => "realm",
        "password" => "password",
        "method" => "method",
        "uri" => "uri",
        "nonce" => "nonce",
        "nc" => "nc",
        "cnonce" => "cnonce",
        "qop" => "qop",
        "HA1" | "HA1 of the session" => "ha1",
        "HA2" => "ha2",
        "hash of the body" => "body",
        _ => "plain",
    }
}
