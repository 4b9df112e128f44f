//! Where pasted text, a body and a password come from.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sip_digest::Algorithm;

use crate::failure::Failure;
use crate::flags::SecretFlags;
use crate::recipe::Known;

/// Nobody pastes a longer trace: it would be some hours of a busy server's log.
const MAX_TEXT: u64 = 64 << 20;

const PROMPT: &str = "Password: ";

/// The text of a file, or of standard input for `-`.
pub(crate) fn text(file: &str) -> Result<String, Failure> {
    bytes(file).map(|bytes| sip_paste::text(&bytes))
}

/// A body: the content of the file of this name, or else the text itself.
pub(crate) fn body(given: Option<&str>) -> Result<Option<Vec<u8>>, Failure> {
    match given {
        Some(name) if Path::new(name).is_file() => bytes(name).map(Some),
        Some(text) => Ok(Some(text.as_bytes().to_vec())),
        None => Ok(None),
    }
}

fn bytes(file: &str) -> Result<Vec<u8>, Failure> {
    let failed = |error| match file {
        "-" => Failure::Read("standard input".to_owned(), error),
        _ => Failure::Read(file.to_owned(), error),
    };
    let mut bytes = Vec::new();
    let read = match file {
        "-" => io::stdin()
            .lock()
            .take(MAX_TEXT + 1)
            .read_to_end(&mut bytes),
        _ => File::open(file).and_then(|f| f.take(MAX_TEXT + 1).read_to_end(&mut bytes)),
    };
    if read.map_err(failed)? as u64 > MAX_TEXT {
        let fault = "more than 64 MiB; paste only the part in question";
        return Err(failed(io::Error::other(fault)));
    }
    Ok(bytes)
}

/// Whether a password can be read from standard input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stdin {
    /// It can: `--password -` reads it.
    Free,
    /// It cannot: standard input holds the pasted text.
    Taken,
}

impl Stdin {
    /// What a pasted text from this file leaves of standard input.
    pub(crate) fn beside(file: &str) -> Self {
        match file {
            "-" => Self::Taken,
            _ => Self::Free,
        }
    }
}

/// The password or HA1 of the flags; for `-` the first line of standard input; without either,
/// what a person types at the terminal, unseen.
pub(crate) fn secret(
    flags: &SecretFlags,
    algorithm: Option<Algorithm>,
    stdin: Stdin,
) -> Result<Known, Failure> {
    if let Some(ha1) = &flags.ha1 {
        return known_ha1(ha1, algorithm);
    }
    let password = match flags.password.as_deref() {
        Some("-") if stdin == Stdin::Free => typed_or_piped(),
        Some("-") => {
            ask("standard input holds the pasted text, and there is no terminal to ask at")
        }
        Some(password) => Ok(password.to_owned()),
        None => ask("a password is needed, and there is no terminal to ask at"),
    };
    password.map(Known::Password)
}

/// A HA1 as given: hex digits, as many as the algorithm makes.
fn known_ha1(ha1: &str, algorithm: Option<Algorithm>) -> Result<Known, Failure> {
    let digits = ha1.chars().filter(char::is_ascii_hexdigit).count();
    let fault = match algorithm {
        _ if digits != ha1.chars().count() => Some("not all of it is hex digits".to_owned()),
        Some(algorithm) if digits != algorithm.hash(b"").len() => Some(format!(
            "{digits} hex digits; {} makes {}",
            algorithm.as_str(),
            algorithm.hash(b"").len()
        )),
        None if digits != 32 && digits != 64 => Some(format!(
            "{digits} hex digits; MD5 makes 32, SHA-256 and SHA-512-256 make 64"
        )),
        _ => None,
    };
    match fault {
        Some(fault) => Err(Failure::Flag("--ha1", fault)),
        None => Ok(Known::Ha1(ha1.to_ascii_lowercase())),
    }
}

/// The lines of standard input, for several passwords.
pub(crate) fn lines() -> Result<Vec<String>, Failure> {
    let text = text("-")?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn typed_or_piped() -> Result<String, Failure> {
    let read = sip_password::read(PROMPT);
    let read = read.map_err(|error| Failure::Read("standard input".to_owned(), error))?;
    read.ok_or_else(|| Failure::NoSecret("standard input is empty".to_owned()))
}

/// Asks at the terminal, which need not be standard input.
pub(crate) fn ask(otherwise: &str) -> Result<String, Failure> {
    sip_password::ask(PROMPT).map_err(|_| Failure::NoSecret(otherwise.to_owned()))
}

/// Refuses what no header field may hold: control bytes would end it.
pub(crate) fn plain(flag: &'static str, value: &str) -> Result<(), Failure> {
    let Some(at) = value.chars().position(char::is_control) else {
        return Ok(());
    };
    let fault = format!("character {} is a control character", at + 1);
    Err(Failure::Flag(flag, fault))
}
