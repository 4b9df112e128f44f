//! The parameters of a digest header field, read as far as anybody can.

/// What a header field holds, and what had to be mended to read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    let mut text = rest.to_owned();
    if text.contains(PRINTED) {
        text = text.replace(PRINTED, "\"");
        params.fault("typographic quotes, which no phone reads");
    }
    if let Some(Err(error)) = sip_digest::params(&format!("{scheme}{text}")) {
        params.fault(&format!("a strict reader refuses it: {error}"));
    }
    params.read(&text);
    Some(params)
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
            let Some(equals) = text.find('=') else {
                return;
            };
            let start = text[..equals].trim_end().rfind(|c: char| !is_token(c));
            let start = start.map_or(0, |at| {
                at + text[at..].chars().next().map_or(1, char::len_utf8)
            });
            let name = text[start..equals].trim_end();
            let spaced = before > text.len();
            if !name.is_empty() && !self.list.is_empty() && !spaced {
                self.fault(&format!(
                    "nothing stands between {name} and what comes before it"
                ));
            }
            let (value, rest) = value(text[equals + 1..].trim_start());
            if !name.is_empty() && self.list.len() < MOST && self.value(name).is_none() {
                self.list
                    .push((name.to_ascii_lowercase(), value.to_owned()));
            }
            text = rest;
        }
    }
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

/// Where the quoted string ends. A quote that is never closed ends at the comma before the next
/// parameter, not at that one's first quote.
fn closing_quote(inside: &str) -> Option<usize> {
    let mut escaped = false;
    let close = inside.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })?;
    let was_open = inside[..close].trim_end().ends_with('=') && inside[..close].contains(',');
    (!was_open).then_some(close)
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
