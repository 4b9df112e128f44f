//! How a URI is cut into its parts, all of them borrowed.

use std::borrow::Cow;

use crate::error::ParseError;
use crate::escape;
use crate::host::Host;
use crate::params::Params;
use crate::text::{cut, until};

/// A URI as a proxy sees it (RFC 3261 §19.1, RFC 3966), borrowed as it came.
#[derive(Debug, Clone, Copy)]
pub enum Uri<'a> {
    /// `sip:` or `sips:`
    Sip(SipUri<'a>),
    /// `tel:`
    Tel(TelUri<'a>),
    /// Any other scheme, as a whole: a proxy answers it with 416 (§16.3).
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
    /// The port, if one is written.
    pub port: Option<u16>,
    /// The URI parameters.
    pub params: Params<'a>,
    /// The text behind the question mark.
    pub headers: Option<&'a str>,
}

/// A telephone number (RFC 3966).
#[derive(Debug, Clone, Copy)]
pub struct TelUri<'a> {
    /// The number, visual separators kept.
    pub number: &'a str,
    /// Its parameters, including `phone-context`.
    pub params: Params<'a>,
}

impl<'a> Uri<'a> {
    /// Reads a URI that fills the whole text.
    ///
    /// # Errors
    /// The text has no scheme, or is not a well-formed SIP or tel URI.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let fault = |what, at| ParseError::new("URI", what, at);
        let no_byte = |at| fault("character not allowed in a URI", at);
        let check = |text: &str| {
            text.bytes()
                .position(is_never)
                .map_or(Ok(()), |at| Err(no_byte(at)))
        };
        let Some((scheme, rest)) = cut(text, b':') else {
            check(text)?;
            return Err(fault("no scheme", 0));
        };
        let sip = |secure| {
            SipUri::parse(secure, rest)
                .map(Self::Sip)
                .map_err(|e| e.within("URI", scheme.len() + 1))
        };
        if scheme.eq_ignore_ascii_case("sip") {
            sip(false)
        } else if scheme.eq_ignore_ascii_case("sips") {
            sip(true)
        } else if let Err(error) = check(text) {
            Err(error)
        } else if scheme.eq_ignore_ascii_case("tel") {
            let (number, params) = until(rest, b';');
            if number.is_empty() {
                return Err(fault("empty number", scheme.len() + 1));
            }
            let params = Params::new(params);
            Ok(Self::Tel(TelUri { number, params }))
        } else if is_scheme(scheme) {
            Ok(Self::Other(text))
        } else {
            Err(fault("scheme is not a word", 0))
        }
    }

    /// The SIP or SIPS URI, if it is one.
    pub fn sip(&self) -> Option<&SipUri<'a>> {
        match self {
            Self::Sip(uri) => Some(uri),
            _ => None,
        }
    }
}

/// RFC 3986 §3.1.
fn is_scheme(text: &str) -> bool {
    let rest = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(rest)
}

/// Bytes that no URI may hold, in any scheme.
const fn is_never(byte: u8) -> bool {
    byte <= b' ' || byte == 0x7f || matches!(byte, b'<' | b'>' | b'"')
}

/// Bytes that separate the parts of a SIP URI, or that it may not hold.
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = is_never(byte as u8) || matches!(byte as u8, b'@' | b':' | b';' | b'?');
        byte += 1;
    }
    table
};

/// Where the parts of a SIP URI meet.
#[derive(Default)]
struct Delimiters {
    /// The `@` behind the user.
    at: Option<usize>,
    /// The colon between user and password.
    password: Option<usize>,
    /// The first semicolon behind the host.
    semicolon: Option<usize>,
    /// The first question mark behind the host.
    question: Option<usize>,
}

impl Delimiters {
    /// Finds them in one pass; `Err` is the place of a byte that no URI may hold.
    fn find(text: &str) -> Result<Self, usize> {
        let mut found = Self::default();
        let mut colon = None;
        for (place, byte) in text.bytes().enumerate() {
            if !SPECIAL[usize::from(byte)] {
                continue;
            }
            match byte {
                // The user part may hold `;` and `?` (§19.1.1), so those found before the `@` do not count.
                b'@' if found.at.is_none() => {
                    found = Self {
                        at: Some(place),
                        password: colon,
                        ..Self::default()
                    };
                }
                b':' => colon = colon.or(Some(place)),
                b';' => found.semicolon = found.semicolon.or(Some(place)),
                b'?' => found.question = found.question.or(Some(place)),
                _ => return Err(place),
            }
        }
        Ok(found)
    }
}

impl<'a> SipUri<'a> {
    /// Reads what follows `sip:`.
    fn parse(secure: bool, text: &'a str) -> Result<Self, ParseError> {
        let fault = |what, at| ParseError::new("URI", what, at);
        let Delimiters {
            at,
            password,
            semicolon,
            question,
        } = Delimiters::find(text).map_err(|at| fault("character not allowed in a URI", at))?;
        if at == Some(0) || password == Some(0) {
            return Err(fault("empty user", 0));
        }
        let host = at.map_or(0, |at| at + 1);
        let (before, headers) = match question {
            Some(question) => (&text[..question], Some(&text[question + 1..])),
            None => (text, None),
        };
        let params = semicolon.unwrap_or(before.len()).min(before.len());
        let read = Host::parse_with_port(&before[host..params]);
        let (host, port) = read.map_err(|e| e.within("URI", host))?;
        Ok(Self {
            secure,
            user: at.map(|at| &text[..password.unwrap_or(at)]),
            password: at.and_then(|at| Some(&text[password? + 1..at])),
            host,
            port,
            params: Params::new(&before[params..]),
            headers,
        })
    }

    /// The user part as a registrar knows it (§10.3 step 5): escapes become their characters, so
    /// that `%31000` is `1000`. Control bytes, bytes outside UTF-8 and the per cent sign stay
    /// `%XX`, so that two different users never get the same name.
    pub fn unescaped_user(&self) -> Option<Cow<'a, str>> {
        self.user.map(escape::canonical)
    }

    /// The port, or the default where none is written: 5061 for `sips`, else 5060 (RFC 3263 §4.2).
    pub fn port_or_default(&self) -> u16 {
        self.port.unwrap_or(if self.secure { 5061 } else { 5060 })
    }
}
