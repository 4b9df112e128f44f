use std::borrow::Cow;

use memchr::memchr;

use crate::error::ParseError;
use crate::escape;
use crate::host::Host;
use crate::params::Params;
use crate::text::{cut, until};

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

impl<'a> Uri<'a> {
    /// Reads a URI that fills the whole text.
    ///
    /// # Errors
    /// Names the fault and its offset; a scheme without `:` and a malformed SIP URI are 400.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let fault = |what, at| ParseError::new("URI", what, at);
        let never = |b: u8| b <= b' ' || b == 0x7f || matches!(b, b'<' | b'>' | b'"');
        // Without an early exit the whole text is looked at in a few instructions.
        if text.bytes().fold(false, |found, b| found | never(b)) {
            let at = text.bytes().position(never).unwrap_or_default();
            return Err(fault("character that no URI may hold", at));
        }
        let colon = memchr(b':', text.as_bytes()).ok_or(fault("no scheme", 0))?;
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
            let (number, params) = until(rest, b';');
            if number.is_empty() {
                return Err(fault("empty number", colon + 1));
            }
            let params = Params::new(params);
            Ok(Self::Tel(TelUri { number, params }))
        } else if is_scheme(scheme) {
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

/// RFC 3986 §3.1.
fn is_scheme(text: &str) -> bool {
    let rest = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(rest)
}

impl<'a> SipUri<'a> {
    /// Reads what follows `sip:`.
    fn parse(secure: bool, text: &'a str) -> Result<Self, ParseError> {
        // The user part may hold `;` and `?` (§19.1.1), so the `@` is sought first.
        let (userinfo, hostpart) = match cut(text, b'@') {
            Some((userinfo, hostpart)) => (Some(userinfo), hostpart),
            None => (None, text),
        };
        let base = text.len() - hostpart.len();
        let (user, password) = match userinfo.map(|info| (cut(info, b':'), info)) {
            Some((Some((user, password)), _)) => (Some(user), Some(password)),
            Some((None, user)) => (Some(user), None),
            None => (None, None),
        };
        if user.is_some_and(str::is_empty) {
            return Err(ParseError::new("URI", "empty user", 0));
        }
        let (hostport, headers) = match cut(hostpart, b'?') {
            Some((before, headers)) => (before, Some(headers)),
            None => (hostpart, None),
        };
        let (hostport, params) = until(hostport, b';');
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

    /// The user part as a registrar knows it (§10.3 step 5): escapes read as their characters,
    /// so that `%31000` is `1000`. Control bytes, bytes that are no UTF-8 and the per cent sign
    /// stay `%XX`: two different users are never spelt alike.
    pub fn unescaped_user(&self) -> Option<Cow<'a, str>> {
        self.user.map(escape::canonical)
    }

    /// The port to use when none is written: 5061 for `sips`, else 5060 (RFC 3263 §4.2).
    pub fn port_or_default(&self) -> u16 {
        self.port.unwrap_or(if self.secure { 5061 } else { 5060 })
    }
}
