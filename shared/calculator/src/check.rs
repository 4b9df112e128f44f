//! `calculator check`: whose HA1 is it?

use std::fmt::Write;

use serde_json::json;
use sip_digest::Algorithm;

use crate::failure::Failure;
use crate::flags::CheckFlags;
use crate::input;
use crate::octets;
use crate::show::{BAD, GOOD, HASH, MASK, Secrets};
use crate::{Outcome, Report};

/// How many combinations are tried: this is a check, not an attack.
const MOST: usize = 1_000_000;

/// What a HA1 turned out to be.
struct Origin {
    words: String,
    username: String,
    realm: String,
    /// Its place among those given, from 1.
    password: usize,
    is_right: bool,
}

/// Tries users, realms and passwords on each.
pub(crate) fn run(flags: &CheckFlags, secrets: Secrets) -> Result<Report, Failure> {
    for (index, ha1) in flags.ha1.iter().enumerate() {
        let is_hex = ha1.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_hex || (ha1.len() != 32 && ha1.len() != 64) {
            let fault = format!(
                "{} is not a HA1: {} characters, where 32 hex digits (MD5) or 64 (SHA-256, SHA-512-256) are wanted",
                match secrets {
                    Secrets::Shown => format!("{ha1:?}"),
                    Secrets::Hidden => number(index),
                },
                ha1.chars().count()
            );
            return Err(Failure::Flag("HA1", fault));
        }
    }
    let passwords = match flags.password.as_slice() {
        [] => vec![input::ask(
            "a password is needed, and there is no terminal to ask at",
        )?],
        [dash] if dash == "-" => input::lines()?,
        given => given.to_vec(),
    };
    let combinations = passwords.len() * flags.username.len() * flags.realm.len();
    if combinations > MOST {
        let fault = format!("{combinations} combinations, and {MOST} are tried at most");
        return Err(Failure::Flag("--password", fault));
    }
    let mut text = String::new();
    let mut each = Vec::new();
    let mut outcome = Outcome::Good;
    for (index, ha1) in flags.ha1.iter().enumerate() {
        let origin = origin(&ha1.to_ascii_lowercase(), flags, &passwords);
        let is_right = origin.as_ref().is_some_and(|origin| origin.is_right);
        outcome = outcome.and(Outcome::of(is_right));
        let (style, words) = match &origin {
            Some(origin) if origin.is_right => (GOOD, origin.words.as_str()),
            Some(origin) => (BAD, origin.words.as_str()),
            None => (BAD, "of none of these users, realms and passwords"),
        };
        // Writing to a String cannot fail.
        let shown = match secrets {
            Secrets::Shown => ha1.clone(),
            Secrets::Hidden => MASK.to_owned(),
        };
        let which = match (secrets, flags.ha1.len()) {
            (Secrets::Hidden, 2..) => format!("  {}", number(index)),
            _ => String::new(),
        };
        let _ = writeln!(
            text,
            "{HASH}{shown}{HASH:#}{which}  {style}{words}{style:#}"
        );
        each.push(json!({
            "ha1": shown,
            "matches": is_right,
            "what": words,
            "username": origin.as_ref().map(|o| &o.username),
            "realm": origin.as_ref().map(|o| &o.realm),
            "password": origin.as_ref().map(|o| o.password),
        }));
    }
    Ok(Report {
        text,
        json: json!({ "checked": each }),
        outcome,
    })
}

/// A HA1 by its place among those given, where it is not shown itself.
fn number(index: usize) -> String {
    format!("HA1 number {}", index + 1)
}

/// Where a HA1 comes from: the right way, or one of the ways that go wrong.
fn origin(ha1: &str, flags: &CheckFlags, passwords: &[String]) -> Option<Origin> {
    let algorithms: &[Algorithm] = match ha1.len() {
        32 => &[Algorithm::Md5],
        _ => &[Algorithm::Sha256, Algorithm::Sha512Of256],
    };
    let is_it = |way: &Way| {
        let mut hashes = algorithms.iter().map(|a| a.hash(&octets::bytes(&way.text)));
        hashes.any(|hash| hash == ha1)
    };
    for (index, password) in passwords.iter().enumerate() {
        for username in &flags.username {
            for realm in &flags.realm {
                let found = ways(username, realm, password).into_iter().find(is_it);
                if let Some(way) = found {
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
    }
    None
}

/// A way to make a HA1.
struct Way {
    name: String,
    text: String,
    is_right: bool,
}

fn ways(username: &str, realm: &str, password: &str) -> Vec<Way> {
    let right = |name: &str, text| Way {
        name: name.to_owned(),
        text,
        is_right: true,
    };
    let wrong = |name: &str, text| Way {
        name: name.to_owned(),
        text,
        is_right: false,
    };
    let mut ways = vec![
        right("HA1", format!("{username}:{realm}:{password}")),
        right(
            "HA1B (user@domain)",
            format!("{username}@{realm}:{realm}:{password}"),
        ),
        wrong(
            "not HA1, a line end was hashed behind the password (echo without -n?):",
            format!("{username}:{realm}:{password}\n"),
        ),
        wrong(
            "not HA1B, a line end was hashed behind the password (echo without -n?):",
            format!("{username}@{realm}:{realm}:{password}\n"),
        ),
        wrong(
            "not HA1, the hash of the password alone:",
            password.to_owned(),
        ),
        wrong(
            "not HA1, the hash of the password and a line end:",
            format!("{password}\n"),
        ),
        wrong(
            "not HA1, the realm is missing:",
            format!("{username}:{password}"),
        ),
        wrong(
            "not HA1, the realm stands before the user:",
            format!("{realm}:{username}:{password}"),
        ),
    ];
    let encodings = octets::encodings(&format!("{username}:{realm}:{password}"));
    ways.extend(encodings.into_iter().map(|(how, text)| Way {
        name: format!("not HA1 of UTF-8, it was hashed {how}:"),
        text,
        is_right: false,
    }));
    ways
}
