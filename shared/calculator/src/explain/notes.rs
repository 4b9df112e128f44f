//! What can be said of an answer without any hash. What "this course's server" does about it is
//! tested against that server (tests/peers/calculator.rs).

use sip_message::Uri;

use super::case::{Case, unescaped_user};
use super::challenge::Challenge;
use super::userhash;
use crate::octets;
use crate::paste::PROTECTED;

/// Everything that is odd, the reader's own complaints first.
pub(crate) fn notes(case: &Case<'_>) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    let faults = case.answer.params.faults.iter();
    notes.extend(faults.map(|fault| format!("{}: {fault}", case.answer.name)));
    for name in ["username", "uri"] {
        let value = case.answer.params.value(name);
        if value.is_some_and(|value| value.contains(PROTECTED)) {
            notes.push(format!(
                "{name} was taken out by the web page it comes from, which puts {PROTECTED} there"
            ));
        }
    }
    match &case.challenge {
        Some(challenge) => against_challenge(case, challenge, &mut notes),
        None => notes.push(
            "the text has no challenge for it, so nonce and realm cannot be compared".to_owned(),
        ),
    }
    against_request(case, &mut notes);
    counts(case, &mut notes);
    names(case, &mut notes);
    notes
}

/// What is to be said of the name alone.
fn names(case: &Case<'_>, notes: &mut Vec<String>) {
    let value = |name| case.answer.params.value(name);
    if value("username").is_some_and(octets::is_raw) {
        notes.push("the username is not UTF-8 (read here as Latin-1): this course's server refuses that with 401".to_owned());
    }
    if userhash::is_hashed(case) {
        let whose = userhash::owner(case, None);
        let whose = whose
            .map(|user| format!(", of {user:?}"))
            .unwrap_or_default();
        notes.push(format!("the username is a hash{whose} (userhash=true, RFC 7616 §3.4.4): this course's server does not offer that and refuses it with 401"));
    } else if let Some(user) = userhash::owner(case, None) {
        notes.push(format!("the username is the hash of {user:?} and its realm; without userhash=true a server takes it for a name"));
    }
}

fn against_challenge(case: &Case<'_>, challenge: &Challenge<'_>, notes: &mut Vec<String>) {
    let name = challenge.digest.name;
    let faults = challenge.digest.params.faults.iter();
    notes.extend(faults.map(|fault| format!("{name}: {fault}")));
    let answered = |name| case.answer.params.value(name);
    let challenged = |name| challenge.digest.params.value(name);
    for name in ["realm", "nonce", "opaque"] {
        match (challenged(name), answered(name)) {
            (Some(wanted), Some(given)) if wanted != given => notes.push(format!(
                "the answer's {name} is {given:?}, that of the challenge on line {} is {wanted:?}",
                challenge.digest.line
            )),
            (Some(wanted), None) if name == "opaque" => {
                notes.push(format!("the challenge's opaque {wanted:?} is not repeated"));
            }
            _ => {}
        }
    }
    let algorithms = [challenged("algorithm"), answered("algorithm")].map(|a| a.unwrap_or("MD5"));
    if !algorithms[0].eq_ignore_ascii_case(algorithms[1]) {
        notes.push(format!(
            "the challenge wants {}, the answer is of {}",
            algorithms[0], algorithms[1]
        ));
    }
    let offered =
        challenged("qop").map(|offer| offer.split(',').map(str::trim).collect::<Vec<_>>());
    match (offered, answered("qop")) {
        (Some(_), None) => notes.push("the challenge offers a qop and the answer has none: older phones do so; this course's server takes it, others may refuse it".to_owned()),
        (Some(offer), Some(qop)) if !offer.iter().any(|token| token.eq_ignore_ascii_case(qop)) => {
            notes.push(format!("the answer's qop {qop} is not among those offered: {}", offer.join(", ")));
        }
        (None, Some(qop)) => notes.push(format!("the answer has qop={qop}, which the challenge does not offer")),
        _ => {}
    }
    let wanted = match challenge.status {
        Some(407) => Some("Proxy-Authorization"),
        Some(401) => Some("Authorization"),
        _ => None,
    };
    if let (Some(wanted), Some(status)) = (wanted, challenge.status)
        && wanted != case.answer.name
    {
        notes.push(format!(
            "a {status} is answered with {wanted}, not with {}: a server asks again, with {status}",
            case.answer.name
        ));
    }
}

fn against_request(case: &Case<'_>, notes: &mut Vec<String>) {
    let uri = case.answer.params.value("uri");
    if let (Some(uri), Some(request_uri)) = (uri, case.request_uri())
        && uri != request_uri
        && !uri.contains(PROTECTED)
        && !request_uri.contains(PROTECTED)
    {
        notes.push(match is_same_place(uri, request_uri) {
            true => format!("uri is {uri}, the Request-URI is {request_uri}: this course's server takes that, stricter ones may refuse it"),
            false => format!("uri is {uri}, the Request-URI is {request_uri}: this course's server refuses that with {}", status(case)),
        });
    }
    if let Some(uri) = uri.filter(|uri| !uri.is_empty() && !uri.contains(PROTECTED))
        && Uri::parse(uri).is_err()
    {
        notes.push(format!(
            "uri is {uri}, which is not a SIP URI: sip: is missing before it, or more is wrong"
        ));
    }
    let (header, check) = match case.method() {
        Some("REGISTER") => ("To", "check_to"),
        _ => ("From", "check_from"),
    };
    let username = case.answer.params.value("username");
    let bare = username.and_then(|name| name.split('@').next());
    let user = case.uri_of(header).and_then(unescaped_user);
    if let (Some(bare), Some(user)) = (bare, user)
        && bare != user
        && !userhash::is_hashed(case)
    {
        notes.push(format!(
            "the username is of {bare}, {header} is of {user}: {check} refuses that"
        ));
    }
}

/// Whether a server that compares users and hosts takes one URI for the other: phones drop port
/// and parameters, or the user, before they hash.
fn is_same_place(uri: &str, request_uri: &str) -> bool {
    let (Ok(Uri::Sip(hashed)), Ok(Uri::Sip(asked))) = (Uri::parse(uri), Uri::parse(request_uri))
    else {
        return false;
    };
    let same_user = hashed.user.is_none() || hashed.unescaped_user() == asked.unescaped_user();
    hashed.host == asked.host && same_user
}

/// The status that asks once more for such an answer.
fn status(case: &Case<'_>) -> u16 {
    match case.answer.name {
        "Authorization" => 401,
        _ => 407,
    }
}

fn counts(case: &Case<'_>, notes: &mut Vec<String>) {
    let value = |name| case.answer.params.value(name);
    if value("qop").is_some() {
        if let Some(nc) = value("nc").filter(|nc| nc.len() != 8) {
            notes.push(format!("nc is {nc:?}, which should have 8 hex digits"));
        }
        return;
    }
    for name in ["nc", "cnonce"] {
        let is_session =
            value("algorithm").is_some_and(|a| a.to_ascii_lowercase().ends_with("-sess"));
        if value(name).is_some() && !(name == "cnonce" && is_session) {
            notes.push(format!(
                "the answer has {name} and no qop, so it is not hashed"
            ));
        }
    }
}
