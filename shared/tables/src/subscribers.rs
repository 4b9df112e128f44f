//! Where passwords come from.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use sip_digest::{Offer, Password, Unusable};

/// Why the subscribers could not be looked up. The cause is [`Error::source`].
#[derive(Debug, Clone)]
pub struct NotReadable(Arc<dyn Error + Send + Sync>);

impl NotReadable {
    /// The subscribers could not be looked up because of `cause`.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(Arc::from(cause.into()))
    }
}

impl fmt::Display for NotReadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for NotReadable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

/// Why no password is available to check an answer.
#[derive(Debug, Clone)]
pub enum NoPassword {
    /// The domain does not have this user.
    NoUser,
    /// Nobody can log in with the row of this user.
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

impl Error for NoPassword {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoUser => None,
            Self::Unusable(why) => Some(why),
            Self::NotReadable(why) => Some(why),
        }
    }
}

/// How a user logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The password, or its hashes.
    pub password: Password,
    /// What the user is offered instead of what all are.
    pub offer: Option<Offer>,
}

impl From<Password> for Login {
    /// A user who is offered what all are.
    fn from(password: Password) -> Self {
        let offer = None;
        Self { password, offer }
    }
}

/// The `subscriber` table of the texts.
pub trait Subscribers: Send + Sync {
    /// How a user logs in, in a domain, which is the realm of the challenge. A subscriber without a
    /// domain belongs to every domain.
    ///
    /// # Errors
    /// The user does not exist, the row is unusable, or the table cannot be read.
    fn login(&self, user: &str, domain: &str) -> Result<Login, NoPassword>;

    /// The login of a moment ago, if it is remembered. An answer that is right by it is accepted;
    /// any other is checked against [`Subscribers::login`].
    fn remembered(&self, _user: &str, _domain: &str) -> Option<Login> {
        None
    }
}
