//! What phones hash in place of the uri they send.

use sip_message::{HeaderName, Host, Params, SipUri, Uri};
use sip_paste::PROTECTED;

use super::case::Case;
use super::change::{Change, Mistakes};
use super::named::{hosts, users};
use super::spellings::spellings;

const FIX: &str = "hash the uri exactly as it is between the quotes of the header field";

/// Adds every URI that may have been hashed in place of the header field's.
pub(crate) fn add(mistakes: &mut Mistakes<'_>, case: &Case<'_>) {
    let right = mistakes.right.uri.clone();
    let mut put = |uri: String, what: &str| {
        let what = format!("the uri {uri} ({what}), but the header field says {right}");
        mistakes.add(Change::Uri(uri), what, FIX);
    };
    let others = [
        ("the Request-URI", case.request.request_uri()),
        ("the URI of To", case.uri_of(HeaderName::To)),
        ("the URI of From", case.uri_of(HeaderName::From)),
        ("the URI of Contact", case.uri_of(HeaderName::Contact)),
    ];
    let others = others.map(|(what, uri)| Some((what, uri.filter(|u| !u.contains(PROTECTED))?)));
    let others = || others.into_iter().flatten();
    for (what, uri) in others() {
        put(uri.to_owned(), what);
    }
    let around = Around {
        hosts: hosts(case),
        users: users(case),
    };
    for (uri, what) in variants(&right, &around) {
        put(uri, &what);
    }
    for (whose, other) in others() {
        for (uri, what) in variants(other, &around) {
            put(uri, &format!("{whose} {what}"));
        }
    }
}

/// What the text around an answer names.
struct Around {
    hosts: Vec<(String, String)>,
    users: Vec<String>,
}

/// What a phone may make of a URI, with words for each.
fn variants(uri: &str, around: &Around) -> Vec<(String, String)> {
    let parsed = Uri::parse(uri).ok();
    let mut list = match parsed.as_ref().and_then(Uri::sip) {
        Some(parts) => {
            let others = without_transport(parts.params);
            let mut list = of_parts(*parts, &others, around);
            if let Some((_, rest)) = uri.split_once(':') {
                list.push((rest.to_owned(), "without its scheme".to_owned()));
            }
            list
        }
        None => ["sip:", "sips:"]
            .map(|scheme| (format!("{scheme}{uri}"), format!("with {scheme} before it")))
            .into(),
    };
    let texts = [
        (format!("<{uri}>"), "in angle brackets"),
        (uri.replace("%40", "@"), "with its escapes read"),
        (String::new(), "empty"),
    ];
    let texts = spellings(uri).into_iter().chain(texts);
    list.extend(texts.map(|(uri, what)| (uri, what.to_owned())));
    list
}

const TRANSPORTS: [&str; 8] = [
    ";transport=udp",
    ";transport=tcp",
    ";transport=tls",
    ";transport=ws",
    ";transport=UDP",
    ";transport=TCP",
    ";transport=TLS",
    ";transport=WS",
];

/// The URI with parts removed, added and exchanged. `others` are its parameters without the
/// transport.
fn of_parts<'a>(uri: SipUri<'a>, others: &'a str, around: &'a Around) -> Vec<(String, String)> {
    let mut list = Vec::new();
    let mut with = |change: &dyn Fn(&mut SipUri<'a>), what: &str| {
        let mut changed = uri;
        change(&mut changed);
        list.push((written(&changed), what.to_owned()));
    };
    with(&|p| set_params(p, ""), "without parameters");
    with(&|p| p.params = Params::new(others), "without its transport");
    with(&|p| p.port = None, "without the port");
    with(
        &|p| {
            p.port = None;
            set_params(p, "");
        },
        "without port and parameters",
    );
    with(&|p| (p.user, p.password) = (None, None), "without the user");
    with(&|p| *p = host_alone(p, p.host), "with the host alone");
    for port in [5060, 5061, 5080] {
        with(&|p| p.port = Some(port), "with a port");
    }
    with(&|p| p.secure = !p.secure, "with the other scheme");
    for (host, what) in &around.hosts {
        let host = Host::Name(host);
        with(&|p| p.host = host, what);
        with(&|p| *p = host_alone(p, host), what);
    }
    for user in &around.users {
        let change = |p: &mut SipUri<'a>| (p.user, p.password) = (Some(user.as_str()), None);
        with(&change, "with a user");
    }
    for params in TRANSPORTS {
        with(&|p| set_params(p, params), "with a transport");
    }
    list
}

/// Replaces everything after the host and the port.
fn set_params<'a>(uri: &mut SipUri<'a>, params: &'a str) {
    uri.params = Params::new(params);
    uri.headers = None;
}

/// The URI of another host, without user, port and parameters.
fn host_alone<'a>(uri: &SipUri<'a>, host: Host<'a>) -> SipUri<'a> {
    SipUri {
        secure: uri.secure,
        user: None,
        password: None,
        host,
        port: None,
        params: Params::new(""),
        headers: None,
    }
}

fn without_transport(params: Params<'_>) -> String {
    let is_transport = |param: &&str| param.to_ascii_lowercase().starts_with("transport=");
    let others = params.as_str().split(';').filter(|p| !is_transport(p));
    others.collect::<Vec<_>>().join(";")
}

fn written(uri: &SipUri<'_>) -> String {
    let mut out = if uri.secure { "sips:" } else { "sip:" }.to_owned();
    if let Some(user) = uri.user {
        out.push_str(user);
        if let Some(password) = uri.password {
            out.push_str(&format!(":{password}"));
        }
        out.push('@');
    }
    out.push_str(&uri.host.to_string());
    if let Some(port) = uri.port {
        out.push_str(&format!(":{port}"));
    }
    out.push_str(uri.params.as_str());
    if let Some(headers) = uri.headers {
        out.push_str(&format!("?{headers}"));
    }
    out
}
