//! What phones hash in place of the username: with or without the domain, other users, other
//! spellings.

use sip_paste::{escaped, octets};

use super::case::Case;
use super::change::{Change, Mistakes};
use super::named::{hosts, users};
use super::spellings::spellings;
use super::userhash;
use crate::encodings::encodings;

const FIX: &str = "hash the username exactly as the header field has it: with its domain only if it has one there";

/// Adds every username that may have been hashed in place of the header field's.
pub(crate) fn add(mistakes: &mut Mistakes<'_>, case: &Case<'_>) {
    let right = mistakes.right.username.clone();
    let realm = mistakes.right.realm.clone();
    // With userhash, the header field has a hash of the name.
    let sent = case.answered("username");
    let mut put = |user: String, what: &str| {
        let what = format!(
            "the username {:?} ({what}), but the header field says {:?}",
            octets::letters(&user),
            octets::letters(sent.unwrap_or(&right))
        );
        mistakes.add(Change::Username(user), what, FIX);
    };
    if let Some(user) = userhash::owner(case, None) {
        put(user, "the user whose hash the header field has");
    }
    let bare = right.split('@').next().unwrap_or_default();
    put(bare.to_owned(), "without its domain");
    put(
        format!("{bare}@{realm}"),
        "with the realm as its domain, as in HA1B",
    );
    for (host, what) in hosts(case) {
        put(format!("{bare}@{host}"), &format!("with a domain, {what}"));
    }
    for user in users(case) {
        put(user, "another user of the message");
    }
    for (user, what) in [
        (format!("sip:{right}"), "as a URI"),
        (format!("sip:{bare}@{realm}"), "as a URI"),
        (right.replace("%40", "@"), "with its escapes read"),
        (escaped(&right), "with another backslash before each one"),
    ] {
        put(user, what);
    }
    for (user, what) in spellings(&right) {
        put(user, what);
    }
    for (what, user) in encodings(&right) {
        put(user, what);
    }
    put(
        sent.unwrap_or_default().to_owned(),
        "the hash that was sent, and not the user",
    );
    put(String::new(), "empty");
}
