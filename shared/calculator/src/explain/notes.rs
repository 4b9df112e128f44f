//! What can be told of an answer without any hash.

use super::case::{Case, Challenge, user_of};
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
            "the text has no challenge, so nonce and realm cannot be compared with it".to_owned(),
        ),
    }
    against_request(case, &mut notes);
    counts(case, &mut notes);
    notes
}

fn against_challenge(case: &Case<'_>, challenge: &Challenge, notes: &mut Vec<String>) {
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
        (Some(_), None) => notes.push("the challenge offers a qop and the answer has none: older phones do so, and some servers refuse it".to_owned()),
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
            "a {status} is answered with {wanted}, not with {}",
            case.answer.name
        ));
    }
}

fn against_request(case: &Case<'_>, notes: &mut Vec<String>) {
    let uri = case.answer.params.value("uri");
    if let (Some(uri), Some(request_uri)) = (uri, case.request_uri())
        && uri != request_uri
        && !uri.contains(PROTECTED)
    {
        notes.push(format!(
            "uri is {uri}, the Request-URI is {request_uri}: servers that compare them may refuse"
        ));
    }
    let (header, check) = match case.method() {
        Some("REGISTER") => ("To", "check_to"),
        _ => ("From", "check_from"),
    };
    let username = case.answer.params.value("username");
    let bare = username.and_then(|name| name.split('@').next());
    let user = case.uri_of(header).and_then(user_of);
    if let (Some(bare), Some(user)) = (bare, user)
        && bare != user
    {
        notes.push(format!(
            "the username is of {bare}, {header} is of {user}: {check} refuses that"
        ));
    }
}

fn counts(case: &Case<'_>, notes: &mut Vec<String>) {
    let value = |name| case.answer.params.value(name);
    if value("qop").is_some() {
        if let Some(nc) = value("nc")
            && (nc.len() != 8 || !nc.bytes().all(|b| b.is_ascii_hexdigit()))
        {
            notes.push(format!("nc is {nc:?}; it is to have 8 hex digits"));
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
