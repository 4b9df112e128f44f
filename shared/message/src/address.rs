//! How an address with a display name and parameters is read.

use crate::error::ParseError;
use crate::params::Params;
use crate::text::{LWS, cut, is_lws, offset_in, trim, until};
use crate::uri::Uri;

/// An address with its parameters: `"Bob" <sip:11@host>;tag=1`, or bare `sip:11@host;tag=1`,
/// in which the parameters belong to the header field, not the URI (RFC 3261 §20).
#[derive(Debug, Clone, Copy)]
pub struct NameAddr<'a> {
    /// The display name as it came, with its quotes; bytes, because old phones use any charset.
    pub display: &'a [u8],
    /// The URI as it came.
    pub uri: &'a str,
    /// The parameters behind the address.
    pub params: Params<'a>,
}

impl<'a> NameAddr<'a> {
    /// Reads an address that fills the whole value.
    ///
    /// By RFC 3261 §25.1 a display name is a quoted string, or tokens. Phones write other names
    /// without quotes, and those are accepted if they can be read in one way only: `John (Smith)
    /// <...>`, UTF-8, `10@host <...>`. Ambiguous ones are refused: a comma separates two addresses
    /// (RFC 4475 §3.1.2.15), a semicolon begins parameters, and the name may be a URI.
    ///
    /// # Errors
    /// A quote or bracket is never closed, the display name is ambiguous, text comes where
    /// parameters should be, or the URI is not UTF-8.
    pub fn parse(value: &'a [u8]) -> Result<Self, ParseError> {
        let fault = |what, at| ParseError::new("address", what, at);
        let text = |part: &'a [u8]| {
            let at = offset_in(value, part);
            std::str::from_utf8(part)
                .map_err(|e| fault("bytes are not UTF-8", at + e.valid_up_to()))
        };
        let (display, uri, params) = match find_bracket(value) {
            Err((what, at)) => return Err(fault(what, at)),
            Ok(Some(open)) => {
                let inside = text(&value[open + 1..])?;
                let (uri, params) = cut(inside, b'>').ok_or(fault("< without >", open))?;
                (trim(&value[..open]), uri, params)
            }
            Ok(None) => {
                let (uri, params) = until(text(value)?, b';');
                let uri = uri.trim_matches(LWS);
                // §20.10: a URI with a comma, question mark or semicolon needs brackets.
                if let Some(at) = uri.find(['?', ',', '"']) {
                    let at = offset_in(value, uri.as_bytes()) + at;
                    return Err(fault("URI needs < > around it", at));
                }
                (&value[..0], uri, params)
            }
        };
        if uri.is_empty() {
            return Err(fault("empty address", 0));
        }
        let params = params.trim_matches(LWS);
        Params::check(params)
            .map_err(|(what, at)| fault(what, offset_in(value, params.as_bytes()) + at))?;
        let params = Params::new(params);
        Ok(Self {
            display,
            uri,
            params,
        })
    }

    /// The URI, read.
    ///
    /// # Errors
    /// As [`Uri::parse`].
    pub fn parse_uri(&self) -> Result<Uri<'a>, ParseError> {
        Uri::parse(self.uri)
    }

    /// The tag of a From or To (RFC 3261 §19.3).
    pub fn tag(&self) -> Option<&'a str> {
        tag(self.params)
    }
}

/// The tag among the parameters of a From or To; an empty one does not count.
pub(crate) fn tag(params: Params<'_>) -> Option<&str> {
    params.value("tag").filter(|tag| !tag.is_empty())
}

/// The first `<` outside a quoted string, if there is one.
///
/// # Errors
/// Why the text in front of it is not a display name, and where; or where an unclosed quoted string
/// begins.
fn find_bracket(value: &[u8]) -> Result<Option<usize>, (&'static str, usize)> {
    let mut open_quote = None;
    let mut separator = None;
    let mut at = 0;
    while let Some(&byte) = value.get(at) {
        match (byte, open_quote) {
            (b'\\', Some(_)) => at += 1,
            (b'"', Some(_)) => open_quote = None,
            (b'"', None) => open_quote = Some(at),
            (b',' | b';', None) => separator = separator.or(Some(at)),
            (b'<', None) => {
                let uri = is_like_uri(trim(&value[..at])).then_some("URI before <");
                let comma = separator.map(|at| ("comma or semicolon in an unquoted name", at));
                return comma
                    .or(uri.map(|what| (what, 0)))
                    .map_or(Ok(Some(at)), Err);
            }
            _ => {}
        }
        at += 1;
    }
    open_quote.map_or(Ok(None), |at| Err(("quoted string never closed", at)))
}

/// Whether a text could be a URI: one word that begins with a scheme and a colon.
fn is_like_uri(text: &[u8]) -> bool {
    let in_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    let scheme = text.iter().take_while(|byte| in_scheme(byte)).count();
    text.get(scheme) == Some(&b':')
        && text.first().is_some_and(u8::is_ascii_alphabetic)
        && !text.iter().any(|byte| is_lws(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bracket_inside_a_quoted_name_is_text() {
        let value = br#""a <\"b" <sip:11@h;lr>;tag=x"#;
        let address = NameAddr::parse(value).unwrap();
        assert_eq!(address.display, br#""a <\"b""#);
        assert_eq!((address.uri, address.tag()), ("sip:11@h;lr", Some("x")));
    }

    #[test]
    fn a_name_without_quotes_is_read_if_it_is_unambiguous() {
        for name in [
            "John",
            "John Q. Smith",
            "John (Smith)",
            "J\u{f6}rg \u{1f4de}",
            "10@host",
            "Sales: John",
            "12:30",
            "it's [1] {2} = 3 / 4?",
            "\"a\" b \"c, d; sip:e@f\"",
            "\"sip:a@h;x=<sip:b@h>\"",
        ] {
            let value = format!("{name} <sip:11@h>;tag=x");
            let address = NameAddr::parse(value.as_bytes()).unwrap();
            assert_eq!(address.display, name.as_bytes());
            assert_eq!(
                (address.uri, address.tag()),
                ("sip:11@h", Some("x")),
                "{name}"
            );
        }
        let latin = NameAddr::parse(b"J\xf6rg <sip:11@h>").unwrap();
        assert_eq!(latin.display, b"J\xf6rg");
    }

    #[test]
    fn an_ambiguous_name_is_refused_at_its_place() {
        for (value, what, at) in [
            ("sip:a@d;x=<sip:b@d>", "comma or semicolon", 7),
            ("sip:a@d <sip:b@d>", "URI before <", 0),
            ("sip:a@d?x=<sip:b@d>", "URI before <", 0),
            ("tel:+1<sip:b@d>", "URI before <", 0),
            ("Smith, John <sip:b@d>", "comma or semicolon", 5),
            ("Smith; John <sip:b@d>", "comma or semicolon", 5),
            ("\"a\", b <sip:b@d>", "comma or semicolon", 3),
            ("\"Bob <sip:b@d>", "quoted string never closed", 0),
            ("Bob \" <sip:b@d>", "quoted string never closed", 4),
            ("\"Bob\\\" <sip:b@d>", "quoted string never closed", 0),
        ] {
            let error = NameAddr::parse(value.as_bytes()).unwrap_err();
            assert!(error.to_string().contains(what), "{value}: {error}");
            assert_eq!(error.offset, at, "{value}: {error}");
        }
    }

    #[test]
    fn without_brackets_the_parameters_belong_to_the_header_field() {
        let address = NameAddr::parse(b"sip:11@h;tag=x").unwrap();
        assert_eq!((address.uri, address.tag()), ("sip:11@h", Some("x")));
    }
}
