//! How a CSeq is read.

use crate::error::ParseError;
use crate::method::Method;
use crate::text::{self, offset_in, trim};

/// The number and method of a CSeq (RFC 3261 §20.16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CSeq {
    /// Orders the requests of a Call-ID; below 2^31 where the sender keeps to §8.1.1.5.
    pub number: u32,
    /// The method, the same as the request's.
    pub method: Method,
}

impl CSeq {
    /// Reads `number method`. Numbers from 2^31 on are accepted although §8.1.1.5 forbids them:
    /// some phones choose their first number from all 32 bits, and nothing depends on it.
    ///
    /// # Errors
    /// The number is missing or larger than 32 bits, or the method is not a token.
    pub fn parse(value: &[u8]) -> Result<Self, ParseError> {
        let fault = |what, part| ParseError::new("CSeq", what, offset_in(value, part));
        let trimmed = trim(value);
        let digits = trimmed.iter().take_while(|b| b.is_ascii_digit()).count();
        let (number, rest) = trimmed.split_at(digits);
        let number: u64 = text::number(number).ok_or(fault("no number", trimmed))?;
        let number = u32::try_from(number);
        let number = number.map_err(|_| fault("number above 2^32-1", trimmed))?;
        let method = trim(rest);
        let is_apart = method.len() < rest.len();
        let method = Method::from_token(method).filter(|_| is_apart);
        let method = method.ok_or(fault("no method after the number", rest))?;
        Ok(Self { number, method })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_method_may_be_on_two_lines() {
        let cseq = CSeq::parse(b"0009\r\n  INVITE").unwrap();
        assert_eq!((cseq.number, cseq.method), (9, Method::Invite));
    }

    #[test]
    fn the_number_has_at_most_32_bits() {
        assert_eq!(CSeq::parse(b"4294967295 BYE").unwrap().number, u32::MAX);
        for text in [
            "4294967296 BYE",
            "-1 BYE",
            "BYE",
            "1",
            "1BYE",
            "1 B Y",
            "1 B\x00",
        ] {
            assert!(CSeq::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
