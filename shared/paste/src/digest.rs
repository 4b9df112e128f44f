//! The parameters of a digest header field, read as far as anybody can.

use super::fields::is_param_name;

/// What a header field holds, and what had to be mended to read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Params {
    list: Vec<(String, String)>,
    /// What a strict reader refuses, in words.
    pub(crate) faults: Vec<String>,
}

impl Params {
    /// The value of a parameter, as it stood between its quotes.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let same = |(n, _): &&(String, String)| n.eq_ignore_ascii_case(name);
        self.list.iter().find(same).map(|(_, value)| value.as_str())
    }
}

/// Reads `Digest name=value …`; `None` when the scheme is another one.
pub(crate) fn read(value: &str) -> Option<Params> {
    let value = value.trim();
    let (scheme, rest) = value.split_at_checked("Digest".len())?;
    if !scheme.eq_ignore_ascii_case("Digest") || rest.starts_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    let mut params = Params::default();
    let mut text = without_frame(rest).to_owned();
    if text.contains(PRINTED) {
        text = text.replace(PRINTED, "\"");
        params.fault("typographic quotes, which no phone reads");
    }
    match sip_digest::params(&format!("{scheme}{text}")) {
        Some(Ok(_)) => {}
        Some(Err(error)) => params.fault(&format!("a strict reader refuses it: {error}")),
        None => params
            .fault("a strict reader takes it for another scheme: a blank belongs behind Digest"),
    }
    params.read(&text);
    Some(params)
}

/// The parameters without what a table, a list or a program puts behind the line they are on.
fn without_frame(text: &str) -> &str {
    let bare = text.trim_end_matches([' ', ',', ';', '`', '|', ']', '}', '*']);
    let cell = bare.strip_suffix('+').map(str::trim_end);
    let bare = cell.filter(|cell| cell.ends_with('"')).unwrap_or(bare);
    // The end of a string around the whole: `cnonce="c""`, but not `opaque=""`.
    match bare.strip_suffix('"') {
        Some(inside) if inside.ends_with('"') && !inside.ends_with("=\"") => inside,
        _ => bare,
    }
}

/// Nobody writes more parameters.
const MOST: usize = 64;

/// The quotes that word processors put for `"`.
const PRINTED: [char; 6] = ['“', '”', '„', '‟', '″', '＂'];

impl Params {
    fn fault(&mut self, fault: &str) {
        self.faults.push(fault.to_owned());
    }

    fn read(&mut self, mut text: &str) {
        loop {
            let separators = |c: char| c.is_whitespace() || c == ',' || c == ';';
            let before = text.len();
            text = text.trim_start_matches(separators);
            let Some((name, rest)) = name(text) else {
                return;
            };
            let spaced = before > text.len();
            if !name.is_empty() && !self.list.is_empty() && !spaced {
                self.fault(&format!(
                    "nothing stands between {name} and what comes before it"
                ));
            }
            let (value, rest) = value(rest.trim_start());
            if !name.is_empty() && self.value(name).is_none() {
                self.list
                    .push((name.to_ascii_lowercase(), value.to_owned()));
            }
            if self.list.len() == MOST {
                return;
            }
            text = rest;
        }
    }
}

/// The name of the next parameter, and what comes behind its `=`. People also write a colon.
fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !is_token(c)).unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    let after = after.trim_start();
    if let Some(rest) = after.strip_prefix('=').filter(|_| end > 0) {
        return Some((name, rest));
    }
    if let Some(rest) = after.strip_prefix(':').filter(|_| is_param_name(name)) {
        return Some((name, rest));
    }
    let equals = text.find('=')?;
    let start = text[..equals].trim_end().rfind(|c: char| !is_token(c));
    let start = start.map_or(0, |at| {
        at + text[at..].chars().next().map_or(1, char::len_utf8)
    });
    Some((text[start..equals].trim_end(), &text[equals + 1..]))
}

/// The value at the start of the text, and what comes after it.
fn value(text: &str) -> (&str, &str) {
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

/// Where the quoted string ends: at the first quote that the next parameter or nothing follows.
/// Some phones write quotes inside a realm without a backslash, and SIPp cuts a realm right
/// behind a backslash. Where no quote is followed so, the first one without a backslash ends it.
/// A quote that is never closed ends at the comma before the next parameter.
fn closing_quote(inside: &str) -> Option<usize> {
    let mut escaped = false;
    let mut first = None;
    for (at, byte) in inside.bytes().enumerate() {
        if byte == b'"' {
            if was_open(&inside[..at]) {
                return first;
            }
            let follows = follows(&inside[at + 1..]);
            let ends = match escaped {
                true => follows == Follows::Known,
                false => follows != Follows::Other,
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

/// Whether a value holds the next parameter, whose first quote was taken for the closing one.
fn was_open(value: &str) -> bool {
    let name = value.trim_end().strip_suffix('=');
    name.is_some_and(|name| is_param_name(name) && name.contains(','))
}

/// What comes behind a quote.
#[derive(PartialEq, Eq)]
enum Follows {
    /// Nothing, or a comma and a parameter.
    End,
    /// A parameter of a digest header field, with a comma or without.
    Known,
    /// Something that belongs to the value.
    Other,
}

fn follows(text: &str) -> Follows {
    let rest = text.trim_start_matches([' ', ',', ';', '\t']);
    let end = rest.find(|c: char| !is_token(c)).unwrap_or(rest.len());
    let assigns = rest[end..].trim_start().starts_with(['=', ':']);
    match end > 0 && assigns {
        true if is_param_name(&rest[..end]) => Follows::Known,
        true if text.trim_start().starts_with(',') => Follows::End,
        _ if text
            .trim_end_matches(['"', '.', ',', ';', ' ', ')', '}'])
            .is_empty() =>
        {
            Follows::End
        }
        _ => Follows::Other,
    }
}

/// A quoted string's content with its escapes read (RFC 3261 §25.1 quoted-pair).
pub(crate) fn unescaped(text: &str) -> String {
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
pub(crate) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.!%*+`'~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_that_are_missing_are_told_with_their_place() {
        let params = read("Digest username=\"bob\", realm=\"a\" nonce=\"n\"").unwrap();
        assert_eq!(params.value("nonce"), Some("n"));
        assert_eq!(
            params.faults,
            ["a strict reader refuses it: realm: text after the value at byte 23"]
        );
    }

    #[test]
    fn typographic_quotes_and_bare_values_are_read() {
        let params = read("digest realm=“a b”,NC=00000001,uri=sip:10@h;transport=udp").unwrap();
        assert_eq!(params.value("realm"), Some("a b"));
        assert_eq!(params.value("nc"), Some("00000001"));
        assert_eq!(params.value("uri"), Some("sip:10@h;transport=udp"));
        assert_eq!(params.faults.len(), 1);
    }

    #[test]
    fn a_quote_that_is_never_closed_takes_nothing_along() {
        let params = read("Digest realm=\"a, nonce=\"n\", uri=\"sip:h").unwrap();
        assert_eq!(params.value("realm"), Some("a"));
        assert_eq!(params.value("nonce"), Some("n"));
        assert_eq!(params.value("uri"), Some("sip:h"));
    }

    #[test]
    fn quotes_inside_a_realm_may_lack_their_backslash() {
        for (written, wanted) in [
            (r#""say "hi", all""#, r#"say "hi", all"#),
            (r#""say \"hi\", all""#, r#"say \"hi\", all"#),
            (r#""say \""#, r"say \"),
            (r#""a\\""#, r"a\\"),
        ] {
            let text = format!("Digest realm={written}, nonce=\"n\", uri=\"sip:h\"");
            let params = read(&text).unwrap();
            assert_eq!(params.value("realm"), Some(wanted), "{text}");
            assert_eq!(params.value("nonce"), Some("n"), "{text}");
        }
    }

    #[test]
    fn what_a_table_puts_behind_a_line_is_left_out() {
        for frame in [" |", "`", "          +", "\",", "\"}", ", "] {
            let params = read(&format!("Digest a=\"b\", opaque=\"x\"{frame}")).unwrap();
            assert_eq!(params.value("opaque"), Some("x"));
            assert!(params.faults.is_empty(), "{frame}: {params:?}");
        }
        let params = read("Digest a=\"b\", opaque=\"\"").unwrap();
        assert_eq!(params.value("opaque"), Some(""));
        assert!(params.faults.is_empty(), "{params:?}");
    }

    #[test]
    fn colons_in_place_of_equals_signs_are_read() {
        let params = read("Digest, username: 10, realm: \"r\", uri: sip:r;x=1, nc=1").unwrap();
        let values = ["username", "realm", "uri", "nc"].map(|name| params.value(name).unwrap());
        assert_eq!(values, ["10", "r", "sip:r;x=1", "1"]);
        assert_eq!(params.faults.len(), 1);
    }

    #[test]
    fn escapes_stay_as_they_came() {
        let params = read(r#"Digest username="a\"b""#).unwrap();
        assert_eq!(params.value("username"), Some(r#"a\"b"#));
    }

    #[test]
    fn another_scheme_is_not_read() {
        assert_eq!(read("Basic YTpi"), None);
        assert_eq!(read("Digestive a=b"), None);
        assert_eq!(read(""), None);
    }
}
