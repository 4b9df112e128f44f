//! Which users and hosts the text around an answer names: phones take one for another.

use sip_message::{HeaderName, Uri};

use super::case::{Case, user_of};

/// The users of From, To, Contact and the Request-URI.
pub(crate) fn users(case: &Case<'_>) -> Vec<String> {
    let headers = [HeaderName::From, HeaderName::To, HeaderName::Contact];
    let uris = headers.map(|header| case.uri_of(header));
    let uris = uris.into_iter().chain([case.request.request_uri()]);
    let mut users: Vec<String> = Vec::new();
    for user in uris.flatten().filter_map(user_of) {
        if !users.contains(&user) {
            users.push(user);
        }
    }
    users
}

/// Every host around the answer and the domains it belongs to, each with words for it.
pub(crate) fn hosts(case: &Case<'_>) -> Vec<(String, String)> {
    let realm = |realm: Option<&str>| realm.map(str::to_owned);
    let host = |uri: Option<&str>| Some(Uri::parse(uri?).ok()?.sip()?.host.to_string());
    let of = |header: HeaderName| host(case.uri_of(header));
    let named = [
        (
            "the host of the Request-URI",
            host(case.request.request_uri()),
        ),
        ("the host of uri", host(case.answered("uri"))),
        ("the host of To", of(HeaderName::To)),
        ("the host of From", of(HeaderName::From)),
        ("the realm", realm(case.answered("realm"))),
        (
            "the realm of the challenge",
            realm(case.challenged("realm")),
        ),
        ("the host of Contact", of(HeaderName::Contact)),
        ("the host of Via", via_host(case)),
    ];
    let mut hosts: Vec<(String, String)> = Vec::new();
    for (what, host) in named {
        let Some(host) = host.filter(|host| !host.is_empty()) else {
            continue;
        };
        if !hosts.iter().any(|(known, _)| *known == host) {
            hosts.push((host, what.to_owned()));
        }
    }
    for at in 0..hosts.len() {
        add_domains(&mut hosts, at);
    }
    hosts
}

/// The host of the topmost Via, however damaged the value is.
fn via_host(case: &Case<'_>) -> Option<String> {
    let via = case.request.value(HeaderName::Via)?;
    let sent_by = via.split_whitespace().nth(1)?;
    Some(sent_by.split([';', ':', ',']).next()?.to_owned())
}

/// Adds the domains that a host belongs to. A domain of more than eight labels is made up.
fn add_domains(hosts: &mut Vec<(String, String)>, at: usize) {
    let mut host = hosts[at].0.clone();
    for _ in 0..8 {
        let Some(domain) = domain_of(&host).map(str::to_owned) else {
            return;
        };
        if !hosts.iter().any(|(known, _)| *known == domain) {
            let what =
                format!("{host} without its first label, the domain rather than the machine");
            hosts.push((domain.clone(), what));
        }
        host = domain;
    }
}

/// The domain a machine belongs to; `None` for an address and for a top-level domain.
fn domain_of(host: &str) -> Option<&str> {
    let is_name = host.contains(|c: char| c.is_ascii_alphabetic()) && !host.contains('[');
    let (_, domain) = host.split_once('.')?;
    (is_name && domain.contains('.')).then_some(domain)
}
