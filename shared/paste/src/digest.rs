//! A challenge or credentials, read as far as anyone can.

use sip_message::HeaderName;

use crate::fields::is_param_name;
use crate::quoted;

/// A challenge or credentials of the Digest scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// The header field it is in.
    pub name: HeaderName,
    /// The line of the text it begins on, from 1.
    pub line: usize,
    /// Names in lower case, and values as they are between their quotes: escapes kept.
    pub values: Vec<(String, String)>,
    /// Why a strict reader refuses it, in words.
    pub faults: Vec<String>,
}

/// Nobody writes more parameters.
const MOST: usize = 64;

/// The quotes that word processors write for `"`.
const TYPOGRAPHIC: [char; 6] = ['“', '”', '„', '‟', '″', '＂'];

impl Digest {
    /// The value of a parameter as it is between its quotes.
    pub fn value(&self, name: &str) -> Option<&str> {
        let same = |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        self.values
            .iter()
            .find(same)
            .map(|(_, value)| value.as_str())
    }

    /// Reads `Digest name=value …`; `None` if the scheme is another one.
    pub(crate) fn read(name: HeaderName, value: &str, line: usize) -> Option<Self> {
        let value = value.trim();
        let (scheme, rest) = value.split_at_checked("Digest".len())?;
        let is_longer = rest.starts_with(|c: char| c.is_alphanumeric());
        if !scheme.eq_ignore_ascii_case("Digest") || is_longer {
            return None;
        }
        let mut digest = Self {
            name,
            line,
            values: Vec::new(),
            faults: Vec::new(),
        };
        let mut text = without_frame(rest).to_owned();
        if text.contains(TYPOGRAPHIC) {
            text = text.replace(TYPOGRAPHIC, "\"");
            digest.fault("it has typographic quotes, which no phone reads");
        }
        match sip_digest::params(&format!("{scheme}{text}")) {
            Some(Ok(_)) => {}
            Some(Err(error)) => digest.fault(&format!("a strict reader refuses it: {error}")),
            None => digest.fault(
                "a strict reader takes it for another scheme: a space is missing after Digest",
            ),
        }
        digest.read_parameters(&text);
        Some(digest)
    }

    fn fault(&mut self, fault: &str) {
        self.faults.push(fault.to_owned());
    }

    fn read_parameters(&mut self, mut text: &str) {
        while self.values.len() < MOST {
            let separators = |c: char| c.is_whitespace() || c == ',' || c == ';';
            let before = text.len();
            text = text.trim_start_matches(separators);
            let is_apart = before > text.len();
            let Some((name, rest)) = name(text) else {
                return;
            };
            if !name.is_empty() && !self.values.is_empty() && !is_apart {
                self.fault(&format!("a separator is missing before {name}"));
            }
            let (value, rest) = quoted::value(rest.trim_start());
            if !name.is_empty() && self.value(name).is_none() {
                self.values
                    .push((name.to_ascii_lowercase(), value.to_owned()));
            }
            text = rest;
        }
    }
}

/// The parameters without what a table, a list or a program puts at the end of their line.
fn without_frame(text: &str) -> &str {
    let bare = text.trim_end_matches([' ', ',', ';', '`', '|', ']', '}', '*']);
    let cell = bare.strip_suffix('+').map(str::trim_end);
    let bare = cell.filter(|cell| cell.ends_with('"')).unwrap_or(bare);
    // The end of a string around everything: `cnonce="c""`, but not `opaque=""`.
    match bare.strip_suffix('"') {
        Some(inside) if inside.ends_with('"') && !inside.ends_with("=\"") => inside,
        _ => bare,
    }
}

/// The name of the next parameter, and what follows its `=`. People also write a colon.
fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c| !quoted::is_token(c)).unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    let after = after.trim_start();
    if let Some(rest) = after.strip_prefix('=').filter(|_| end > 0) {
        return Some((name, rest));
    }
    if let Some(rest) = after.strip_prefix(':').filter(|_| is_param_name(name)) {
        return Some((name, rest));
    }
    let equals = text.find('=')?;
    let start = text[..equals].trim_end().rfind(|c| !quoted::is_token(c));
    let start = start.map_or(0, |at| {
        at + text[at..].chars().next().map_or(1, char::len_utf8)
    });
    Some((text[start..equals].trim_end(), &text[equals + 1..]))
}

#[cfg(test)]
mod tests;
