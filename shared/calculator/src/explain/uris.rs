//! What phones hash in place of the uri they send.

use super::case::Case;
use super::change::{Change, Mistakes};
use super::named::{hosts, users};
use super::parts::Parts;
use crate::paste::{PROTECTED, unescaped};

const MEND: &str = "hash the uri exactly as it stands between the quotes of the header field";

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
        for user in users(case) {
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
    } else {
        put(format!("sip:{uri}"), "with the scheme it lacks, sip:");
        put(format!("sips:{uri}"), "with the scheme it lacks, sips:");
    }
    put(format!("\"{uri}\""), "its quotes kept");
    put(format!("<{uri}>"), "in angle brackets");
    put(uri.to_ascii_lowercase(), "in lower case");
    put(uri.to_ascii_uppercase(), "in upper case");
    put(format!("{uri} "), "with a blank behind it");
    put(uri.replace("%40", "@"), "its escapes read");
    put(unescaped(uri), "its backslashes read");
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
