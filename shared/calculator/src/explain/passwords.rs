//! What people and phones do to a password. None of the words contains it.

use sip_digest::{Algorithm, ha1};

use super::change::{Change, Mistakes};
use crate::encodings::encodings;
use crate::recipe::{Known, Recipe};

const FIX: &str =
    "give phone and server the same password, and hash it once, as the last part of HA1";

const FIX_ENCODING: &str =
    "hash the password in UTF-8, its letters composed (NFC), as RFC 7616 §4 says";

/// Adds every secret that may have been used in place of the given one.
pub(crate) fn add(mistakes: &mut Mistakes<'_>) {
    let right = mistakes.right.clone();
    let mut put = |secret: Known, what: &str| mistakes.add(Change::Secret(secret), what, FIX);
    let password = match &right.secret {
        Known::Password(password) => password,
        Known::Ha1(ha1) => {
            put(Known::Password(ha1.clone()), HASHED_TWICE);
            let upper = ha1.to_ascii_uppercase();
            return put(Known::Ha1(upper), "HA1 in upper-case hex");
        }
    };
    for (secret, what) in hashed_wrongly(&right, password) {
        put(secret, &what);
    }
    for (other, what) in typed_wrongly(password) {
        put(Known::Password(other), &format!("the password {what}"));
    }
    put(
        Known::Password(right.username.clone()),
        "the username as the password",
    );
    put(Known::Password(String::new()), "no password at all");
    for (what, encoded) in encodings(password) {
        let what = format!("the password {what}");
        let change = Change::Secret(Known::Password(encoded));
        mistakes.add(change, what, FIX_ENCODING);
    }
}

const HASHED_TWICE: &str = "HA1 in place of the password: it was hashed once more";

/// Hashes in each other's place, and hashes of too little.
fn hashed_wrongly(right: &Recipe, password: &str) -> Vec<(Known, String)> {
    let algorithm = right.algorithm;
    let user = &right.username;
    let realm = &right.realm;
    let hash = |text: &str| algorithm.hash(text.as_bytes());
    let mut secrets = vec![
        (
            Known::Password(ha1(algorithm, user, realm, password)),
            HASHED_TWICE.to_owned(),
        ),
        (
            Known::Ha1(hash(password)),
            "the hash of the password alone in place of HA1: user and realm are missing".to_owned(),
        ),
        (
            Known::Password(hash(password)),
            "the hash of the password in place of the password".to_owned(),
        ),
        (
            Known::Ha1(password.to_ascii_lowercase()),
            "the password in place of HA1: it was not hashed at all".to_owned(),
        ),
        (
            Known::Ha1(hash(&format!("{user}:{password}"))),
            "user and password in place of HA1: the realm is missing".to_owned(),
        ),
    ];
    for other in Algorithm::ALL {
        if !other.is_session() && other.function() != algorithm.function() {
            let what = format!("a HA1 of {}, as stored in the database", other.function());
            secrets.push((Known::Ha1(ha1(other, user, realm, password)), what));
        }
    }
    secrets
}

/// Other spellings of the password, with words that follow "the password".
fn typed_wrongly(password: &str) -> [(String, &'static str); 15] {
    [
        (
            format!("{password}\n"),
            "with a line end after it, as `echo` without -n prints it",
        ),
        (
            format!("{password}\r\n"),
            "with the line end of Windows after it",
        ),
        (format!("{password}\r"), "with a carriage return after it"),
        (format!("{password} "), "with a space after it"),
        (format!("{password}\t"), "with a tab after it"),
        (format!("{password}\0"), "with a zero byte after it"),
        (password.trim().to_owned(), "without the spaces around it"),
        (format!(" {password}"), "with a space before it"),
        (format!("\"{password}\""), "with the quotes around it"),
        (
            password.trim_matches(['"', '\'']).to_owned(),
            "without the quotes around it",
        ),
        (password.to_lowercase(), "in lower case"),
        (password.to_uppercase(), "in upper case"),
        (
            first_letter(password, |c| c.to_uppercase().collect()),
            "with a capital first letter",
        ),
        (
            first_letter(password, |c| c.to_lowercase().collect()),
            "with a small first letter",
        ),
        (swapped(password), "typed with caps lock on"),
    ]
}

/// The password with another first letter.
fn first_letter(password: &str, change: fn(char) -> String) -> String {
    let mut letters = password.chars();
    let first = letters.next().map(change).unwrap_or_default();
    first + letters.as_str()
}

/// The password with upper and lower case swapped.
fn swapped(password: &str) -> String {
    let swap = |c: char| -> String {
        if c.is_lowercase() {
            c.to_uppercase().collect()
        } else {
            c.to_lowercase().collect()
        }
    };
    password.chars().map(swap).collect()
}
