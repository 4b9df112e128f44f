use crate::address::NameAddr;
use crate::error::ParseError;
use crate::text::{number, offset_in};

/// One Contact address of a REGISTER or a dialog (RFC 3261 §20.10).
#[derive(Debug, Clone, Copy)]
pub struct Contact<'a> {
    /// The address and all its parameters, as they came.
    pub address: NameAddr<'a>,
    /// The preference in thousandths, 0 to 1000; absent is 1000 (§16.6).
    pub q: u16,
    /// The `expires` parameter in seconds; a malformed one counts as none, for the registrar's
    /// default (§10.2.1.1).
    pub expires: Option<u32>,
}

/// All the Contact values of a message.
#[derive(Debug, Clone)]
pub enum Contacts<'a> {
    /// `Contact: *`, every binding (§10.2.2).
    Star,
    /// The addresses in order; none is a query (§10.2.3).
    List(Vec<Contact<'a>>),
}

impl<'a> Contact<'a> {
    /// Reads one Contact value.
    ///
    /// # Errors
    /// As [`NameAddr::parse`], or a q that is no number from 0 to 1.
    pub fn parse(value: &'a [u8]) -> Result<Self, ParseError> {
        let address = NameAddr::parse(value)?;
        let q = match address.params.value("q") {
            None => 1000,
            Some(text) => parse_q(text).ok_or(ParseError::new(
                "Contact",
                "q that is no number from 0 to 1",
                offset_in(value, text.as_bytes()),
            ))?,
        };
        let expires = address.params.value("expires").map(str::as_bytes);
        Ok(Self {
            address,
            q,
            expires: expires.and_then(delta_seconds),
        })
    }
}

/// A q value in thousandths (§25.1 qvalue).
fn parse_q(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths = fraction.bytes().chain([b'0'; 3]).take(3);
    let thousandths = thousandths.fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    match whole {
        "0" | "" if !text.is_empty() => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

/// Seconds as digits; more than fits 32 bits is as long as it can be (§20.19).
pub(crate) fn delta_seconds(value: &[u8]) -> Option<u32> {
    number::<u64>(value).map(|seconds| seconds.try_into().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q_is_read_in_thousandths() {
        let cases = [
            ("1", 1000),
            ("1.000", 1000),
            ("0.5", 500),
            ("0", 0),
            ("0.", 0),
            (".25", 250),
        ];
        for (text, q) in cases {
            assert_eq!(parse_q(text), Some(q), "{text}");
        }
        for text in ["", "2", "1.5", "0.1234", "-1", "0.x"] {
            assert_eq!(parse_q(text), None, "{text}");
        }
    }

    #[test]
    fn seconds_that_do_not_fit_do_not_wrap() {
        assert_eq!(delta_seconds(b"4294967296"), Some(u32::MAX));
        assert_eq!(delta_seconds(b"1h"), None);
    }
}
