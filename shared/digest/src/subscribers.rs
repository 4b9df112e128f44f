use std::fmt;

use crate::password::{Password, Unusable};

/// Why the subscribers could not be looked up, in words for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReadable(pub String);

impl fmt::Display for NotReadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotReadable {}

/// Why there is no password to judge an answer by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPassword {
    /// There is no such user in the domain.
    NoUser,
    /// There is, and nobody can log in with what is kept.
    Unusable(Unusable),
    /// The table cannot be read.
    NotReadable(NotReadable),
}

impl From<Unusable> for NoPassword {
    fn from(why: Unusable) -> Self {
        Self::Unusable(why)
    }
}

impl From<NotReadable> for NoPassword {
    fn from(why: NotReadable) -> Self {
        Self::NotReadable(why)
    }
}

impl fmt::Display for NoPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUser => f.write_str("no such user in the realm"),
            Self::Unusable(why) => why.fmt(f),
            Self::NotReadable(why) => why.fmt(f),
        }
    }
}

impl std::error::Error for NoPassword {}

/// The `subscriber` table of the texts.
pub trait Subscribers: Send + Sync {
    /// What is kept for a user in a domain, which is the realm of the challenge. A subscriber
    /// without a domain belongs to all.
    ///
    /// # Errors
    /// When there is no such user, nothing usable is kept, or the table cannot be read.
    fn password(&self, user: &str, domain: &str) -> Result<Password, NoPassword>;

    /// What the table held a moment ago, where that is remembered. An answer that is right by it
    /// is right; any other is judged by [`Subscribers::password`].
    fn remembered(&self, _user: &str, _domain: &str) -> Option<Password> {
        None
    }
}
