//! The users and hosts that the text around an answer names: phones take one for another.

use super::case::{Case, user_of};
use super::parts::Parts;

/// The users of To, From, Contact and the Request-URI.
pub(crate) fn users(case: &Case<'_>) -> Vec<String> {
    let mut users: Vec<String> = Vec::new();
    let uris = ["From", "To", "Contact"].map(|header| case.uri_of(header));
    for uri in uris.into_iter().chain([case.request_uri()]).flatten() {
        if let Some(user) = user_of(uri)
            && !users.iter().any(|known| known == user)
        {
            users.push(user.to_owned());
        }
    }
    users
}

/// Every host of the text around the answer, and the domains they lie in, with words for them.
pub(crate) fn hosts(case: &Case<'_>) -> Vec<(String, String)> {
    let realm = |params: &crate::paste::Params| params.value("realm").map(str::to_owned);
    let host = |uri: Option<&str>| uri.and_then(Parts::of).map(|parts| parts.host.to_owned());
    let via = case.request.header("Via").and_then(|via| {
        let sent_by = via.split_whitespace().nth(1)?;
        Some(sent_by.split([';', ':', ',']).next()?.to_owned())
    });
    let challenge = case.challenge.as_ref();
    let named = [
        ("the host of the Request-URI", host(case.request_uri())),
        ("the host of uri", host(case.answer.params.value("uri"))),
        ("the host of To", host(case.uri_of("To"))),
        ("the host of From", host(case.uri_of("From"))),
        ("the realm", realm(&case.answer.params)),
        (
            "the realm of the challenge",
            challenge.and_then(|c| realm(&c.digest.params)),
        ),
        ("the host of Contact", host(case.uri_of("Contact"))),
        ("the host of Via", via),
    ];
    let mut hosts: Vec<(String, String)> = Vec::new();
    for (what, host) in named {
        let host = host.filter(|host| !host.is_empty());
        if let Some(host) = host.filter(|host| !hosts.iter().any(|(known, _)| known == host)) {
            hosts.push((host, what.to_owned()));
        }
    }
    for at in 0..hosts.len() {
        let mut host = hosts[at].0.clone();
        // A domain of more than eight labels is made up.
        for _ in 0..8 {
            let Some(domain) = domain_of(&host).map(str::to_owned) else {
                break;
            };
            if !hosts.iter().any(|(known, _)| *known == domain) {
                let what =
                    format!("{host} without its first label, the domain rather than the machine");
                hosts.push((domain.clone(), what));
            }
            host = domain;
        }
    }
    hosts
}

/// The domain a machine lies in; none of an address, and none of a domain of the first level.
fn domain_of(host: &str) -> Option<&str> {
    let is_name = host.contains(|c: char| c.is_ascii_alphabetic()) && !host.contains('[');
    let (_, domain) = host.split_once('.')?;
    (is_name && domain.contains('.')).then_some(domain)
}
