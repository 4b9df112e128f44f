use std::fmt;

use crate::admin::user::{Unfit, User};
use crate::error::WriteError;

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AdminError {
    /// It may not stand in a row.
    Unfit(Unfit),
    /// The user is there already.
    UserExists(User),
    /// There is no such user.
    NoUser(User),
    /// The name is that of users in several domains.
    SeveralDomains {
        /// The name.
        name: String,
        /// The domains; an empty one is a user without.
        domains: Vec<String>,
    },
    /// The alias is there already.
    AliasExists {
        /// The alias.
        alias: User,
        /// What it stands for.
        user: User,
    },
    /// There is no such alias.
    NoAlias(User),
    /// The alias would hide a user of its name: aliases are looked up first.
    AliasOfAUsersName(User),
    /// A user of this name would be hidden by an alias.
    NameOfAnAlias(User),
    /// The address is there already, in the row of this number.
    AddressExists(i64),
    /// There is no such address.
    NoAddress,
    /// The file could not be read or written.
    Failed(WriteError),
}

impl From<WriteError> for AdminError {
    fn from(error: WriteError) -> Self {
        Self::Failed(error)
    }
}

impl From<rusqlite::Error> for AdminError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Unfit> for AdminError {
    fn from(unfit: Unfit) -> Self {
        Self::Unfit(unfit)
    }
}

impl fmt::Display for AdminError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unfit(unfit) => unfit.fmt(f),
            Self::UserExists(user) => {
                write!(
                    f,
                    "user {user} exists already; change a password with passwd"
                )
            }
            Self::NoUser(user) => write!(f, "there is no user {user}"),
            Self::SeveralDomains { name, domains } => {
                let domains: Vec<String> = domains.iter().map(|domain| named(domain)).collect();
                let domains = domains.join(", ");
                let name = User::new(name, "");
                write!(
                    f,
                    "user {name} is in several domains, say which one: {domains}"
                )
            }
            Self::AliasExists { alias, user } => {
                write!(
                    f,
                    "alias {alias} exists already and stands for {user}; remove it first"
                )
            }
            Self::NoAlias(alias) => write!(f, "there is no alias {alias}"),
            Self::AliasOfAUsersName(alias) => write!(
                f,
                "{alias} is a user: an alias of that name would take the user's calls"
            ),
            Self::NameOfAnAlias(user) => write!(
                f,
                "{user} is an alias, which would take the user's calls; remove the alias first"
            ),
            Self::AddressExists(id) => write!(f, "that address is there already, with ID {id}"),
            Self::NoAddress => f.write_str("there is no such address"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

fn named(domain: &str) -> String {
    match domain {
        "" => "--domain ''".to_owned(),
        _ => format!("--domain {}", sip_message::printable(domain.as_bytes())),
    }
}

impl std::error::Error for AdminError {}
