//! `calculator response`: from flags to the response.

use serde_json::json;
use sip_digest::Algorithm;

use crate::failure::Failure;
use crate::flags::{ProtectionFlags, ResponseFlags, WantedQop};
use crate::input::{self, Stdin};
use crate::recipe::{Body, Form, Protection, Recipe};
use crate::show::{self, Secrets};
use crate::{Outcome, Report};

/// Works out the response.
pub(crate) fn run(flags: &ResponseFlags, secrets: Secrets) -> Result<Report, Failure> {
    let (protection, cnonce) = protection(&flags.protection, flags.algorithm)?;
    let secret = input::secret(&flags.secret, Some(flags.algorithm), Stdin::Free)?;
    let body = input::body(flags.protection.body.as_deref())?;
    let recipe = Recipe {
        algorithm: flags.algorithm,
        username: flags.username.clone(),
        realm: flags.realm.clone(),
        secret,
        method: flags.method.clone(),
        uri: flags.uri.clone(),
        nonce: flags.nonce.clone(),
        protection,
        cnonce,
        body: Body::new(body.unwrap_or_default()),
        form: Form::Right,
    };
    let lines = show::lines(&recipe, secrets);
    Ok(Report {
        text: show::work(&lines, ""),
        json: json!({ "response": recipe.response(), "steps": lines }),
        outcome: Outcome::Good,
    })
}

/// The protection of the flags, and the cnonce of a session without one.
fn protection(
    flags: &ProtectionFlags,
    algorithm: Algorithm,
) -> Result<(Option<Protection>, Option<String>), Failure> {
    let Some(WantedQop::Qop(qop)) = flags.qop else {
        if algorithm.is_session() && flags.cnonce.is_none() {
            return Err(no_cnonce(algorithm.as_str()));
        }
        return Ok((None, flags.cnonce.clone()));
    };
    let cnonce = flags.cnonce.clone();
    let cnonce = cnonce.ok_or_else(|| no_cnonce(&format!("qop={}", qop.as_str())))?;
    let protection = Protection {
        qop,
        token: qop.as_str().to_owned(),
        nc: nonce_count(&flags.nc)?,
        cnonce,
    };
    Ok((Some(protection), None))
}

fn no_cnonce(what: &str) -> Failure {
    let fault = format!("{what} hashes a cnonce; give one");
    Failure::Flag("--cnonce", fault)
}

/// A count of 8 hex digits, however short it was given (RFC 2617 §3.2.2).
pub(crate) fn nonce_count(nc: &str) -> Result<String, Failure> {
    if is_nonce_count(nc) {
        return Ok(format!("{nc:0>8}"));
    }
    let fault = format!("{nc:?} is not a hex number of up to 8 digits");
    Err(Failure::Flag("--nc", fault))
}

/// Whether this is a hex number of up to 8 digits.
pub(crate) fn is_nonce_count(nc: &str) -> bool {
    (1..=8).contains(&nc.len()) && nc.bytes().all(|b| b.is_ascii_hexdigit())
}
