//! `calculator answer`: the header field that answers a challenge.

use std::fmt::Write;

use serde_json::json;
use sip_digest::{Algorithm, Qop};

use crate::failure::Failure;
use crate::flags::{AnswerFlags, WantedQop};
use crate::input::{self, Stdin};
use crate::octets;
use crate::paste::{self, CHALLENGES, Message, Start, escaped};
use crate::recipe::{Body, Form, Protection, Recipe};
use crate::response::nonce_count;
use crate::show::{self, Secrets};
use crate::{Outcome, Report};

/// A challenge, from the flags or from the text.
struct Challenge {
    is_proxy: bool,
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    offered: Vec<Qop>,
}

/// Prints the header field, and the work when it is asked for.
pub(crate) fn run(flags: &AnswerFlags, secrets: Secrets) -> Result<Report, Failure> {
    let (messages, stdin) = match flags.file.as_deref() {
        Some(file) => {
            let stdin = if file == "-" {
                Stdin::Taken
            } else {
                Stdin::Free
            };
            (paste::messages(&input::text(file)?), stdin)
        }
        None => (Vec::new(), Stdin::Free),
    };
    let challenge = match flags.file {
        Some(_) => pasted(&messages, flags.realm.as_deref())?,
        None => Challenge {
            is_proxy: flags.proxy,
            realm: flags.realm.clone().unwrap_or_default(),
            nonce: flags.nonce.clone().unwrap_or_default(),
            opaque: flags.opaque.clone(),
            algorithm: flags.algorithm.unwrap_or_default(),
            offered: Vec::new(),
        },
    };
    let method = flags.method.clone().or_else(|| method(&messages));
    let method = method.ok_or_else(|| missing("--method", "no CSeq and no request"))?;
    let uri = flags.uri.clone().or_else(|| request_uri(&messages));
    let uri = uri.ok_or_else(|| missing("--uri", "no request"))?;
    for (flag, value) in [
        ("--username", &flags.username),
        ("--realm", &challenge.realm),
        ("--nonce", &challenge.nonce),
        ("--uri", &uri),
        ("--method", &method),
    ] {
        input::plain(flag, value)?;
    }
    if let Some(fault) = uri.find('"') {
        return Err(Failure::Flag("--uri", format!("a quote at byte {fault}")));
    }
    if octets::is_raw(&challenge.realm) || octets::is_raw(&uri) {
        return Err(Failure::Text(
            "the text has bytes that are not UTF-8 in the realm or the URI; save it as UTF-8"
                .to_owned(),
        ));
    }
    let secret = input::secret(&flags.secret, Some(challenge.algorithm), stdin)?;
    let body = input::body(flags.protection.body.as_deref())?;
    let body = body.or_else(|| request(&messages).map(|request| request.body.clone()));
    let (protection, cnonce) = protection(flags, &challenge)?;
    let recipe = Recipe {
        algorithm: challenge.algorithm,
        username: escaped(&flags.username),
        // What was pasted stands as it did between its quotes.
        realm: match flags.file {
            Some(_) => challenge.realm.clone(),
            None => escaped(&challenge.realm),
        },
        secret,
        method,
        uri,
        nonce: challenge.nonce.clone(),
        protection,
        cnonce,
        body: Body::new(body.unwrap_or_default()),
        form: Form::Right,
    };
    Ok(report(&recipe, &challenge, flags.explain, secrets))
}

fn report(recipe: &Recipe, challenge: &Challenge, explain: bool, secrets: Secrets) -> Report {
    let response = recipe.response();
    let mut credentials = recipe.credentials(&response);
    credentials.opaque = challenge.opaque.as_deref();
    let name = match challenge.is_proxy {
        true => "Proxy-Authorization",
        false => "Authorization",
    };
    let lines = show::lines(recipe, secrets);
    let mut text = String::new();
    if explain {
        text = show::work(&lines, "") + "\n";
    }
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{name}: {credentials}");
    Report {
        text,
        json: json!({ "header": name, "value": credentials.to_string(), "response": response, "steps": lines }),
        outcome: Outcome::Good,
    }
}

/// The first challenge that can be answered (RFC 8760 §2.4), of this realm if one is named.
fn pasted(messages: &[Message], realm: Option<&str>) -> Result<Challenge, Failure> {
    let mut refused = None;
    for message in messages {
        for digest in paste::digests(message, CHALLENGES) {
            let value = |name: &str| digest.params.value(name);
            let (Some(of), Some(nonce)) = (value("realm"), value("nonce")) else {
                refused = Some(format!(
                    "the challenge on line {} has no realm or no nonce",
                    digest.line
                ));
                continue;
            };
            if realm.is_some_and(|wanted| wanted != of) {
                refused = Some(format!(
                    "the challenge on line {} is of realm {of:?}",
                    digest.line
                ));
                continue;
            }
            let token = value("algorithm").unwrap_or("MD5");
            let Some(algorithm) = Algorithm::from_token(token) else {
                refused = Some(format!(
                    "the challenge on line {} wants {token}, which is not known here",
                    digest.line
                ));
                continue;
            };
            let offered = value("qop").unwrap_or_default();
            return Ok(Challenge {
                is_proxy: digest.name == "Proxy-Authenticate",
                realm: of.to_owned(),
                nonce: nonce.to_owned(),
                opaque: value("opaque").map(str::to_owned),
                algorithm,
                offered: offered
                    .split(',')
                    .filter_map(|token| Qop::from_token(token.trim()))
                    .collect(),
            });
        }
    }
    let none = || {
        "the text has no WWW-Authenticate and no Proxy-Authenticate of the Digest scheme".to_owned()
    };
    Err(Failure::Text(refused.unwrap_or_else(none)))
}

/// What is asked for, else what is offered, auth before auth-int.
fn protection(
    flags: &AnswerFlags,
    challenge: &Challenge,
) -> Result<(Option<Protection>, Option<String>), Failure> {
    let qop = match flags.protection.qop {
        Some(WantedQop::Qop(qop)) => Some(qop),
        Some(WantedQop::None) => None,
        None if challenge.offered.contains(&Qop::Auth) => Some(Qop::Auth),
        None => challenge.offered.first().copied(),
    };
    let cnonce = match &flags.protection.cnonce {
        Some(cnonce) => {
            input::plain("--cnonce", cnonce)?;
            escaped(cnonce)
        }
        None => random()?,
    };
    Ok(match qop {
        Some(qop) => {
            let protection = Protection {
                qop,
                token: qop.as_str().to_owned(),
                nc: nonce_count(&flags.protection.nc)?,
                cnonce,
            };
            (Some(protection), None)
        }
        None if challenge.algorithm.is_session() => (None, Some(cnonce)),
        None => (None, None),
    })
}

/// A cnonce nobody guesses: 64 random bits.
fn random() -> Result<String, Failure> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(Failure::Random)?;
    Ok(hex::encode(bytes))
}

fn method(messages: &[Message]) -> Option<String> {
    messages.iter().find_map(|message| match &message.start {
        Some(Start::Request { method, .. }) => Some(method.clone()),
        _ => {
            let method = message.header("CSeq")?.split_whitespace().nth(1)?;
            Some(method.to_owned())
        }
    })
}

fn request(messages: &[Message]) -> Option<&Message> {
    let is_request = |m: &&Message| matches!(m.start, Some(Start::Request { .. }));
    messages.iter().find(is_request)
}

fn request_uri(messages: &[Message]) -> Option<String> {
    match &request(messages)?.start {
        Some(Start::Request { uri, .. }) => Some(uri.clone()),
        _ => None,
    }
}

fn missing(flag: &'static str, lacks: &str) -> Failure {
    Failure::Flag(
        flag,
        format!("needed here: there is {lacks} to take it from"),
    )
}
