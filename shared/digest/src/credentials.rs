//! How credentials are read and written.

use std::fmt;

use crate::algorithm::Algorithm;
use crate::error::SyntaxError;
use crate::params::params;
use crate::qop::Qop;

/// The value of an `Authorization` or `Proxy-Authorization` header field (RFC 2617 §3.2.2),
/// everything as it came between the quotes.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials<'a> {
    /// The user it claims: `10`, or `10@192.168.1.15`.
    pub username: &'a str,
    /// The realm of the challenge it answers.
    pub realm: &'a str,
    /// The nonce of the challenge it answers.
    pub nonce: &'a str,
    /// The URI that was hashed; it should be that of the request.
    pub uri: &'a str,
    /// The proof: hex digits.
    pub response: &'a str,
    /// The hash algorithm; MD5 if none was given.
    pub algorithm: Algorithm,
    /// The qop, its nonce count and the phone's own nonce; `None` as in RFC 2069.
    pub qop: Option<Protected<'a>>,
    /// The phone's own nonce if it comes without qop, as MD5-sess allows.
    pub cnonce: Option<&'a str>,
    /// The text that the challenge asked to repeat.
    pub opaque: Option<&'a str>,
}

/// The values that come with a qop (RFC 2617 §3.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protected<'a> {
    /// The qop.
    pub qop: Qop,
    /// The token as it came, which is what was hashed.
    pub token: &'a str,
    /// The nonce count as it came: eight hex digits.
    pub nc: &'a str,
    /// The nonce count as a number.
    pub count: u32,
    /// The phone's own nonce.
    pub cnonce: &'a str,
}

impl<'a> Credentials<'a> {
    /// Reads credentials; `None` if their scheme is not Digest.
    ///
    /// # Errors
    /// A syntax error, a missing mandatory parameter, an unknown algorithm or qop, a qop without
    /// `nc` or `cnonce`, or an `nc` that is not a hex number of at most 8 digits.
    pub fn parse(value: &'a str) -> Option<Result<Self, SyntaxError>> {
        let params = params(value)?;
        Some(params.and_then(|params| {
            let param = |name: &str| params.iter().find(|p| p.name.eq_ignore_ascii_case(name));
            let optional = |name: &str| param(name).map(|p| p.value);
            let needed =
                |name: &str| optional(name).ok_or_else(|| SyntaxError::missing(name, value));
            let place = |name: &str| param(name).map_or(0, |p| p.offset);
            let fault = |name: &str, what| SyntaxError::new(name, what, place(name));
            let known = |name: &str| SyntaxError::unknown(name, place(name));
            let algorithm = match optional("algorithm") {
                Some(token) => Algorithm::from_token(token).ok_or_else(|| known("algorithm"))?,
                None => Algorithm::Md5,
            };
            let qop = match optional("qop") {
                Some(token) => {
                    let qop = Qop::from_token(token).ok_or_else(|| known("qop"))?;
                    let (nc, cnonce) = (needed("nc")?, needed("cnonce")?);
                    let digits =
                        (1..=8).contains(&nc.len()) && nc.bytes().all(|b| b.is_ascii_hexdigit());
                    let count = digits.then(|| u32::from_str_radix(nc, 16).ok()).flatten();
                    let count = count.ok_or_else(|| fault("nc", "not a hex number of 8 digits"))?;
                    Some(Protected {
                        qop,
                        token,
                        nc,
                        count,
                        cnonce,
                    })
                }
                None => None,
            };
            Ok(Self {
                username: needed("username")?,
                realm: needed("realm")?,
                nonce: needed("nonce")?,
                uri: needed("uri")?,
                response: needed("response")?,
                algorithm,
                qop,
                cnonce: optional("cnonce"),
                opaque: optional("opaque"),
            })
        }))
    }

    /// The name without a domain: some phones are configured with `10@192.168.1.15` and send that.
    pub fn user(&self) -> &'a str {
        self.username
            .split_once('@')
            .map_or(self.username, |(user, _)| user)
    }
}

impl fmt::Debug for Credentials<'_> {
    /// Without the response, from which a weak password can be guessed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .field("realm", &self.realm)
            .field("uri", &self.uri)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            username,
            realm,
            nonce,
            uri,
            response,
            ..
        } = self;
        write!(
            f,
            "Digest username=\"{username}\", realm=\"{realm}\", nonce=\"{nonce}\", "
        )?;
        write!(
            f,
            "uri=\"{uri}\", response=\"{response}\", algorithm={}",
            self.algorithm.as_str()
        )?;
        if let Some(Protected {
            token, nc, cnonce, ..
        }) = &self.qop
        {
            write!(f, ", cnonce=\"{cnonce}\", qop={token}, nc={nc}")?;
        } else if let Some(cnonce) = self.cnonce {
            write!(f, ", cnonce=\"{cnonce}\"")?;
        }
        match self.opaque {
            Some(opaque) => write!(f, ", opaque=\"{opaque}\""),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: &str = "Digest username=\"10\", realm=\"192.168.1.15\", algorithm=MD5, \
        uri=\"sip:192.168.1.15\", nonce=\"462791f06aa9b37a34fd11b1adc58c5a9df7c95b\", \
        response=\"be9e8d46b8dcd522f22301e1f2b3287c\"";

    #[test]
    fn the_papers_credentials_are_read() {
        let credentials = Credentials::parse(PAPER).unwrap().unwrap();
        assert_eq!(credentials.username, "10");
        assert_eq!(credentials.uri, "sip:192.168.1.15");
        assert_eq!(credentials.qop, None);
    }

    #[test]
    fn a_qop_needs_its_count_and_cnonce() {
        let error = |more: &str| {
            let value = format!("{PAPER}, {more}");
            Credentials::parse(&value).unwrap().unwrap_err().to_string()
        };
        assert!(error("qop=auth, nc=00000001").starts_with("cnonce: missing"));
        assert!(error("qop=auth, cnonce=\"x\"").starts_with("nc: missing"));
        assert!(error("qop=auth, cnonce=\"x\", nc=zz").starts_with("nc: not a hex number"));
        assert!(error("qop=token, cnonce=\"x\", nc=1").starts_with("qop: unknown value"));
    }

    #[test]
    fn no_secret_appears_in_a_log() {
        let credentials = Credentials::parse(PAPER).unwrap().unwrap();
        assert!(!format!("{credentials:?}").contains("be9e8d46"));
    }
}
