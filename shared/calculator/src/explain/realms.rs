//! What phones hash in place of the realm: domains, addresses, URIs, other spellings.

use sip_message::HeaderName;
use sip_paste::{escaped, octets, unescaped};

use super::case::Case;
use super::change::{Change, Mistakes};
use super::named::hosts;
use super::spellings::spellings;
use crate::encodings::encodings;

const FIX: &str =
    "hash the realm of the challenge exactly as it is between its quotes, whatever the domain is";

/// Adds every realm that may have been hashed in place of the header field's.
pub(crate) fn add(mistakes: &mut Mistakes<'_>, case: &Case<'_>) {
    let right = mistakes.right.realm.clone();
    let mut put = |realm: String, what: &str| {
        let what = format!(
            "the realm {:?} ({what}), but the header field says {:?}",
            octets::letters(&realm),
            octets::letters(&right)
        );
        mistakes.add(Change::Realm(realm), what, FIX);
    };
    let challenged = case.challenged("realm");
    if let Some(realm) = challenged {
        put(realm.to_owned(), "the challenge's");
    }
    for (host, what) in hosts(case) {
        put(format!("{host}:5060"), &format!("{what}, with the port"));
        put(format!("sip:{host}"), &format!("{what}, as a URI"));
        put(host, &what);
    }
    for (uri, what) in uris(case) {
        put(uri, &what);
    }
    for (realm, what) in spellings(&right) {
        put(realm, what);
    }
    put(escaped(&right), "with a backslash before each quote");
    for realm in challenged.into_iter().chain([right.as_str()]) {
        put(
            unescaped(realm),
            "the challenge's, with its backslash escapes read",
        );
        if let Some(quote) = realm.find('"') {
            let what = "cut at the quote inside it, as SIPp, pyVoIP and sippy do";
            put(realm[..quote].to_owned(), what);
            put(realm[..quote].trim_end_matches('\\').to_owned(), what);
        }
    }
    for (what, realm) in encodings(&right) {
        put(realm, what);
    }
    put("asterisk".to_owned(), "what Asterisk calls itself");
    put(String::new(), "empty");
}

/// The URIs of the request, and each with the domain in place of the machine.
fn uris(case: &Case<'_>) -> Vec<(String, String)> {
    let mut uris = Vec::new();
    for (uri, what) in [
        (case.answered("uri"), "the uri"),
        (case.request.request_uri(), "the Request-URI"),
        (case.uri_of(HeaderName::To), "the URI of To"),
    ] {
        let Some(uri) = uri else { continue };
        uris.push((uri.to_owned(), what.to_owned()));
        if let Some((scheme, machine)) = uri.split_once(':')
            && let Some((_, domain)) = machine.split_once('.')
        {
            let what = format!("{what} without the first label");
            uris.push((format!("{scheme}:{domain}"), what));
        }
    }
    uris
}
