use std::fmt;

/// What is kept of a subscriber's password.
#[derive(Clone, PartialEq, Eq)]
pub enum Password {
    /// The password itself, for a subscriber of whom no domain is known (`calculate_ha1 = 1` of
    /// the texts).
    Plain(String),
    /// Its hashes, from which it cannot be told (`calculate_ha1 = 0`).
    Hashed {
        /// MD5 of `user:domain:password`.
        ha1: String,
        /// MD5 of `user@domain:domain:password`, for phones that send their name with the
        /// domain.
        ha1b: String,
    },
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// Why the subscribers could not be looked up, in words for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReadable(pub String);

impl fmt::Display for NotReadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotReadable {}

/// The `subscriber` table of the texts.
pub trait Subscribers: Send + Sync {
    /// What is kept for a user in a domain, which is the realm of the challenge. A subscriber
    /// without a domain belongs to all.
    ///
    /// # Errors
    /// When the table cannot be read.
    fn password(&self, user: &str, domain: &str) -> Result<Option<Password>, NotReadable>;

    /// What the table held a moment ago, where that is remembered. An answer that is right by it
    /// is right; any other is judged by [`Subscribers::password`].
    fn remembered(&self, _user: &str, _domain: &str) -> Option<Password> {
        None
    }
}
