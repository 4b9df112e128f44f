//! One Contact of a REGISTER or a dialog, and all of them.

use crate::address::NameAddr;
use crate::error::ParseError;
use crate::q::Q;
use crate::text::{number, offset_in};

/// One Contact address of a REGISTER or a dialog (RFC 3261 §20.10).
#[derive(Debug, Clone, Copy)]
pub struct Contact<'a> {
    /// The address and all its parameters, as they came.
    pub address: NameAddr<'a>,
    /// The preference; 1 where the phone gave none (§16.6).
    pub q: Q,
    /// The `expires` parameter in seconds. A malformed one counts as missing, so that the
    /// registrar's default applies (§10.2.1.1).
    pub expires: Option<u32>,
}

/// All the Contact values of a message.
#[derive(Debug, Clone)]
pub enum Contacts<'a> {
    /// `Contact: *`, every binding (§10.2.2).
    Star,
    /// The addresses in order; an empty list is a query (§10.2.3).
    List(Vec<Contact<'a>>),
}

impl<'a> Contact<'a> {
    /// Reads one Contact value.
    ///
    /// # Errors
    /// As [`NameAddr::parse`], or q is not a number from 0 to 1.
    pub fn parse(value: &'a [u8]) -> Result<Self, ParseError> {
        let address = NameAddr::parse(value)?;
        let q = match address.params.value("q") {
            None => Q::ONE,
            Some(text) => Q::parse(text).ok_or(ParseError::new(
                "Contact",
                "q is not a number from 0 to 1",
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

/// Seconds as digits; more than 32 bits becomes `u32::MAX` (§20.19).
pub(crate) fn delta_seconds(value: &[u8]) -> Option<u32> {
    number::<u64>(value).map(|seconds| seconds.try_into().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_that_do_not_fit_do_not_wrap() {
        assert_eq!(delta_seconds(b"4294967296"), Some(u32::MAX));
        assert_eq!(delta_seconds(b"1h"), None);
    }
}
