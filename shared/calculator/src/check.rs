//! `calculator check`: whose HA1 it is, or which password an answer was made of.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::flags::CheckFlags;
use crate::input;
use crate::origin::{Origin, origin};
use crate::overheard;
use crate::show::{BAD, GOOD, HASH, MASK, Secrets};
use crate::{Outcome, Report};

/// How many combinations are tried: this is a check, not an attack.
const MOST: usize = 1_000_000;

/// Tries users, realms and passwords on each HA1.
pub(crate) fn run(flags: &CheckFlags, secrets: Secrets) -> Result<Report, Failure> {
    if let Some(file) = &flags.answers {
        return overheard::run(file, passwords(flags)?, MOST, secrets);
    }
    for (index, ha1) in flags.ha1.iter().enumerate() {
        plausible(ha1, index, secrets)?;
    }
    let passwords = passwords(flags)?;
    let combinations = passwords.len() * flags.username.len() * flags.realm.len();
    if combinations > MOST {
        let fault = format!("{combinations} combinations, but at most {MOST} are tried");
        return Err(Failure::Flag("--password", fault));
    }
    let mut text = String::new();
    let mut each = Vec::new();
    let mut outcome = Outcome::Good;
    for (index, ha1) in flags.ha1.iter().enumerate() {
        let origin = origin(&ha1.to_ascii_lowercase(), flags, &passwords);
        let is_right = origin.as_ref().is_some_and(|origin| origin.is_right);
        outcome = outcome.and(Outcome::of(is_right));
        let shown = match secrets {
            Secrets::Shown => ha1.clone(),
            Secrets::Hidden => MASK.to_owned(),
        };
        let number = match secrets {
            Secrets::Hidden if flags.ha1.len() > 1 => format!("  {}", number(index)),
            _ => String::new(),
        };
        let style = if is_right { GOOD } else { BAD };
        let words = words(origin.as_ref());
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{HASH}{shown}{HASH:#}{number}  {style}{words}{style:#}"
        );
        each.push(as_json(&shown, origin.as_ref()));
    }
    Ok(Report {
        text,
        json: json!({ "checked": each }),
        outcome,
    })
}

/// Refuses what cannot be a HA1.
fn plausible(ha1: &str, index: usize, secrets: Secrets) -> Result<(), Failure> {
    let is_hex = ha1.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hex && (ha1.len() == 32 || ha1.len() == 64) {
        return Ok(());
    }
    let which = match secrets {
        Secrets::Shown => format!("{ha1:?}"),
        Secrets::Hidden => number(index),
    };
    let fault = format!(
        "{which} is not a HA1: it has {} characters, not 32 hex digits (MD5) or 64 (SHA-256, SHA-512-256)",
        ha1.chars().count()
    );
    Err(Failure::Flag("HA1", fault))
}

fn passwords(flags: &CheckFlags) -> Result<Vec<String>, Failure> {
    match flags.password.as_slice() {
        [] => {
            let asked = input::ask("a password is needed, and there is no terminal to ask at")?;
            Ok(vec![asked])
        }
        [dash] if dash == "-" => input::lines(),
        given => Ok(given.to_vec()),
    }
}

/// How a HA1 is named when it is not shown.
fn number(index: usize) -> String {
    format!("HA1 number {}", index + 1)
}

fn words(origin: Option<&Origin>) -> &str {
    match origin {
        Some(origin) => &origin.words,
        None => "of none of these users, realms and passwords",
    }
}

fn as_json(shown: &str, origin: Option<&Origin>) -> Value {
    json!({
        "ha1": shown,
        "matches": origin.is_some_and(|origin| origin.is_right),
        "what": words(origin),
        "username": origin.map(|o| &o.username),
        "realm": origin.map(|o| &o.realm),
        "password": origin.map(|o| o.password),
    })
}
