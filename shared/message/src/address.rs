use crate::error::ParseError;
use crate::params::Params;
use crate::text::{LWS, cut, offset_in, trim, until};
use crate::uri::Uri;

/// An address with its parameters: `"Bob" <sip:11@host>;tag=1`, or bare `sip:11@host;tag=1`,
/// where the parameters belong to the header field, not the URI (RFC 3261 §20).
#[derive(Debug, Clone, Copy)]
pub struct NameAddr<'a> {
    /// The display name as it came, quotes kept; bytes, as old phones write it in any charset.
    pub display: &'a [u8],
    /// The URI as it came.
    pub uri: &'a str,
    /// What follows the address.
    pub params: Params<'a>,
}

impl<'a> NameAddr<'a> {
    /// Reads an address that fills the whole value.
    ///
    /// # Errors
    /// An open quote or bracket, text where parameters should be, or a URI that is not UTF-8.
    pub fn parse(value: &'a [u8]) -> Result<Self, ParseError> {
        let fault = |what, at| ParseError::new("address", what, at);
        let text = |part: &'a [u8]| {
            let at = offset_in(value, part);
            std::str::from_utf8(part)
                .map_err(|e| fault("bytes that are not UTF-8", at + e.valid_up_to()))
        };
        let (display, uri, params) = match find_bracket(value) {
            Err(at) => return Err(fault("quoted string never closed", at)),
            Ok(Some(open)) => {
                let inside = text(&value[open + 1..])?;
                let (uri, params) = cut(inside, b'>').ok_or(fault("< without >", open))?;
                (trim(&value[..open]), uri, params)
            }
            Ok(None) => {
                let (uri, params) = until(text(value)?, b';');
                let uri = uri.trim_matches(LWS);
                // §20.10: a comma, question mark or semicolon of the URI's own needs brackets.
                if let Some(at) = uri.find(['?', ',', '"']) {
                    let at = offset_in(value, uri.as_bytes()) + at;
                    return Err(fault("URI that needs < > around it", at));
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
        self.params.value("tag").filter(|tag| !tag.is_empty())
    }
}

/// The first `<` outside a quoted string; `Err` is where an unclosed quote begins.
fn find_bracket(value: &[u8]) -> Result<Option<usize>, usize> {
    let mut open_quote = None;
    let mut at = 0;
    while let Some(&byte) = value.get(at) {
        match (byte, open_quote) {
            (b'\\', Some(_)) => at += 1,
            (b'"', Some(_)) => open_quote = None,
            (b'"', None) => open_quote = Some(at),
            (b'<', None) => return Ok(Some(at)),
            _ => {}
        }
        at += 1;
    }
    open_quote.map_or(Ok(None), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bracket_inside_a_quoted_name_is_no_bracket() {
        let value = br#""a <\"b" <sip:11@h;lr>;tag=x"#;
        let address = NameAddr::parse(value).unwrap();
        assert_eq!(address.display, br#""a <\"b""#);
        assert_eq!((address.uri, address.tag()), ("sip:11@h;lr", Some("x")));
    }

    #[test]
    fn without_brackets_the_parameters_are_the_header_fields() {
        let address = NameAddr::parse(b"sip:11@h;tag=x").unwrap();
        assert_eq!((address.uri, address.tag()), ("sip:11@h", Some("x")));
    }
}
