//! What can be said of an answer without any hash. What "this course's server" does about it is
//! tested against that server (tests/peers/calculator.rs).

use sip_message::{HeaderName, Uri};
use sip_paste::{PROTECTED, octets};

use super::asked::Asked;
use super::case::{Case, unescaped_user};
use super::userhash;

/// Everything that is odd, the reader's own complaints first.
pub(crate) fn notes(case: &Case<'_>) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    let faults = case.answer.faults.iter();
    notes.extend(faults.map(|fault| format!("{}: {fault}", case.header())));
    for name in ["username", "uri"] {
        if case.answered(name).is_some_and(|v| v.contains(PROTECTED)) {
            notes.push(format!(
                "the web page that the text comes from has replaced the {name} by {PROTECTED}"
            ));
        }
    }
    match &case.asked {
        Some(asked) => against_challenge(case, asked, &mut notes),
        None => notes.push(
            "the text has no challenge for it, so nonce and realm cannot be compared".to_owned(),
        ),
    }
    notes.extend(note_on_uri(case));
    notes.extend(note_on_scheme(case));
    notes.extend(note_on_user(case));
    notes.extend(notes_on_counts(case));
    notes.extend(notes_on_name(case));
    notes
}

fn against_challenge(case: &Case<'_>, asked: &Asked<'_>, notes: &mut Vec<String>) {
    let challenge = &asked.challenge;
    let faults = challenge.faults.iter();
    notes.extend(faults.map(|fault| format!("{}: {fault}", challenge.name.as_str())));
    for name in ["realm", "nonce", "opaque"] {
        match (challenge.value(name), case.answered(name)) {
            (Some(wanted), Some(given)) if wanted != given => notes.push(format!(
                "the answer's {name} is {given:?}, but the challenge on line {} has {wanted:?}",
                challenge.line
            )),
            (Some(wanted), None) if name == "opaque" => {
                notes.push(format!("the challenge's opaque {wanted:?} is not repeated"));
            }
            _ => {}
        }
    }
    let (wanted, (place, all)) = (asked.algorithm(), asked.place);
    let given = case.answered("algorithm").unwrap_or("MD5");
    let fits = wanted.eq_ignore_ascii_case(given);
    if fits && all > 1 {
        let line = challenge.line;
        notes.push(format!(
            "it answers challenge {place} of {all}, the one for {wanted} on line {line}"
        ));
    } else if !fits && all > 1 {
        notes.push(format!(
            "none of the {all} challenges is for {given}, which the answer uses"
        ));
    } else if !fits {
        notes.push(format!(
            "the challenge wants {wanted}, but the answer uses {given}"
        ));
    }
    notes.extend(note_on_qop(challenge.value("qop"), case.answered("qop")));
    notes.extend(note_on_header(case, asked.status));
}

fn note_on_qop(offer: Option<&str>, given: Option<&str>) -> Option<String> {
    match (offer, given) {
        (Some(_), None) => Some("the challenge offers a qop and the answer has none: older phones do so; this course's server takes it, others may refuse it".to_owned()),
        (Some(offer), Some(qop)) => {
            let offer: Vec<&str> = offer.split(',').map(str::trim).collect();
            let is_offered = offer.iter().any(|token| token.eq_ignore_ascii_case(qop));
            let offer = offer.join(", ");
            (!is_offered).then(|| format!("the challenge does not offer the answer's qop {qop}, only {offer}"))
        }
        (None, Some(qop)) => Some(format!("the challenge does not offer the answer's qop={qop}")),
        (None, None) => None,
    }
}

/// Whether the answer is in the header field that the status asks for.
fn note_on_header(case: &Case<'_>, status: Option<u16>) -> Option<String> {
    let (status, wanted) = match status? {
        status @ 407 => (status, HeaderName::ProxyAuthorization),
        status @ 401 => (status, HeaderName::Authorization),
        _ => return None,
    };
    (wanted != case.answer.name).then(|| {
        format!(
            "a {status} is answered with {}, not with {}: a server asks again, with {status}",
            wanted.as_str(),
            case.header()
        )
    })
}

fn note_on_uri(case: &Case<'_>) -> Option<String> {
    let uri = case.answered("uri")?;
    let request_uri = case.request.request_uri()?;
    if uri == request_uri || uri.contains(PROTECTED) || request_uri.contains(PROTECTED) {
        return None;
    }
    let server = if is_same_place(uri, request_uri) {
        "takes that, stricter ones may refuse it".to_owned()
    } else {
        let status = match case.answer.name {
            HeaderName::Authorization => 401,
            _ => 407,
        };
        format!("refuses that with {status}")
    };
    Some(format!(
        "uri is {uri}, but the Request-URI is {request_uri}: this course's server {server}"
    ))
}

/// Whether a server that compares users and hosts takes one URI for the other. Phones drop port
/// and parameters, or the user, before they hash.
fn is_same_place(uri: &str, request_uri: &str) -> bool {
    let (Ok(Uri::Sip(hashed)), Ok(Uri::Sip(asked))) = (Uri::parse(uri), Uri::parse(request_uri))
    else {
        return false;
    };
    let same_user = hashed.user.is_none() || hashed.unescaped_user() == asked.unescaped_user();
    hashed.host == asked.host && same_user
}

fn note_on_scheme(case: &Case<'_>) -> Option<String> {
    let uri = case.answered("uri")?;
    let is_wrong = !uri.is_empty() && !uri.contains(PROTECTED) && Uri::parse(uri).is_err();
    is_wrong.then(|| {
        format!("uri is {uri}, which is not a SIP URI: sip: is missing before it, or more is wrong")
    })
}

/// Whether the username is the one of To or From, as the script functions of these names check it.
fn note_on_user(case: &Case<'_>) -> Option<String> {
    let (header, check) = match case.request.method() {
        Some("REGISTER") => (HeaderName::To, "check_to"),
        _ => (HeaderName::From, "check_from"),
    };
    let bare = case.answered("username")?.split('@').next()?;
    let user = case.uri_of(header).and_then(unescaped_user)?;
    let is_other = bare != user && !userhash::is_hashed(case);
    is_other.then(|| {
        format!(
            "the username is {bare}, but {} has the user {user}: {check} refuses that",
            header.as_str()
        )
    })
}

fn notes_on_counts(case: &Case<'_>) -> Vec<String> {
    if case.answered("qop").is_some() {
        let nc = case.answered("nc").filter(|nc| nc.len() != 8);
        let note = nc.map(|nc| format!("nc is {nc:?}, but it should have 8 hex digits"));
        return note.into_iter().collect();
    }
    let algorithm = case.answered("algorithm").unwrap_or_default();
    let is_session = algorithm.to_ascii_lowercase().ends_with("-sess");
    let unused = ["nc", "cnonce"].into_iter().filter(|name| {
        let is_hashed = *name == "cnonce" && is_session;
        case.answered(name).is_some() && !is_hashed
    });
    unused
        .map(|name| format!("the answer has {name} and no qop, so {name} is not hashed"))
        .collect()
}

fn notes_on_name(case: &Case<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if case.answered("username").is_some_and(octets::is_raw) {
        notes.push("the username is not UTF-8 (read here as Latin-1): this course's server refuses that with 401".to_owned());
    }
    let owner = userhash::owner(case, None);
    if userhash::is_hashed(case) {
        let whose = owner
            .map(|user| format!(" of {user:?}"))
            .unwrap_or_default();
        notes.push(format!("the username is a hash{whose} (userhash=true, RFC 7616 §3.4.4): this course's server does not offer that and refuses it with 401"));
    } else if let Some(user) = owner {
        notes.push(format!("the username is the hash of {user:?} and the realm; without userhash=true a server takes it for a name"));
    }
    notes
}
