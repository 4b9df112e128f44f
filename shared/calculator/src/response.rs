//! `calculator response`: from flags to the response.

use serde_json::json;
use sip_digest::Algorithm;

use crate::failure::Failure;
use crate::flags::{ProtectionFlags, ResponseFlags, WantedQop};
use crate::input::{self, Stdin};
use crate::recipe::{Body, Form, Protection, Recipe};
use crate::show::{self, Secrets};
use crate::{Outcome, Report};

/// Works out what the flags say.
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

/// The protection that was asked for, and the cnonce of a session without one.
fn protection(
    flags: &ProtectionFlags,
    algorithm: Algorithm,
) -> Result<(Option<Protection>, Option<String>), Failure> {
    match flags.qop {
        Some(WantedQop::Qop(qop)) => {
            let cnonce = flags.cnonce.clone().ok_or_else(|| {
                let fault = format!("qop={} hashes one; say which", qop.as_str());
                Failure::Flag("--cnonce", fault)
            })?;
            let protection = Protection {
                qop,
                token: qop.as_str().to_owned(),
                nc: nonce_count(&flags.nc)?,
                cnonce,
            };
            Ok((Some(protection), None))
        }
        _ if algorithm.is_session() && flags.cnonce.is_none() => {
            let fault = format!("{} hashes one; say which", algorithm.as_str());
            Err(Failure::Flag("--cnonce", fault))
        }
        _ => Ok((None, flags.cnonce.clone())),
    }
}

/// A count of 8 hex digits, however short it was given (RFC 2617 §3.2.2).
pub(crate) fn nonce_count(nc: &str) -> Result<String, Failure> {
    let is_count = (1..=8).contains(&nc.len()) && nc.bytes().all(|b| b.is_ascii_hexdigit());
    match is_count {
        true => Ok(format!("{nc:0>8}")),
        false => Err(Failure::Flag(
            "--nc",
            format!("{nc:?} is no hex number of 8 digits"),
        )),
    }
}
