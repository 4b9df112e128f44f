//! Why nobody can log in with a row of `subscriber`.

use std::fmt;

/// Why nobody can log in with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// It holds neither a hash nor a password.
    Nothing,
    /// `ha1` is not 32 hex digits.
    NoHash,
    /// `password` is not text, or blank.
    NoText,
    /// The name came with its domain, which needs `ha1b`, and that is not 32 hex digits.
    NoHa1b,
    /// No hash is kept for the algorithm of the answer.
    NoHashOfAlgorithm,
}

impl fmt::Display for Unusable {
    /// Says why without quoting the row.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "the row holds neither an HA1 nor a password",
            Self::NoHash => "the row's HA1 is not 32 hex digits",
            Self::NoText => "the row's password is not text, or is blank",
            Self::NoHa1b => "the name came with a domain, and the row's HA1b is not 32 hex digits",
            Self::NoHashOfAlgorithm => "no hash of the password is kept for this algorithm",
        })
    }
}

impl std::error::Error for Unusable {}
