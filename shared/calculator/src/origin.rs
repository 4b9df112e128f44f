//! How a HA1 may have been made: the right way, or one of the ways that go wrong.

use sip_digest::Algorithm;
use sip_paste::octets;

use crate::encodings::encodings;
use crate::flags::CheckFlags;

/// What a HA1 turned out to be.
pub(crate) struct Origin {
    /// How it was made and of what.
    pub(crate) words: String,
    pub(crate) username: String,
    pub(crate) realm: String,
    /// The place of its password among those given, from 1.
    pub(crate) password: usize,
    pub(crate) is_right: bool,
}

/// Where a HA1 in lower-case hex comes from; `None` if from none of these.
pub(crate) fn origin(ha1: &str, flags: &CheckFlags, passwords: &[String]) -> Option<Origin> {
    for (index, password) in passwords.iter().enumerate() {
        for username in &flags.username {
            for realm in &flags.realm {
                let ways = ways(username, realm, password);
                let Some(way) = ways.into_iter().find(|way| gives(&way.text, ha1)) else {
                    continue;
                };
                let which = match passwords.len() {
                    1 => String::new(),
                    count => format!(", password {} of {count}", index + 1),
                };
                let words = format!("{} of {username} in {realm}{which}", way.name);
                return Some(Origin {
                    words: sip_message::printable(words.as_bytes()),
                    username: username.clone(),
                    realm: realm.clone(),
                    password: index + 1,
                    is_right: way.is_right,
                });
            }
        }
    }
    None
}

/// Whether one of the algorithms makes this hash of the text.
fn gives(text: &str, ha1: &str) -> bool {
    let algorithms: &[Algorithm] = match ha1.len() {
        32 => &[Algorithm::Md5],
        _ => &[Algorithm::Sha256, Algorithm::Sha512Of256],
    };
    let bytes = octets::bytes(text);
    algorithms.iter().any(|a| a.hash(&bytes) == ha1)
}

/// A way to make a HA1.
struct Way {
    name: String,
    text: String,
    is_right: bool,
}

fn ways(username: &str, realm: &str, password: &str) -> Vec<Way> {
    let ha1 = format!("{username}:{realm}:{password}");
    let ha1b = format!("{username}@{realm}:{realm}:{password}");
    let right = [("HA1", ha1.clone()), ("HA1B (user@domain)", ha1b.clone())];
    let wrong = [
        (
            "not HA1, a line end was hashed after the password (echo without -n?):",
            format!("{ha1}\n"),
        ),
        (
            "not HA1B, a line end was hashed after the password (echo without -n?):",
            format!("{ha1b}\n"),
        ),
        (
            "not HA1, the hash of the password alone:",
            password.to_owned(),
        ),
        (
            "not HA1, the hash of the password and a line end:",
            format!("{password}\n"),
        ),
        (
            "not HA1, the realm is missing:",
            format!("{username}:{password}"),
        ),
        (
            "not HA1, the realm is before the user:",
            format!("{realm}:{username}:{password}"),
        ),
    ];
    let encoded = encodings(&ha1).into_iter().map(|(how, text)| Way {
        name: format!("not HA1 of UTF-8, it was hashed {how}:"),
        text,
        is_right: false,
    });
    let way = |is_right| {
        move |(name, text): (&str, String)| Way {
            name: name.to_owned(),
            text,
            is_right,
        }
    };
    let right = right.into_iter().map(way(true));
    let wrong = wrong.into_iter().map(way(false));
    right.chain(wrong).chain(encoded).collect()
}
