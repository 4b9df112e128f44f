//! Where in a line a message or a header field begins.

use sip_message::full_name;

use crate::anchor::{Anchor, Found};
use crate::first_lines::{requests, responses};
use crate::names::{known, known_name};

/// Whether a text begins with the name of a known header field and its colon.
pub(crate) fn begins(text: &str) -> bool {
    known().iter().any(|name| {
        let (start, rest) = text.split_at_checked(name.len()).unwrap_or_default();
        start.eq_ignore_ascii_case(name) && rest.trim_start_matches(' ').starts_with(':')
    })
}

/// The first anchor of a line.
pub(crate) fn first(line: &str) -> Option<Found<'_>> {
    all(line).into_iter().next()
}

/// Where the first message or header field of a known name begins.
pub(crate) fn first_known(line: &str) -> Option<usize> {
    let first = first(line).filter(|found| !found.is_unknown_header());
    first.map(|found| found.at)
}

/// Every anchor of a line in order. There is one pass for each kind, however long the line is.
pub(crate) fn all(line: &str) -> Vec<Found<'_>> {
    let mut found: Vec<Found<'_>> = any_header(line).into_iter().collect();
    found.extend(requests(line));
    found.extend(responses(line));
    found.extend(known_headers(line));
    found.sort_by_key(|found| (found.at, found.end));
    // A log writes `INFO: ` before a known name.
    if found.len() > 1 && found[0].is_unknown_header() {
        found.remove(0);
    }
    let mut end = 0;
    found.retain(|anchor| {
        let is_free = anchor.at >= end;
        if is_free {
            end = anchor.end;
        }
        is_free
    });
    found
}

/// Words before a colon that begin a URI.
const SCHEMES: [&str; 6] = ["sip", "sips", "tel", "http", "https", "urn"];

/// A header field of any name, at the start of the line.
fn any_header(line: &str) -> Option<Found<'_>> {
    let at = line.len() - line.trim_start().len();
    let colon = at + line[at..].find(':')?;
    let name = line[at..colon].trim_end();
    let is_name = name.len() < 40
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_scheme = SCHEMES.iter().any(|known| name.eq_ignore_ascii_case(known));
    let full = str::from_utf8(full_name(name.as_bytes())).ok()?;
    (is_name && !is_scheme).then_some(Found {
        at,
        end: colon + 1,
        anchor: Anchor::Header(full),
    })
}

/// Header fields of known names, anywhere in the line.
fn known_headers(line: &str) -> impl Iterator<Item = Found<'_>> {
    line.match_indices(':').filter_map(|(colon, _)| {
        // One or two spaces before the colon are allowed (RFC 3261 §7.3.1); in JSON, a quote.
        let before = line[..colon].trim_end_matches(' ');
        let before = if colon - before.len() > 2 {
            &line[..colon]
        } else {
            before
        };
        let unquoted = before.strip_suffix('"');
        let before = unquoted.unwrap_or(before);
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        let length = before.bytes().rev().take_while(part).count();
        let (outside, name) = before.split_at(before.len() - length);
        let name = known_name(name)?;
        let is_whole = match unquoted {
            Some(_) => outside.ends_with('"'),
            None => !joins(outside.chars().next_back()),
        };
        is_whole.then_some(Found {
            at: outside.len(),
            end: colon + 1,
            anchor: Anchor::Header(name),
        })
    })
}

/// Whether a name goes on to the left, so that what was found is only its end.
fn joins(before: Option<char>) -> bool {
    before.is_some_and(|c| c.is_alphanumeric() || "-_\"=<".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(line: &str) -> Option<Anchor<'_>> {
        super::first(line).map(|found| found.anchor)
    }

    #[test]
    fn a_name_inside_another_is_not_found() {
        let line = "2026-11-21 Proxy-Authorization: Digest";
        assert_eq!(first(line), Some(Anchor::Header("Proxy-Authorization")));
        assert_eq!(first("uri=\"sip:192.168.1.15\""), None);
        assert_eq!(first("sip:10@192.168.1.15"), None);
    }

    #[test]
    fn a_compact_name_is_known_at_the_start_only() {
        assert_eq!(first("  f : <sip:10@h>"), Some(Anchor::Header("From")));
        assert_eq!(first("what f: is"), None);
    }
}
