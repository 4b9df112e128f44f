//! What an answer says was hashed.

use sip_digest::{Algorithm, Qop};

use super::case::{Case, unescaped_user};
use super::userhash;
use crate::flags::ExplainFlags;
use crate::octets;
use crate::recipe::{Body, Form, Known, Protection, Recipe};

/// An answer, ready to be worked out.
pub(crate) struct Attempt {
    /// What is hashed.
    pub(crate) recipe: Recipe,
    /// What the answer lacks, so that no server takes it however right its response is, and what
    /// it was tried with.
    pub(crate) faults: Vec<String>,
}

/// Reads what the header field says was hashed.
///
/// # Errors
/// Why it cannot be worked out, in words.
pub(crate) fn attempt(
    case: &Case<'_>,
    flags: &ExplainFlags,
    secret: &Known,
    body: Option<&[u8]>,
) -> Result<Attempt, String> {
    let mut faults = Vec::new();
    let value = |name: &str| case.answer.params.value(name);
    let challenged = |name| {
        let challenge = case.challenge.as_ref();
        challenge.and_then(|c| c.digest.params.value(name))
    };
    let mut needed = |name: &str, other: Option<String>, whose: &str| match (value(name), other) {
        (Some(value), _) => Ok(value.to_owned()),
        (None, Some(other)) => {
            faults.push(format!("it has no {name}; tried with {whose}"));
            Ok(other)
        }
        (None, None) => Err(format!("the answer has no {name}")),
    };
    let owned = |value: Option<&str>| value.map(str::to_owned);
    let username = match extended_name(case) {
        Some(name) => name,
        None => {
            let user = case.uri_of("From").and_then(unescaped_user);
            needed("username", user, "the user of From")?
        }
    };
    let realm = needed("realm", owned(challenged("realm")), "the challenge's")?;
    let nonce = needed("nonce", owned(challenged("nonce")), "the challenge's")?;
    let uri = needed("uri", owned(case.request_uri()), "the Request-URI")?;
    if value("response").is_none_or(str::is_empty) {
        faults.push("it has no response".to_owned());
    }
    let username = match userhash::is_hashed(case) && matches!(secret, Known::Password(_)) {
        true => userhash::owner(case, flags.username.as_deref()).ok_or(
            "its username is a hash (userhash=true), and of no user in the text; name the user with --username",
        )?,
        false => username,
    };
    if has_open_backslash(&realm) {
        faults.push("its realm ends in a backslash, cut at the quote inside it as SIPp does: a server reads on to the next quote".to_owned());
    } else if has_bare_quote(&realm) {
        faults.push("the quotes inside its realm have no backslash, so a server reads the realm up to the first one".to_owned());
    }
    let token = value("algorithm").unwrap_or("MD5");
    let algorithm =
        Algorithm::from_token(token).ok_or(format!("its algorithm {token} is not known here"))?;
    let method = flags.method.as_deref().or(case.method());
    let method = method.unwrap_or(match case.answer.name {
        "Authorization" => "REGISTER",
        _ => "INVITE",
    });
    let recipe = Recipe {
        algorithm,
        username,
        realm,
        secret: secret.clone(),
        method: method.to_owned(),
        uri,
        nonce,
        protection: protection(case, &mut faults)?,
        cnonce: owned(value("cnonce")),
        body: Body::new(body.unwrap_or(&case.request.body).to_vec()),
        form: Form::Right,
    };
    Ok(Attempt { recipe, faults })
}

/// The qop and what comes with it.
fn protection(case: &Case<'_>, faults: &mut Vec<String>) -> Result<Option<Protection>, String> {
    let value = |name: &str| case.answer.params.value(name);
    let Some(token) = value("qop") else {
        return Ok(None);
    };
    let token = token.trim_matches('"');
    let tokens: Vec<&str> = token.split(',').map(str::trim).collect();
    let known = tokens.iter().find_map(|token| Qop::from_token(token));
    let qop = known.ok_or(format!("its qop {token} is neither auth nor auth-int"))?;
    if tokens.len() > 1 {
        faults.push(format!(
            "its qop is a list, {token}, where one of its values belongs"
        ));
    }
    let mut needed = |name: &str| match value(name) {
        Some(value) => value.to_owned(),
        None => {
            faults.push(format!("it has a qop and no {name}; tried without"));
            String::new()
        }
    };
    let (nc, cnonce) = (needed("nc"), needed("cnonce"));
    let is_count = (1..=8).contains(&nc.len()) && nc.bytes().all(|b| b.is_ascii_hexdigit());
    if value("nc").is_some() && !is_count {
        faults.push(format!(
            "its nc, {nc:?}, is not a hex number of up to 8 digits"
        ));
    }
    Ok(Some(Protection {
        qop,
        token: token.to_owned(),
        nc,
        cnonce,
    }))
}

/// The name of `username*`, which RFC 7616 §3.4 has for names that a quoted string cannot hold:
/// `UTF-8''J%C3%A4s`.
fn extended_name(case: &Case<'_>) -> Option<String> {
    let params = &case.answer.params;
    let value = params.value("username*")?;
    let (_, escaped) = value.split_once("''")?;
    let mut bytes = Vec::new();
    let mut rest = escaped.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|_| *first == b'%');
        let code = digits.and_then(|digits| hex::decode(digits).ok());
        bytes.extend(code.as_deref().unwrap_or(&[*first]));
        rest = &after[code.map_or(0, |_| 2)..];
    }
    Some(octets::text(&bytes))
}

/// Whether a text between quotes ends in a backslash that escapes what follows.
fn has_open_backslash(text: &str) -> bool {
    let slashes = text.bytes().rev().take_while(|byte| *byte == b'\\');
    slashes.count() % 2 == 1
}

/// Whether a text between quotes holds a quote without a backslash.
fn has_bare_quote(text: &str) -> bool {
    let mut escaped = false;
    text.bytes().any(|byte| {
        let is_bare = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        is_bare
    })
}
