//! Where a parameter's value ends, whether its quotes are right or not.

use crate::fields::is_param_name;

/// The value at the start of the text, and what follows it.
pub(crate) fn value(text: &str) -> (&str, &str) {
    if let Some(inside) = text.strip_prefix('"') {
        return match closing_quote(inside) {
            Some(close) => (&inside[..close], &inside[close + 1..]),
            None => {
                let end = inside.find([',', ' ']).unwrap_or(inside.len());
                inside.split_at(end)
            }
        };
    }
    let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
    text.split_at(end)
}

/// Where the quoted string ends: at the first quote that is followed by the next parameter or by
/// nothing. Some phones write quotes inside a realm without a backslash, and SIPp cuts a realm
/// right behind a backslash. If no quote is followed that way, the first one without a backslash
/// ends the string. A quote that is never closed ends at the comma before the next parameter.
fn closing_quote(inside: &str) -> Option<usize> {
    let mut escaped = false;
    let mut first = None;
    for (at, byte) in inside.bytes().enumerate() {
        if byte == b'"' {
            if was_open(&inside[..at]) {
                return first;
            }
            let follows = follows(&inside[at + 1..]);
            let ends = if escaped {
                follows == Follows::Known
            } else {
                follows != Follows::Other
            };
            if ends {
                return Some(at);
            }
            if !escaped {
                first = first.or(Some(at));
            }
        }
        escaped = byte == b'\\' && !escaped;
    }
    first
}

/// Whether a value has run into the next parameter, whose first quote was taken for the closing
/// one.
fn was_open(value: &str) -> bool {
    let name = value.trim_end().strip_suffix('=');
    name.is_some_and(|name| is_param_name(name) && name.contains(','))
}

/// What follows a quote.
#[derive(PartialEq, Eq)]
enum Follows {
    /// Nothing, or a comma and a parameter.
    End,
    /// A known parameter, with or without a comma.
    Known,
    /// Something that belongs to the value.
    Other,
}

fn follows(text: &str) -> Follows {
    let rest = text.trim_start_matches([' ', ',', ';', '\t']);
    let end = rest.find(|c: char| !is_token(c)).unwrap_or(rest.len());
    let assigns = end > 0 && rest[end..].trim_start().starts_with(['=', ':']);
    let is_rest_of_line = |c: char| "\".,; )}".contains(c);
    if assigns && is_param_name(&rest[..end]) {
        return Follows::Known;
    }
    let has_comma = assigns && text.trim_start().starts_with(',');
    if has_comma || text.trim_end_matches(is_rest_of_line).is_empty() {
        return Follows::End;
    }
    Follows::Other
}

/// The content of a quoted string with its escapes read (RFC 3261 §25.1 quoted-pair).
pub fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => out.extend(rest.next()),
            _ => out.push(c),
        }
    }
    out
}

/// A text as it is written between quotes.
pub fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

pub(crate) fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.!%*+`'~".contains(c)
}
