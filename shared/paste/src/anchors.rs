//! Where in a line a message or a header field begins.

use super::names::{KNOWN, METHODS, is_known, long_name};

/// What begins at a place of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Anchor<'a> {
    /// A request line.
    Request { method: &'a str, uri: &'a str },
    /// A status line.
    Response(u16),
    /// A header field of this name.
    Header(&'a str),
}

/// An anchor, where it begins and where what belongs to it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found<'a> {
    pub(crate) at: usize,
    pub(crate) end: usize,
    pub(crate) anchor: Anchor<'a>,
}

/// Whether a text begins with the name of a known header field and its colon.
pub(crate) fn begins(text: &str) -> bool {
    KNOWN.iter().any(|name| {
        let (start, rest) = text.split_at_checked(name.len()).unwrap_or_default();
        start.eq_ignore_ascii_case(name) && rest.trim_start_matches(' ').starts_with(':')
    })
}

/// The first anchor of a line.
pub(crate) fn first(line: &str) -> Option<Found<'_>> {
    all(line).into_iter().next()
}

/// Where the first message or header field of a known name begins.
pub(crate) fn known(line: &str) -> Option<usize> {
    let is_known = |found: &Found<'_>| match found.anchor {
        Anchor::Header(name) => is_known(name).is_some(),
        _ => true,
    };
    first(line).filter(is_known).map(|found| found.at)
}

/// Every anchor of a line, in its order. One pass for each kind, however long the line is.
pub(crate) fn all(line: &str) -> Vec<Found<'_>> {
    let mut found: Vec<Found<'_>> = any_header(line).into_iter().collect();
    found.extend(requests(line));
    found.extend(responses(line));
    found.extend(known_headers(line));
    found.sort_by_key(|found| (found.at, found.end));
    // `INFO: ` before a known name is what a log puts there.
    if found.len() > 1
        && matches!(found[0].anchor, Anchor::Header(name) if is_known(name).is_none())
    {
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

/// Where a protocol's version stands, and where it ends.
fn versions(line: &str) -> impl Iterator<Item = (usize, usize)> {
    ["SIP/2.0", "HTTP/1.1"]
        .into_iter()
        .flat_map(|version| line.match_indices(version))
        .map(|(at, version)| (at, at + version.len()))
}

fn requests(line: &str) -> Vec<Found<'_>> {
    let mut from = 0;
    let request = |(at, end)| {
        let before = &line[from..at];
        let found = request(before, from, end);
        from = end;
        found
    };
    versions(line).filter_map(request).collect()
}

/// The request line that ends `before` a version, `from` bytes into its line.
fn request(before: &str, from: usize, end: usize) -> Option<Found<'_>> {
    let before = before.strip_suffix(' ')?;
    // The last one before the URI: a log may name the method first.
    let known = METHODS
        .iter()
        .filter_map(|method| method_at(before, method))
        .max();
    let at = known.or_else(|| {
        let start = before.len() - before.trim_start().len();
        let token = before[start..].split(' ').next()?;
        let is_token = token.len() < 32 && token.bytes().all(|b| b.is_ascii_uppercase());
        (is_token && !token.is_empty()).then_some(start)
    })?;
    let (method, uri) = before[at..].split_once(' ')?;
    let uri = uri.trim();
    let plain = uri.replace(super::PROTECTED, "");
    let is_uri =
        (uri.contains(':') || uri.starts_with('/')) && !plain.contains(char::is_whitespace);
    is_uri.then_some(Found {
        at: from + at,
        end,
        anchor: Anchor::Request { method, uri },
    })
}

fn responses(line: &str) -> impl Iterator<Item = Found<'_>> {
    versions(line).filter_map(|(at, end)| {
        let digits = line.get(end..)?.strip_prefix(' ')?.get(..3)?;
        let after = line[end + 4..].chars().next();
        let ends = !after.is_some_and(|c| c.is_ascii_alphanumeric());
        let status: u16 = digits.parse().ok()?;
        ends.then_some(Found {
            at,
            end: end + 4,
            anchor: Anchor::Response(status),
        })
    })
}

/// A header field of any name, at the start of the line.
fn any_header(line: &str) -> Option<Found<'_>> {
    let at = line.len() - line.trim_start().len();
    let colon = at + line[at..].find(':')?;
    let name = line[at..colon].trim_end();
    let is_name = name.len() < 40
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_uri = ["sip", "sips", "tel", "http", "https", "urn"];
    (is_name
        && !is_uri
            .iter()
            .any(|scheme| name.eq_ignore_ascii_case(scheme)))
    .then_some(Found {
        at,
        end: colon + 1,
        anchor: Anchor::Header(long_name(name)),
    })
}

/// Header fields of known names, wherever they stand.
fn known_headers(line: &str) -> impl Iterator<Item = Found<'_>> {
    line.match_indices(':').filter_map(|(colon, _)| {
        // A blank or two before the colon are allowed (RFC 3261 §7.3.1), and in JSON a quote.
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
        let name = is_known(name)?;
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

/// Where a method stands for the last time. What is left of a packet's own header, in a dump of
/// it, may end in a letter before the method.
fn method_at(text: &str, method: &str) -> Option<usize> {
    let mut found = text.rmatch_indices(method).map(|(at, _)| at);
    found.find(|at| {
        let before = text[..*at].chars().next_back();
        text[at + method.len()..].starts_with(' ') && !before.is_some_and(|c| "-_=<".contains(c))
    })
}

/// Whether a character before a name makes it the end of another one.
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
    fn a_request_line_is_found_behind_what_a_log_puts_before_it() {
        let line = "0(8132) INVITE (Sun Apr 22 18:46:09 2007) INVITE sip:11@192.168.1.15 SIP/2.0";
        let (method, uri) = ("INVITE", "sip:11@192.168.1.15");
        assert_eq!(first(line), Some(Anchor::Request { method, uri }));
    }

    #[test]
    fn a_request_line_is_found_behind_a_letter_of_a_packets_header() {
        let (method, uri) = ("REGISTER", "sip:192.168.1.15");
        let request = Some(Anchor::Request { method, uri });
        for before in ["E", "E..Z", "E`.x..@.@.Q.........n$a", "7."] {
            let line = format!("{before}{method} {uri} SIP/2.0");
            assert_eq!(first(&line), request, "{line}");
        }
        assert_eq!(first("method=REGISTER sip:192.168.1.15 SIP/2.0"), None);
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

    #[test]
    fn a_status_line_has_three_digits() {
        assert_eq!(
            first("U -> SIP/2.0 401 Unauthorized"),
            Some(Anchor::Response(401))
        );
        assert_eq!(first("SIP/2.0 4010"), None);
    }
}
