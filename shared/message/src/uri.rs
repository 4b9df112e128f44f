use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error::ParseError;
use crate::params::Params;

/// A URI as a proxy sees it (RFC 3261 §19.1, RFC 3966); everything borrowed as it came.
#[derive(Debug, Clone, Copy)]
pub enum Uri<'a> {
    /// `sip:` or `sips:`
    Sip(SipUri<'a>),
    /// `tel:`
    Tel(TelUri<'a>),
    /// Any other scheme, whole: a proxy answers 416 to it (§16.3).
    Other(&'a str),
}

/// The parts of a SIP or SIPS URI (RFC 3261 §19.1.1), escapes kept.
#[derive(Debug, Clone, Copy)]
pub struct SipUri<'a> {
    /// `sips:` rather than `sip:`
    pub secure: bool,
    /// The user part, without the password.
    pub user: Option<&'a str>,
    /// The password, which nobody should send (§19.1.1).
    pub password: Option<&'a str>,
    /// The host.
    pub host: Host<'a>,
    /// The port, when one is written.
    pub port: Option<u16>,
    /// The URI parameters.
    pub params: Params<'a>,
    /// What follows the question mark.
    pub headers: Option<&'a str>,
}

/// A telephone number (RFC 3966).
#[derive(Debug, Clone, Copy)]
pub struct TelUri<'a> {
    /// The number, visual separators kept.
    pub number: &'a str,
    /// Its parameters, `phone-context` among them.
    pub params: Params<'a>,
}

/// A host: a name or an address.
#[derive(Debug, Clone, Copy)]
pub enum Host<'a> {
    /// A domain name; compared without regard to case.
    Name(&'a str),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 reference, written in brackets.
    V6(Ipv6Addr),
}

impl<'a> Uri<'a> {
    /// Reads a URI that fills the whole text.
    ///
    /// # Errors
    /// Names the fault and its offset; a scheme without `:` and a malformed SIP URI are 400.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let fault = |what, at| ParseError::new("URI", what, at);
        if let Some(at) = text
            .bytes()
            .position(|b| b <= b' ' || b == 0x7f || b"<>\"".contains(&b))
        {
            return Err(fault("character that no URI may hold", at));
        }
        let colon = text.find(':').ok_or(fault("no scheme", 0))?;
        let (scheme, rest) = (&text[..colon], &text[colon + 1..]);
        let sip = |secure| {
            SipUri::parse(secure, rest)
                .map(Self::Sip)
                .map_err(|e| e.within("URI", colon + 1))
        };
        if scheme.eq_ignore_ascii_case("sip") {
            sip(false)
        } else if scheme.eq_ignore_ascii_case("sips") {
            sip(true)
        } else if scheme.eq_ignore_ascii_case("tel") {
            let end = rest.find(';').unwrap_or(rest.len());
            let (number, params) = rest.split_at(end);
            Ok(Self::Tel(TelUri {
                number,
                params: Params::new(params),
            }))
        } else if scheme.starts_with(|c: char| c.is_ascii_alphabetic()) {
            Ok(Self::Other(text))
        } else {
            Err(fault("scheme that is no word", 0))
        }
    }

    /// The SIP or SIPS URI this is, if it is one.
    pub fn sip(&self) -> Option<&SipUri<'a>> {
        match self {
            Self::Sip(uri) => Some(uri),
            _ => None,
        }
    }
}

impl<'a> SipUri<'a> {
    /// Reads what follows `sip:`.
    fn parse(secure: bool, text: &'a str) -> Result<Self, ParseError> {
        // The user part may hold `;` and `?` (§19.1.1), so the `@` is sought first.
        let (userinfo, hostpart) = match text.split_once('@') {
            Some((userinfo, hostpart)) => (Some(userinfo), hostpart),
            None => (None, text),
        };
        let base = text.len() - hostpart.len();
        let (user, password) = match userinfo.map(|info| (info.split_once(':'), info)) {
            Some((Some((user, password)), _)) => (Some(user), Some(password)),
            Some((None, user)) => (Some(user), None),
            None => (None, None),
        };
        if user.is_some_and(str::is_empty) {
            return Err(ParseError::new("URI", "empty user", 0));
        }
        let (hostport, headers) = match hostpart.split_once('?') {
            Some((before, headers)) => (before, Some(headers)),
            None => (hostpart, None),
        };
        let end = hostport.find(';').unwrap_or(hostport.len());
        let (hostport, params) = hostport.split_at(end);
        let (host, port) = Host::parse_with_port(hostport).map_err(|e| e.within("URI", base))?;
        Ok(Self {
            secure,
            user,
            password,
            host,
            port,
            params: Params::new(params),
            headers,
        })
    }

    /// The port to use when none is written: 5061 for `sips`, else 5060 (RFC 3263 §4.2).
    pub fn port_or_default(&self) -> u16 {
        self.port.unwrap_or(if self.secure { 5061 } else { 5060 })
    }
}

impl<'a> Host<'a> {
    /// Reads a host alone: a name, an address, a bracketed IPv6 reference.
    ///
    /// # Errors
    /// An empty host, a byte no host name holds, or a malformed reference.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let fault = |what| ParseError::new("host", what, 0);
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner
                .strip_suffix(']')
                .ok_or(fault("IPv6 reference without ]"))?;
            return inner
                .parse()
                .map(Self::V6)
                .map_err(|_| fault("no IPv6 address in []"));
        }
        if let Ok(address) = text.parse() {
            return Ok(Self::V4(address));
        }
        let named = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
        match text.bytes().position(|b| !named(b)) {
            None if text.is_empty() => Err(fault("empty host")),
            None => Ok(Self::Name(text)),
            Some(at) => Err(ParseError::new(
                "host",
                "character that no host may hold",
                at,
            )),
        }
    }

    /// Reads `host` or `host:port`, white space allowed around the colon as in a Via.
    pub(crate) fn parse_with_port(text: &'a str) -> Result<(Self, Option<u16>), ParseError> {
        let after_reference = text.find(']').map_or(0, |at| at + 1);
        let Some(colon) = text[after_reference..]
            .find(':')
            .map(|at| at + after_reference)
        else {
            return Ok((Self::parse(text.trim_end())?, None));
        };
        let host = Self::parse(text[..colon].trim_end())?;
        let digits = text[colon + 1..].trim();
        let port = Some(digits).filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
        let port = port.and_then(|digits| digits.parse().ok());
        let port = port.ok_or(ParseError::new(
            "host",
            "port that is no number to 65535",
            colon + 1,
        ))?;
        Ok((host, Some(port)))
    }

    /// The address this is, when it is not a name.
    pub fn ip(self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(address) => Some(address.into()),
            Self::V6(address) => Some(address.into()),
        }
    }
}

impl PartialEq for Host<'_> {
    /// Names without regard to case, addresses by value: `[::1]` is `[0:0:0:0:0:0:0:1]`.
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
