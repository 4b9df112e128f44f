//! How a challenge is read and written.

use std::fmt;

use crate::algorithm::Algorithm;
use crate::error::SyntaxError;
use crate::params::params;
use crate::qop::Qop;

/// The value of a `WWW-Authenticate` or `Proxy-Authenticate` header field (RFC 2617 §3.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Challenge {
    /// Says which of its user's accounts a phone answers with.
    pub realm: String,
    /// A text that the answer is bound to.
    pub nonce: String,
    /// A text for the phone to repeat, if there is one.
    pub opaque: Option<String>,
    /// The password was right but the nonce was old: the phone answers again without asking its
    /// user (RFC 2617 §3.2.1).
    pub stale: bool,
    /// The `algorithm` as it was offered; `None` if none was given, which means MD5.
    pub algorithm: Option<Algorithm>,
    /// The values offered; empty in an RFC 2069 challenge.
    pub qop: Vec<Qop>,
}

impl Challenge {
    /// Reads a challenge; `None` if its scheme is not Digest.
    ///
    /// # Errors
    /// A syntax error, no realm or nonce, or an unknown algorithm.
    pub fn parse(value: &str) -> Option<Result<Self, SyntaxError>> {
        let params = params(value)?;
        Some(params.and_then(|params| {
            let mut challenge = Self::default();
            let (mut has_realm, mut has_nonce) = (false, false);
            for param in params {
                match param.name.to_ascii_lowercase().as_str() {
                    "realm" => (challenge.realm, has_realm) = (param.value.to_owned(), true),
                    "nonce" => (challenge.nonce, has_nonce) = (param.value.to_owned(), true),
                    "opaque" => challenge.opaque = Some(param.value.to_owned()),
                    "stale" => challenge.stale = param.value.eq_ignore_ascii_case("true"),
                    "algorithm" => {
                        let unknown = SyntaxError::unknown("algorithm", param.offset);
                        let known = Algorithm::from_token(param.value).ok_or(unknown)?;
                        challenge.algorithm = Some(known);
                    }
                    // An unknown qop is ignored (RFC 2617 §3.2.1).
                    "qop" => {
                        let tokens = param.value.split(',').map(str::trim);
                        challenge.qop = tokens.filter_map(Qop::from_token).collect();
                    }
                    _ => {}
                }
            }
            match (has_realm, has_nonce) {
                (false, _) => Err(SyntaxError::missing("realm", value)),
                (_, false) => Err(SyntaxError::missing("nonce", value)),
                _ => Ok(challenge),
            }
        }))
    }
}

impl fmt::Display for Challenge {
    /// In the form of the texts, which phones expect: quotes around everything except stale and
    /// algorithm. Realm, nonce and opaque must not contain a quote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Digest realm=\"{}\", nonce=\"{}\"",
            self.realm, self.nonce
        )?;
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque=\"{opaque}\"")?;
        }
        if self.stale {
            f.write_str(", stale=true")?;
        }
        if let Some(algorithm) = self.algorithm {
            write!(f, ", algorithm={}", algorithm.as_str())?;
        }
        let Some((first, others)) = self.qop.split_first() else {
            return Ok(());
        };
        write!(f, ", qop=\"{}", first.as_str())?;
        for other in others {
            write!(f, ",{}", other.as_str())?;
        }
        f.write_str("\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_challenge_is_read_and_written_to_the_byte() {
        let value =
            "Digest realm=\"192.168.1.15\", nonce=\"462791f06aa9b37a34fd11b1adc58c5a9df7c95b\"";
        let challenge = Challenge::parse(value).unwrap().unwrap();
        assert_eq!(challenge.realm, "192.168.1.15");
        assert_eq!(challenge.to_string(), value);
    }

    #[test]
    fn a_full_challenge_is_read_and_written_to_the_byte() {
        let value = "Digest realm=\"r\", nonce=\"n\", opaque=\"\", stale=true, algorithm=MD5-sess, qop=\"auth,auth-int\"";
        let challenge = Challenge::parse(value).unwrap().unwrap();
        assert_eq!(challenge.qop, [Qop::Auth, Qop::AuthInt]);
        assert_eq!(challenge.to_string(), value);
    }

    #[test]
    fn a_challenge_needs_a_nonce() {
        let error = Challenge::parse("Digest realm=\"r\"").unwrap().unwrap_err();
        assert_eq!(error.to_string(), "nonce: missing at byte 16");
    }
}
