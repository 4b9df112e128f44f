//! What a row of `subscriber` keeps of a password.

use sip_digest::{Ha1, Password, realm};

use crate::admin::user::{InputError, User, check_password};

/// What a row has of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// HA1, which does not give the password away (`calculate_ha1 = 0` of the texts), and HA1b,
    /// which a row of another program may lack.
    Hashes,
    /// The password itself (`calculate_ha1 = 1`): without a domain it cannot be hashed.
    Password,
    /// HA1, which counts, and the password beside it: a row of another program.
    Both,
    /// Nothing usable, so nobody can log in: a row of another program, where all is empty or HA1
    /// is not a hash ([`Password::read`]).
    Nothing,
}

impl Kept {
    /// What is kept of the password of this user.
    pub(crate) fn of(user: &User) -> Self {
        if user.domain.is_empty() {
            Self::Password
        } else {
            Self::Hashes
        }
    }
}

/// What is kept of a password, if it may be one.
pub(crate) fn kept(user: &User, password: &str) -> Result<Password, InputError> {
    check_password(password)?;
    match user.domain.as_str() {
        "" => Password::plain(password).map_err(|_| InputError("the password is blank")),
        domain => Ok(Password::hashed(&user.name, &realm(domain), password)),
    }
}

/// The columns `password`, `ha1` and `ha1b` of what is kept.
pub(crate) fn columns(kept: &Password) -> [&str; 3] {
    match kept {
        Password::Plain(plain) => [plain.as_str(), "", ""],
        Password::Hashed { ha1, ha1b } => ["", ha1.as_str(), ha1b.as_ref().map_or("", Ha1::as_str)],
    }
}
