//! How a host is read: a name, an IPv4 address or an IPv6 reference.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error::ParseError;
use crate::text::{find, number};

/// A host: a name or an address.
#[derive(Debug, Clone, Copy)]
pub enum Host<'a> {
    /// A domain name; compared in any case.
    Name(&'a str),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 reference, written in brackets.
    V6(Ipv6Addr),
}

impl<'a> Host<'a> {
    /// Reads a host alone: a name, an address, a bracketed IPv6 reference.
    ///
    /// # Errors
    /// The host is empty, holds a byte that is not allowed, or is a malformed reference.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let fault = |what, at| ParseError::new("host", what, at);
        if text.starts_with('[') {
            return reference(text);
        }
        if let Some((address, [])) = dotted(text.as_bytes()) {
            return Ok(Self::V4(address));
        }
        let named = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
        match text.bytes().position(|b| !named(b)) {
            None if text.is_empty() => Err(fault("empty host", 0)),
            None => Ok(Self::Name(text)),
            Some(at) => Err(fault("character not allowed in a host", at)),
        }
    }

    /// Reads `host` or `host:port`, with white space around the colon as a Via allows it.
    pub(crate) fn parse_with_port(text: &'a str) -> Result<(Self, Option<u16>), ParseError> {
        let bytes = text.as_bytes();
        let (host, port) = match dotted(bytes) {
            Some((address, port @ ([] | [b':', ..]))) => (Self::V4(address), port),
            _ => {
                let reference = text.find(']').filter(|_| text.starts_with('['));
                let start = reference.unwrap_or(0);
                let colon = find(&bytes[start..], b':').map_or(text.len(), |at| start + at);
                let (host, port) = text.split_at(colon);
                (Self::parse(host.trim_ascii_end())?, port.as_bytes())
            }
        };
        let [b':', digits @ ..] = port else {
            return Ok((host, None));
        };
        let what = "port is not a number from 0 to 65535";
        let port = number(digits).ok_or(ParseError::new("host", what, text.len() - digits.len()));
        Ok((host, Some(port?)))
    }

    /// The address, unless it is a name.
    pub fn ip(self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(address) => Some(address.into()),
            Self::V6(address) => Some(address.into()),
        }
    }
}

/// The IPv4 address at the beginning of a text, and the text behind it. A request is full of
/// addresses, and the standard library takes several times as long to read one.
fn dotted(text: &[u8]) -> Option<(Ipv4Addr, &[u8])> {
    let mut octets = [0; 4];
    let mut rest = text;
    for (place, value) in octets.iter_mut().enumerate() {
        if place > 0 {
            rest = rest.strip_prefix(b".")?;
        }
        (*value, rest) = octet(rest)?;
    }
    Some((octets.into(), rest))
}

/// A number up to 255 without a leading zero, and the text behind it.
fn octet(text: &[u8]) -> Option<(u8, &[u8])> {
    let [first @ b'0'..=b'9', rest @ ..] = text else {
        return None;
    };
    let (mut value, mut rest) = (u32::from(first - b'0'), rest);
    while let [digit @ b'0'..=b'9', after @ ..] = rest {
        if !(1..=25).contains(&value) {
            return None; // a leading zero, or 260 and more
        }
        (value, rest) = (value * 10 + u32::from(digit - b'0'), after);
    }
    Some((u8::try_from(value).ok()?, rest))
}

/// An IPv6 address in brackets (§25.1 IPv6reference).
fn reference(text: &str) -> Result<Host<'_>, ParseError> {
    let fault = |what, at| ParseError::new("host", what, at);
    let inner = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let inner = inner.ok_or(fault("IPv6 reference without ]", 0))?;
    let address = inner.parse().ok().or_else(|| three_colons(inner));
    address
        .map(Host::V6)
        .ok_or(fault("no IPv6 address in []", 1))
}

/// RFC 3261's grammar allows `::` before the colon of an IPv4 tail: `2001:db8:::192.0.2.1`. RFC
/// 5118 §4.10 asks receivers to accept it.
fn three_colons(inner: &str) -> Option<Ipv6Addr> {
    let (front, tail) = inner.split_once(":::")?;
    let tail: Ipv4Addr = tail.parse().ok()?;
    format!("{front}::{tail}").parse().ok()
}

impl PartialEq for Host<'_> {
    /// Names in any case, addresses by value: `[::1]` is `[0:0:0:0:0:0:0:1]`.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Name(a), Self::Name(b)) => a.eq_ignore_ascii_case(b),
            (Self::V4(a), Self::V4(b)) => a == b,
            (Self::V6(a), Self::V6(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Host<'_> {}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(address) => write!(f, "{address}"),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_follows_a_reference_or_belongs_to_the_address() {
        let (host, port) = Host::parse_with_port("[2001:db8::a]:5070").unwrap();
        assert_eq!(
            (host.to_string().as_str(), port),
            ("[2001:db8::a]", Some(5070))
        );
        let (host, port) = Host::parse_with_port("[2001:db8::a:5070]").unwrap();
        assert_eq!(
            (host.to_string().as_str(), port),
            ("[2001:db8::a:5070]", None)
        );
    }

    #[test]
    fn an_ipv4_address_is_read_as_the_standard_library_reads_it() {
        for text in [
            "0.0.0.0",
            "192.0.2.1",
            "255.255.255.255",
            "256.0.0.1",
            "1.2.3.999",
            "1.2.3.1000",
            "01.2.3.4",
            "1.2.3.00",
            "1.2.3",
            "1.2.3.",
            ".1.2.3",
            "1..2.3",
            "1.2.3.4.5",
            "1.2.3.4.",
            "1.2.3.a",
            "1.2.3.4 ",
            "+1.2.3.4",
            "",
        ] {
            let read = match Host::parse(text) {
                Ok(Host::V4(address)) => Some(address),
                _ => None,
            };
            assert_eq!(read, text.parse().ok(), "{text}");
        }
    }

    #[test]
    fn a_malformed_host_is_refused_at_the_right_place() {
        for (text, at) in [
            ("", 0),
            ("[::1", 0),
            ("[]", 1),
            ("[::1]x", 0),
            ("[2001:db8:::1]", 1),
            ("2001:db8::1", 5),
            ("h:", 2),
            ("h:65536", 2),
            ("h:+5", 2),
            ("h ost", 1),
            ("host..,", 6),
        ] {
            assert_eq!(
                Host::parse_with_port(text).unwrap_err().offset,
                at,
                "{text}"
            );
        }
    }
}
