//! How the work is shown, to people and to programs.

use std::fmt::{Display, Write as _};
use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::json;
use sip_digest::Qop;
use sip_paste::octets;

use crate::recipe::{Form, Known, Recipe};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const NAME: Style = Style::new().bold();
pub(crate) const HASH: Style = AnsiColor::Cyan.on_default();
pub(crate) const QUIET: Style = Style::new().dimmed();

pub(crate) const MASK: &str = "********";

/// Prints an error on standard error: in words, or as a line of JSON.
pub(crate) fn error(is_json: bool, text: impl Display) {
    let mut out = anstream::stderr().lock();
    // If that cannot be written either, the exit code has to do.
    let text = text.to_string();
    let _ = if is_json {
        writeln!(out, "{}", json_line(&json!({ "error": text })))
    } else {
        writeln!(out, "{BAD}error{BAD:#}: {}", octets::printable(&text))
    };
}

/// A value as one line of JSON. Characters that would move a cursor or hide in a terminal are
/// escaped; the value stays the same.
pub(crate) fn json_line(value: &serde_json::Value) -> String {
    let line = octets::letters(&value.to_string());
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        if sip_message::is_printable(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

/// Whether the password and HA1 are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secrets {
    /// They are, as in work on paper.
    Shown,
    /// They are masked, and the rest can be shown to anyone.
    Hidden,
}

/// One hash of the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// Its name: `HA1`.
    pub(crate) name: &'static str,
    /// How, in names: `username:realm:password`.
    pub(crate) formula: String,
    /// The text that is hashed.
    pub(crate) text: String,
    /// The hash in hex.
    pub(crate) hash: String,
    /// The hash function: `MD5`.
    pub(crate) function: &'static str,
}

/// Every hash of a response, in the order of the work.
pub(crate) fn lines(recipe: &Recipe, secrets: Secrets) -> Vec<Line> {
    let function = recipe.algorithm.function();
    let mut lines = Vec::with_capacity(6);
    let mut hidden: Vec<String> = Vec::new();
    if let Known::Ha1(ha1) = &recipe.secret {
        hidden.push(ha1.clone());
    }
    for step in recipe.work() {
        let mut text = step.text;
        if let ("HA1", Known::Password(_)) = (step.name, &recipe.secret)
            && secrets == Secrets::Hidden
        {
            text = format!("{}:{}:{MASK}", recipe.username, recipe.realm);
        }
        if step.name.starts_with("HA1") {
            hidden.push(step.hash.clone());
        }
        if step.name == "HA2" && covers_body(recipe) {
            lines.push(Line {
                name: "hash of the body",
                formula: "body".to_owned(),
                text: format!("{} bytes", recipe.body.bytes.len()),
                hash: recipe.body.hash(recipe.algorithm).to_owned(),
                function,
            });
        }
        lines.push(Line {
            name: step.name,
            formula: formula(step.name, recipe),
            text,
            hash: step.hash,
            function,
        });
    }
    if secrets == Secrets::Hidden {
        for line in &mut lines {
            for secret in hidden.iter().filter(|secret| !secret.is_empty()) {
                line.text = line.text.replace(secret, MASK);
                line.text = line.text.replace(&secret.to_ascii_uppercase(), MASK);
                line.hash = line.hash.replace(secret, MASK);
            }
        }
    }
    lines
}

fn covers_body(recipe: &Recipe) -> bool {
    let protection = recipe.protection.as_ref();
    protection.is_some_and(|p| p.qop == Qop::AuthInt)
}

fn formula(name: &str, recipe: &Recipe) -> String {
    let ha1 = match recipe.form {
        _ if !recipe.algorithm.is_session() => "HA1",
        Form::SessionText => "HA1:nonce:cnonce",
        _ => "HA1 of the session",
    };
    let formula = match name {
        "HA1" => "username:realm:password",
        "HA2" if covers_body(recipe) => "method:uri:hash of the body",
        "HA2" => "method:uri",
        "HA1 of the session" => "HA1:nonce:cnonce",
        _ if recipe.protection.is_none() => return format!("{ha1}:nonce:HA2"),
        _ => {
            let middle = match recipe.form {
                Form::WithoutNc => "cnonce:qop",
                Form::WithoutCnonce => "nc:qop",
                Form::WithoutQop => "nc:cnonce",
                Form::CnonceFirst => "cnonce:nc:qop",
                _ => "nc:cnonce:qop",
            };
            return format!("{ha1}:nonce:{middle}:HA2");
        }
    };
    formula.to_owned()
}

/// The work as text, each line after `indent`.
pub(crate) fn work(lines: &[Line], indent: &str) -> String {
    let mut out = String::new();
    for Line {
        name,
        formula,
        text,
        hash,
        function,
    } in lines
    {
        let text = octets::printable(text);
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "{indent}{QUIET}{name} = {function}({formula}){QUIET:#}"
        );
        let _ = writeln!(
            out,
            "{indent}{NAME}{name}{NAME:#} = {function}({text}) = {HASH}{hash}{HASH:#}"
        );
    }
    out
}
