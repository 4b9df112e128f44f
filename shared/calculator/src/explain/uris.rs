//! What phones hash in place of the uri they send.

use super::case::Case;
use super::change::{Change, Mistakes};
use crate::paste::PROTECTED;

const MEND: &str = "hash the uri exactly as it stands between the quotes of the header field";

/// The parts of a SIP URI, as written.
#[derive(Clone, Copy)]
struct Parts<'a> {
    scheme: &'a str,
    user: Option<&'a str>,
    host: &'a str,
    port: Option<&'a str>,
    /// Parameters and headers, with what begins them.
    tail: &'a str,
}

impl<'a> Parts<'a> {
    fn of(uri: &'a str) -> Option<Self> {
        let (scheme, rest) = uri.split_once(':')?;
        if !["sip", "sips"]
            .iter()
            .any(|s| scheme.eq_ignore_ascii_case(s))
        {
            return None;
        }
        let (user, rest) = match rest.split_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, rest),
        };
        let tail = rest.find([';', '?']).unwrap_or(rest.len());
        let (hostport, tail) = rest.split_at(tail);
        // The colons of an IPv6 reference stand in brackets.
        let end = hostport.find(']').unwrap_or_default();
        let (host, port) = match hostport[end..].find(':') {
            Some(at) => (&hostport[..end + at], Some(&hostport[end + at + 1..])),
            None => (hostport, None),
        };
        Some(Self {
            scheme,
            user,
            host,
            port,
            tail,
        })
    }

    fn join(self) -> String {
        let Self {
            scheme, host, tail, ..
        } = self;
        let user = self.user.map(|user| format!("{user}@")).unwrap_or_default();
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{scheme}:{user}{host}{port}{tail}")
    }
}

/// Adds every URI that may have been hashed in place of the header field's.
pub(crate) fn add(mistakes: &mut Mistakes<'_>, case: &Case<'_>) {
    let right = mistakes.right.uri.clone();
    let mut put = |uri: String, what: &str| {
        let told = format!("the uri {uri} ({what}), where the header field says {right}");
        mistakes.add(Change::Uri(uri), told, MEND);
    };
    let others = [
        ("the Request-URI", case.request_uri()),
        ("the URI of To", case.uri_of("To")),
        ("the URI of From", case.uri_of("From")),
        ("the URI of Contact", case.uri_of("Contact")),
    ];
    let others = others.map(|(what, uri)| (what, uri.filter(|uri| !uri.contains(PROTECTED))));
    for (what, uri) in others {
        if let Some(uri) = uri {
            put(uri.to_owned(), what);
        }
    }
    variants(&right, "", case, &mut put);
    for (what, uri) in others {
        if let Some(uri) = uri {
            variants(uri, &format!("{what} "), case, &mut put);
        }
    }
}

/// What becomes of a URI on its way through a phone.
fn variants(uri: &str, whose: &str, case: &Case<'_>, put: &mut impl FnMut(String, &str)) {
    let mut put = |uri: String, what: &str| put(uri, &format!("{whose}{what}"));
    if let Some(parts) = Parts::of(uri) {
        let bare = Parts { tail: "", ..parts };
        put(bare.join(), "without parameters");
        put(without_transport(parts), "without its transport");
        put(
            Parts {
                port: None,
                ..parts
            }
            .join(),
            "without the port",
        );
        put(
            Parts { port: None, ..bare }.join(),
            "without port and parameters",
        );
        put(
            Parts {
                user: None,
                ..parts
            }
            .join(),
            "without the user",
        );
        let domain = Parts {
            user: None,
            port: None,
            ..bare
        };
        put(domain.join(), "with the host alone");
        for port in ["5060", "5061", "5080"] {
            put(
                Parts {
                    port: Some(port),
                    ..parts
                }
                .join(),
                "with a port",
            );
        }
        let other = match parts.scheme.eq_ignore_ascii_case("sip") {
            true => "sips",
            false => "sip",
        };
        put(
            Parts {
                scheme: other,
                ..parts
            }
            .join(),
            "with the other scheme",
        );
        for (host, what) in hosts(case) {
            put(
                Parts {
                    host: &host,
                    ..parts
                }
                .join(),
                &what,
            );
            put(
                Parts {
                    host: &host,
                    ..domain
                }
                .join(),
                &what,
            );
        }
        for user in super::people::users(case) {
            put(
                Parts {
                    user: Some(&user),
                    ..parts
                }
                .join(),
                "with a user",
            );
        }
        for transport in ["udp", "tcp", "tls", "ws", "UDP", "TCP", "TLS", "WS"] {
            let tail = format!(";transport={transport}");
            put(
                Parts {
                    tail: &tail,
                    ..parts
                }
                .join(),
                "with a transport",
            );
        }
        put(
            uri.replacen(&format!("{}:", parts.scheme), "", 1),
            "without its scheme",
        );
    }
    put(format!("\"{uri}\""), "its quotes kept");
    put(format!("<{uri}>"), "in angle brackets");
    put(uri.to_ascii_lowercase(), "in lower case");
    put(uri.to_ascii_uppercase(), "in upper case");
    put(format!("{uri} "), "with a blank behind it");
    put(uri.replace("%40", "@"), "its escapes read");
    put(uri.replace('\\', ""), "its backslashes read");
    put(String::new(), "left empty");
}

fn without_transport(parts: Parts<'_>) -> String {
    let tail = parts.tail.split_inclusive(';').collect::<String>();
    let kept: Vec<&str> = tail
        .split(';')
        .filter(|param| !param.to_ascii_lowercase().starts_with("transport="))
        .collect();
    let tail = kept.join(";");
    Parts {
        tail: &tail,
        ..parts
    }
    .join()
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
