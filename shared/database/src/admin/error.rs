//! Why an administrator's change was not made.

use std::error::Error;
use std::fmt;

use crate::admin::user::{InputError, User};
use crate::error::DatabaseError;

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AdminError {
    /// Something that may not be in a row.
    Input(InputError),
    /// The user exists already.
    UserExists(User),
    /// The user does not exist.
    NoUser(User),
    /// Users in several domains have this name.
    SeveralDomains {
        /// The name.
        name: String,
        /// The domains; an empty one is a user without a domain.
        domains: Vec<String>,
    },
    /// The alias exists already.
    AliasExists {
        /// The alias.
        alias: User,
        /// The user it leads to.
        user: User,
    },
    /// The alias does not exist.
    NoAlias(User),
    /// The alias would hide a user with its name: aliases are looked up first.
    AliasOfAUsersName(User),
    /// An alias would hide a user with this name.
    NameOfAnAlias(User),
    /// Only the MD5 hashes of the user's password are kept.
    NoSha256(User),
    /// The row with this number has the address already.
    AddressExists(i64),
    /// The table has no such address.
    NoAddress,
    /// The file could not be read or written.
    Database(DatabaseError),
}

impl From<DatabaseError> for AdminError {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

impl From<rusqlite::Error> for AdminError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

impl From<InputError> for AdminError {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

impl fmt::Display for AdminError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(error) => error.fmt(f),
            Self::UserExists(user) => write!(
                f,
                "user {user} exists already; change a password with passwd"
            ),
            Self::NoUser(user) => write!(f, "user {user} does not exist"),
            Self::SeveralDomains { name, domains } => {
                let domains: Vec<String> = domains.iter().map(|domain| flag(domain)).collect();
                let domains = domains.join(", ");
                let name = User::new(name, "");
                write!(
                    f,
                    "user {name} is in several domains, say which one: {domains}"
                )
            }
            Self::AliasExists { alias, user } => write!(
                f,
                "alias {alias} exists already and leads to {user}; remove it first"
            ),
            Self::NoAlias(alias) => write!(f, "alias {alias} does not exist"),
            Self::AliasOfAUsersName(alias) => write!(
                f,
                "{alias} is a user: an alias of that name would take the user's calls"
            ),
            Self::NameOfAnAlias(user) => write!(
                f,
                "{user} is an alias, which would take the user's calls; remove the alias first"
            ),
            Self::NoSha256(user) => write!(
                f,
                "no SHA-256 hash is kept of the password of {user}; set it again with passwd first"
            ),
            Self::AddressExists(id) => write!(f, "that address is there already, with ID {id}"),
            Self::NoAddress => f.write_str("this address does not exist"),
            Self::Database(error) => error.fmt(f),
        }
    }
}

fn flag(domain: &str) -> String {
    match domain {
        "" => "--domain ''".to_owned(),
        _ => format!("--domain {}", sip_message::printable(domain.as_bytes())),
    }
}

impl Error for AdminError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Input(error) => Some(error),
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}
