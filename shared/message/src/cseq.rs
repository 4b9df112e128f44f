use crate::error::ParseError;
use crate::method::Method;
use crate::text::{is_token, offset_in, trim};

/// The number and method of a CSeq (RFC 3261 §20.16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CSeq {
    /// Orders the requests of a Call-ID; below 2^31 where the sender keeps to §8.1.1.5.
    pub number: u32,
    /// The method, which equals the request's.
    pub method: Method,
}

impl CSeq {
    /// Reads `number method`.
    ///
    /// # Errors
    /// A number that is none or does not fit 32 bits, or a method that is no token.
    pub fn parse(value: &[u8]) -> Result<Self, ParseError> {
        let fault = |what, at| ParseError::new("CSeq", what, at);
        let value = trim(value);
        let digits = value.iter().take_while(|b| b.is_ascii_digit()).count();
        let (number, rest) = value.split_at(digits);
        let method = trim(rest);
        let number = std::str::from_utf8(number).ok().filter(|n| !n.is_empty());
        let number = number.ok_or(fault("no number", 0))?;
        let number = number
            .parse()
            .map_err(|_| fault("number above 2^32-1", 0))?;
        let at = offset_in(value, method);
        if method.is_empty() || method.len() == rest.len() || !method.iter().all(|b| is_token(*b)) {
            return Err(fault("no method after the number", at));
        }
        let method = std::str::from_utf8(method).map_err(|_| fault("no method", at))?;
        Ok(Self {
            number,
            method: Method::from_token(method),
        })
    }
}
