//! `calculator answer`: the header field that answers a challenge.

use std::fmt::Write;

use serde_json::json;
use sip_digest::{Challenge, Qop};
use sip_message::HeaderName;
use sip_paste::{Excerpt, escaped, octets};

use crate::challenge::{self, Answered};
use crate::failure::Failure;
use crate::flags::{AnswerFlags, WantedQop};
use crate::input::{self, Stdin};
use crate::recipe::{Body, Form, Protection, Recipe};
use crate::response::nonce_count;
use crate::show::{self, Secrets};
use crate::{Outcome, Report};

/// Prints the header field, and the work with `--explain`.
pub(crate) fn run(flags: &AnswerFlags, secrets: Secrets) -> Result<Report, Failure> {
    let excerpts = match flags.file.as_deref() {
        Some(file) => sip_paste::read(&input::text(file)?),
        None => Vec::new(),
    };
    let answered = match flags.file {
        Some(_) => challenge::pasted(&excerpts, flags.realm.as_deref())?,
        None => challenge::typed(flags),
    };
    let recipe = recipe(flags, &excerpts, &answered.challenge)?;
    Ok(report(&recipe, &answered, flags.explain, secrets))
}

/// Everything that goes into the response.
fn recipe(
    flags: &AnswerFlags,
    excerpts: &[Excerpt],
    challenge: &Challenge,
) -> Result<Recipe, Failure> {
    let request = excerpts.iter().find(|e| e.request_uri().is_some());
    let method = flags.method.as_deref();
    let method = method.or_else(|| excerpts.iter().find_map(Excerpt::method));
    let method = method.ok_or_else(|| missing("--method", "no CSeq and no request"))?;
    let uri = flags.uri.as_deref();
    let uri = uri.or_else(|| request.and_then(Excerpt::request_uri));
    let uri = uri.ok_or_else(|| missing("--uri", "no request"))?;
    check(flags, challenge, method, uri)?;
    let stdin = flags.file.as_deref().map_or(Stdin::Free, Stdin::beside);
    let algorithm = challenge.algorithm.unwrap_or_default();
    let secret = input::secret(&flags.secret, Some(algorithm), stdin)?;
    let body = input::body(flags.protection.body.as_deref())?;
    let body = body.or_else(|| request.map(|request| request.body.clone()));
    let (protection, cnonce) = protection(flags, challenge)?;
    // A pasted realm is already as it is between its quotes.
    let realm = match flags.file {
        Some(_) => challenge.realm.clone(),
        None => escaped(&challenge.realm),
    };
    Ok(Recipe {
        algorithm,
        username: escaped(&flags.username),
        realm,
        secret,
        method: method.to_owned(),
        uri: uri.to_owned(),
        nonce: challenge.nonce.clone(),
        protection,
        cnonce,
        body: Body::new(body.unwrap_or_default()),
        form: Form::Right,
    })
}

fn missing(flag: &'static str, lacks: &str) -> Failure {
    Failure::Flag(
        flag,
        format!("needed here: there is {lacks} to take it from"),
    )
}

/// Refuses what the header field cannot hold.
fn check(
    flags: &AnswerFlags,
    challenge: &Challenge,
    method: &str,
    uri: &str,
) -> Result<(), Failure> {
    input::plain("--username", &flags.username)?;
    input::plain("--realm", &challenge.realm)?;
    input::plain("--nonce", &challenge.nonce)?;
    input::plain("--uri", uri)?;
    input::plain("--method", method)?;
    if let Some(at) = uri.find('"') {
        return Err(Failure::Flag("--uri", format!("a quote at byte {at}")));
    }
    if octets::is_raw(&challenge.realm) || octets::is_raw(uri) {
        return Err(Failure::Text(
            "the realm or the URI in the text has bytes that are not UTF-8; save the text as UTF-8"
                .to_owned(),
        ));
    }
    Ok(())
}

/// The qop of the flags, or else one that is offered, auth before auth-int; and the cnonce of a
/// session without qop.
fn protection(
    flags: &AnswerFlags,
    challenge: &Challenge,
) -> Result<(Option<Protection>, Option<String>), Failure> {
    let offered = &challenge.qop;
    let qop = match flags.protection.qop {
        Some(WantedQop::Qop(qop)) => Some(qop),
        Some(WantedQop::None) => None,
        None if offered.contains(&Qop::Auth) => Some(Qop::Auth),
        None => offered.first().copied(),
    };
    let cnonce = match &flags.protection.cnonce {
        Some(cnonce) => {
            input::plain("--cnonce", cnonce)?;
            escaped(cnonce)
        }
        None => random()?,
    };
    let Some(qop) = qop else {
        let is_session = challenge.algorithm.unwrap_or_default().is_session();
        return Ok((None, is_session.then_some(cnonce)));
    };
    let protection = Protection {
        qop,
        token: qop.as_str().to_owned(),
        nc: nonce_count(&flags.protection.nc)?,
        cnonce,
    };
    Ok((Some(protection), None))
}

/// A cnonce that nobody can guess: 64 random bits.
fn random() -> Result<String, Failure> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(Failure::Random)?;
    Ok(hex::encode(bytes))
}

fn report(recipe: &Recipe, answered: &Answered, explain: bool, secrets: Secrets) -> Report {
    let response = recipe.response();
    let mut credentials = recipe.credentials(&response);
    credentials.opaque = answered.challenge.opaque.as_deref();
    let name = if answered.is_proxy {
        HeaderName::ProxyAuthorization
    } else {
        HeaderName::Authorization
    };
    let name = name.as_str();
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
