//! Where in a line a request line or a status line is.

use sip_message::Method;

use crate::PROTECTED;
use crate::anchor::{Anchor, Found};

/// Where a protocol's version begins and ends.
fn versions(line: &str) -> impl Iterator<Item = (usize, usize)> {
    ["SIP/2.0", "HTTP/1.1"]
        .into_iter()
        .flat_map(|version| line.match_indices(version))
        .map(|(at, version)| (at, at + version.len()))
}

/// The request lines of a line.
pub(crate) fn requests(line: &str) -> Vec<Found<'_>> {
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
    // A log may name the method before the request line, so the last place counts.
    let known = Method::KNOWN
        .iter()
        .filter_map(|method| method_at(before, method.as_str()))
        .max();
    let at = known.or_else(|| {
        let start = before.len() - before.trim_start().len();
        let token = before[start..].split(' ').next()?;
        let is_token = token.len() < 32 && token.bytes().all(|b| b.is_ascii_uppercase());
        (is_token && !token.is_empty()).then_some(start)
    })?;
    let (method, uri) = before[at..].split_once(' ')?;
    let uri = uri.trim();
    let plain = uri.replace(PROTECTED, "");
    let is_uri =
        (uri.contains(':') || uri.starts_with('/')) && !plain.contains(char::is_whitespace);
    is_uri.then_some(Found {
        at: from + at,
        end,
        anchor: Anchor::Request { method, uri },
    })
}

/// Where a method is for the last time. In a dump of a packet, a letter of the packet's own header
/// may be right before it.
fn method_at(text: &str, method: &str) -> Option<usize> {
    let mut found = text.rmatch_indices(method).map(|(at, _)| at);
    found.find(|at| {
        let before = text[..*at].chars().next_back();
        text[at + method.len()..].starts_with(' ') && !before.is_some_and(|c| "-_=<".contains(c))
    })
}

/// The status lines of a line.
pub(crate) fn responses(line: &str) -> impl Iterator<Item = Found<'_>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn first(line: &str) -> Option<Anchor<'_>> {
        crate::anchors::first(line).map(|found| found.anchor)
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
    fn a_status_line_has_three_digits() {
        assert_eq!(
            first("U -> SIP/2.0 401 Unauthorized"),
            Some(Anchor::Response(401))
        );
        assert_eq!(first("SIP/2.0 4010"), None);
    }
}
