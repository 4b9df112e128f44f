//! Which algorithms a server offers, and in which order (RFC 8760 §2.4).

use std::fmt;
use std::str::FromStr;

use crate::algorithm::Algorithm;

/// The algorithms a server offers, each in a challenge of its own. A phone answers the first one it
/// knows. A third algorithm is not among them: some phones stop at any that they do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Offer {
    /// MD5 alone, which every phone knows. The challenge does not name it, as in RFC 3261.
    #[default]
    Md5,
    /// SHA-256, then MD5.
    Sha256Md5,
    /// MD5, then SHA-256.
    Md5Sha256,
    /// SHA-256 alone.
    Sha256,
}

/// A list of algorithms that is not an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferError;

impl Offer {
    /// All offers.
    pub const ALL: [Self; 4] = [Self::Md5, Self::Sha256Md5, Self::Md5Sha256, Self::Sha256];

    /// The algorithms, in the order of the challenges.
    pub fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Self::Md5 => &[Algorithm::Md5],
            Self::Sha256Md5 => &[Algorithm::Sha256, Algorithm::Md5],
            Self::Md5Sha256 => &[Algorithm::Md5, Algorithm::Sha256],
            Self::Sha256 => &[Algorithm::Sha256],
        }
    }

    /// Whether the algorithm is one of them.
    pub fn has(self, algorithm: Algorithm) -> bool {
        self.algorithms().contains(&algorithm)
    }

    /// How it is written on a command line and in a table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha256Md5 => "sha-256,md5",
            Self::Md5Sha256 => "md5,sha-256",
            Self::Sha256 => "sha-256",
        }
    }
}

impl FromStr for Offer {
    type Err = OfferError;

    fn from_str(text: &str) -> Result<Self, OfferError> {
        let is_named = |offer: &Self| offer.as_str().eq_ignore_ascii_case(text);
        Self::ALL.into_iter().find(is_named).ok_or(OfferError)
    }
}

impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for OfferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("choose md5, sha-256,md5 or md5,sha-256 or sha-256")
    }
}

impl std::error::Error for OfferError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_read_as_it_is_written() {
        for offer in Offer::ALL {
            assert_eq!(offer.to_string().parse(), Ok(offer));
            let tokens = offer.algorithms().iter().map(|it| it.as_str());
            let listed = tokens.collect::<Vec<_>>().join(",");
            assert_eq!(listed.parse(), Ok(offer), "{listed}");
        }
        for text in ["", "sha-512-256", "md5,md5", "md5, sha-256", "sha256"] {
            assert_eq!(text.parse::<Offer>(), Err(OfferError), "{text}");
        }
    }
}
