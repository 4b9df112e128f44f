//! What phones hash in place of user, realm and password.

use sip_digest::{Algorithm, ha1};

use super::case::Case;
use super::change::{Change, Mistakes};
use super::named::{hosts, users};
use super::userhash;
use crate::octets;
use crate::paste::{escaped, unescaped};
use crate::recipe::Known;

/// Adds realms: domains, addresses, URIs, quotes kept.
pub(crate) fn add_realms(mistakes: &mut Mistakes<'_>, case: &Case<'_>) {
    const MEND: &str =
        "hash the realm of the challenge as it stands between its quotes, whatever the domain is";
    let right = mistakes.right.realm.clone();
    let mut put = |realm: String, what: &str| {
        let told = format!(
            "the realm {:?} ({what}), where the header field says {:?}",
            octets::letters(&realm),
            octets::letters(&right)
        );
        mistakes.add(Change::Realm(realm), told, MEND);
    };
    let challenge = case.challenge.as_ref();
    if let Some(realm) = challenge.and_then(|c| c.digest.params.value("realm")) {
        put(realm.to_owned(), "that of the challenge");
    }
    put(format!("\"{right}\""), "its quotes kept");
    for (host, what) in hosts(case) {
        put(format!("{host}:5060"), &format!("{what}, with the port"));
        put(format!("sip:{host}"), &format!("{what}, as a URI"));
        put(host, &what);
    }
    for (uri, what) in [
        (case.answer.params.value("uri"), "the uri"),
        (case.request_uri(), "the Request-URI"),
        (case.uri_of("To"), "the URI of To"),
    ] {
        let Some(uri) = uri else { continue };
        put(uri.to_owned(), what);
        if let Some((scheme, machine)) = uri.split_once(':')
            && let Some((_, domain)) = machine.split_once('.')
        {
            put(
                format!("{scheme}:{domain}"),
                &format!("{what} without the first label"),
            );
        }
    }
    put(right.to_ascii_lowercase(), "in lower case");
    put(right.to_ascii_uppercase(), "in upper case");
    put(right.trim().to_owned(), "without the blanks around it");
    put(format!("{right} "), "with a blank behind it");
    put(unescaped(&right), "its backslashes read");
    put(escaped(&right), "with a backslash before each quote");
    let of_challenge = challenge.and_then(|c| c.digest.params.value("realm"));
    for realm in of_challenge.into_iter().chain([right.as_str()]) {
        put(
            unescaped(realm),
            "that of the challenge, its backslashes read",
        );
        if let Some(quote) = realm.find('"') {
            let what = "cut at the quote inside it, as SIPp, pyVoIP and sippy do";
            put(realm[..quote].to_owned(), what);
            put(realm[..quote].trim_end_matches('\\').to_owned(), what);
        }
    }
    encodings(&right, &mut put);
    put("asterisk".to_owned(), "what Asterisk calls itself");
    put(String::new(), "left empty");
}

/// The name in the header field, which with `userhash` is a hash.
fn sent_name<'a>(case: &'a Case<'_>, right: &'a str) -> &'a str {
    case.answer.params.value("username").unwrap_or(right)
}

/// Adds usernames: with and without the domain, other users of the message, quotes kept.
pub(crate) fn add_usernames(mistakes: &mut Mistakes<'_>, case: &Case<'_>) {
    const MEND: &str = "hash the username as it stands in the header field: with its domain if one stands there, else without";
    let right = mistakes.right.username.clone();
    let realm = mistakes.right.realm.clone();
    let mut put = |user: String, what: &str| {
        let told = format!(
            "the username {:?} ({what}), where the header field says {:?}",
            octets::letters(&user),
            octets::letters(sent_name(case, &right))
        );
        mistakes.add(Change::Username(user), told, MEND);
    };
    if let Some(user) = userhash::owner(case, None) {
        put(user, "the user whose hash the header field has");
    }
    let bare = right.split('@').next().unwrap_or_default().to_owned();
    put(bare.clone(), "without its domain");
    put(
        format!("{bare}@{realm}"),
        "with the realm as its domain, as HA1B has it",
    );
    for (host, what) in hosts(case) {
        put(format!("{bare}@{host}"), &format!("with a domain, {what}"));
    }
    for user in users(case) {
        put(user, "another user of the message");
    }
    put(format!("\"{right}\""), "its quotes kept");
    put(format!("sip:{right}"), "as a URI");
    put(format!("sip:{bare}@{realm}"), "as a URI");
    put(right.to_ascii_lowercase(), "in lower case");
    put(right.to_ascii_uppercase(), "in upper case");
    put(right.trim().to_owned(), "without the blanks around it");
    put(format!("{right} "), "with a blank behind it");
    put(right.replace("%40", "@"), "its escapes read");
    put(unescaped(&right), "its backslashes read");
    put(escaped(&right), "with another backslash before each");
    encodings(&right, &mut put);
    let sent = case.answer.params.value("username").unwrap_or_default();
    put(
        sent.to_owned(),
        "the hash of the user as it was sent, and not the user",
    );
    put(String::new(), "left empty");
}

/// Adds the ways to write letters beyond ASCII as bytes.
fn encodings(text: &str, put: &mut impl FnMut(String, &str)) {
    for (what, encoded) in octets::encodings(text) {
        put(encoded, what);
    }
}

/// Adds what is done to passwords. None of the words holds one.
pub(crate) fn add_passwords(mistakes: &mut Mistakes<'_>) {
    const MEND: &str =
        "give phone and server the same password, and hash it once, as the last part of HA1";
    let (right, algorithm) = (mistakes.right.clone(), mistakes.right.algorithm);
    let mut put = |secret: Known, what: &str| mistakes.add(Change::Secret(secret), what, MEND);
    let password = match &right.secret {
        Known::Password(password) => password.clone(),
        Known::Ha1(ha1) => {
            put(
                Known::Password(ha1.clone()),
                "HA1 in place of the password: it was hashed once more",
            );
            return put(
                Known::Ha1(ha1.to_ascii_uppercase()),
                "HA1 in upper-case hex",
            );
        }
    };
    let of = |password: &str| ha1(algorithm, &right.username, &right.realm, password);
    put(
        Known::Password(of(&password)),
        "HA1 in place of the password: it was hashed once more",
    );
    put(
        Known::Ha1(algorithm.hash(password.as_bytes())),
        "the hash of the password alone in place of HA1: user and realm are missing",
    );
    put(
        Known::Password(algorithm.hash(password.as_bytes())),
        "the hash of the password in place of the password",
    );
    put(
        Known::Ha1(password.to_ascii_lowercase()),
        "the password in place of HA1: it was not hashed at all",
    );
    let two = format!("{}:{password}", right.username);
    put(
        Known::Ha1(algorithm.hash(two.as_bytes())),
        "user and password in place of HA1: the realm is missing",
    );
    let others = Algorithm::ALL
        .into_iter()
        .filter(|other| !other.is_session() && other.function() != algorithm.function());
    for other in others {
        let what = format!(
            "a HA1 of {}, as it was kept in the database",
            other.function()
        );
        put(
            Known::Ha1(ha1(other, &right.username, &right.realm, &password)),
            &what,
        );
    }
    for (ends, what) in [
        (
            "\n",
            "the password with a line end behind it, as `echo` without -n gives it",
        ),
        (
            "\r\n",
            "the password with the line end of Windows behind it",
        ),
        ("\r", "the password with a carriage return behind it"),
        (" ", "the password with a blank behind it"),
        ("\t", "the password with a tab behind it"),
        ("\0", "the password with a zero byte behind it"),
    ] {
        put(Known::Password(format!("{password}{ends}")), what);
    }
    for (what, encoded) in octets::encodings(&password) {
        const MEND: &str =
            "hash the password in UTF-8, its letters composed (NFC), as RFC 7616 §4 says";
        let what = format!("the password {what}");
        mistakes.add(Change::Secret(Known::Password(encoded)), what, MEND);
    }
    let mut put = |password: String, what: &str| {
        mistakes.add(Change::Secret(Known::Password(password)), what, MEND);
    };
    put(
        password.trim().to_owned(),
        "the password without the blanks around it",
    );
    put(
        format!(" {password}"),
        "the password with a blank before it",
    );
    put(
        format!("\"{password}\""),
        "the password, the quotes around it kept",
    );
    put(
        password.trim_matches(['"', '\'']).to_owned(),
        "the password without the quotes around it",
    );
    put(password.to_lowercase(), "the password in lower case");
    put(password.to_uppercase(), "the password in upper case");
    put(
        first_letter(&password, true),
        "the password with a large first letter",
    );
    put(
        first_letter(&password, false),
        "the password with a small first letter",
    );
    put(
        swapped(&password),
        "the password typed with the caps lock on",
    );
    put(right.username.clone(), "the username as the password");
    put(String::new(), "no password at all");
}

fn first_letter(password: &str, upper: bool) -> String {
    let mut letters = password.chars();
    let first: String = match (letters.next(), upper) {
        (Some(c), true) => c.to_uppercase().collect(),
        (Some(c), false) => c.to_lowercase().collect(),
        (None, _) => String::new(),
    };
    first + letters.as_str()
}

fn swapped(password: &str) -> String {
    let swap = |c: char| match c.is_lowercase() {
        true => c.to_uppercase().collect::<String>(),
        false => c.to_lowercase().collect(),
    };
    password.chars().map(swap).collect()
}
