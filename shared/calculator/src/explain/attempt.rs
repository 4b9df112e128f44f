//! What an answer says was hashed, and what it lacks.

use sip_digest::{Algorithm, Qop};
use sip_message::HeaderName;
use sip_paste::octets;

use super::case::{Case, unescaped_user};
use super::userhash;
use crate::flags::ExplainFlags;
use crate::recipe::{Body, Form, Known, Protection, Recipe};
use crate::response::is_nonce_count;

/// An answer, ready to be worked out.
pub(crate) struct Attempt {
    /// What is hashed.
    pub(crate) recipe: Recipe,
    /// What the answer lacks, so that no server takes it however right its response is, and what
    /// was used instead.
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
    let username = username(case, flags, secret, &mut faults)?;
    let mut needed = |name, other: Option<&str>, whose| {
        needed(case, name, other.map(str::to_owned), whose, &mut faults)
    };
    let realm = needed("realm", case.challenged("realm"), "the challenge's")?;
    let nonce = needed("nonce", case.challenged("nonce"), "the challenge's")?;
    let uri = needed("uri", case.request.request_uri(), "the Request-URI")?;
    if case.answered("response").is_none_or(str::is_empty) {
        faults.push("it has no response".to_owned());
    }
    faults.extend(fault_of_realm(&realm).map(str::to_owned));
    let token = case.answered("algorithm").unwrap_or("MD5");
    let algorithm = Algorithm::from_token(token);
    let algorithm = algorithm.ok_or(format!("its algorithm {token} is unknown here"))?;
    let method = flags.method.as_deref().or(case.request.method());
    let method = method.unwrap_or(match case.answer.name {
        HeaderName::Authorization => "REGISTER",
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
        cnonce: case.answered("cnonce").map(str::to_owned),
        body: Body::new(body.unwrap_or(&case.request.body).to_vec()),
        form: Form::Right,
    };
    Ok(Attempt { recipe, faults })
}

/// A parameter of the answer, or what may be used instead.
fn needed(
    case: &Case<'_>,
    name: &str,
    other: Option<String>,
    whose: &str,
    faults: &mut Vec<String>,
) -> Result<String, String> {
    if let Some(value) = case.answered(name) {
        return Ok(value.to_owned());
    }
    let other = other.ok_or(format!("the answer has no {name}"))?;
    faults.push(format!("it has no {name}; tried with {whose}"));
    Ok(other)
}

fn username(
    case: &Case<'_>,
    flags: &ExplainFlags,
    secret: &Known,
    faults: &mut Vec<String>,
) -> Result<String, String> {
    let username = match extended_name(case) {
        Some(name) => name,
        None => {
            let user = case.uri_of(HeaderName::From).and_then(unescaped_user);
            needed(case, "username", user, "the user of From", faults)?
        }
    };
    if !userhash::is_hashed(case) || !matches!(secret, Known::Password(_)) {
        return Ok(username);
    }
    let owner = userhash::owner(case, flags.username.as_deref());
    Ok(owner.ok_or(
        "its username is a hash (userhash=true) of a user that the text does not name; name the user with --username",
    )?)
}

/// The qop, nc and cnonce.
fn protection(case: &Case<'_>, faults: &mut Vec<String>) -> Result<Option<Protection>, String> {
    let Some(token) = case.answered("qop") else {
        return Ok(None);
    };
    let token = token.trim_matches('"');
    let tokens: Vec<&str> = token.split(',').map(str::trim).collect();
    let known = tokens.iter().find_map(|token| Qop::from_token(token));
    let qop = known.ok_or(format!("its qop {token} is neither auth nor auth-int"))?;
    if tokens.len() > 1 {
        faults.push(format!(
            "its qop is a list, {token}, instead of one of its values"
        ));
    }
    let mut needed = |name: &str| match case.answered(name) {
        Some(value) => value.to_owned(),
        None => {
            faults.push(format!("it has a qop and no {name}; tried without"));
            String::new()
        }
    };
    let nc = needed("nc");
    let cnonce = needed("cnonce");
    if case.answered("nc").is_some() && !is_nonce_count(&nc) {
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

/// The name in `username*`, which RFC 7616 §3.4 has for names that a quoted string cannot hold:
/// `UTF-8''J%C3%A4s`.
fn extended_name(case: &Case<'_>) -> Option<String> {
    let value = case.answered("username*")?;
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

/// What is wrong with the quotes inside a realm.
fn fault_of_realm(realm: &str) -> Option<&'static str> {
    let mut is_escaped = false;
    let mut has_bare_quote = false;
    for byte in realm.bytes() {
        has_bare_quote |= byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
    }
    if is_escaped {
        return Some(
            "its realm ends in a backslash, cut at the quote inside it as SIPp does: a server reads on to the next quote",
        );
    }
    has_bare_quote.then_some(
        "the quotes inside its realm have no backslash, so a server reads the realm up to the first one",
    )
}
