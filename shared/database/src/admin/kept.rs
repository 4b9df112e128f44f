//! What a row of `subscriber` keeps of a password.

use sip_digest::{Ha1, Hashes, Password, realm};

use crate::admin::user::{InputError, User, check_password};

/// What a row has of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// HA1, which does not give the password away (`calculate_ha1 = 0` of the texts), and HA1b,
    /// which a row of another program may lack; also those of SHA-256.
    Hashes,
    /// HA1 of MD5 alone: another program wrote or changed the row.
    Md5,
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

/// The columns `password`, `ha1` and `ha1b` of what is kept, and `sha256` and `sha256b` beside them.
pub(crate) fn columns(kept: &Password) -> [&str; 5] {
    match kept {
        Password::Plain(plain) => [plain.as_str(), "", "", "", ""],
        Password::Hashed { md5, sha256 } => {
            let ([ha1, ha1b], [sha256, sha256b]) =
                (pair(md5), sha256.as_ref().map_or([""; 2], pair));
            ["", ha1, ha1b, sha256, sha256b]
        }
    }
}

fn pair(hashes: &Hashes) -> [&str; 2] {
    let ha1b = hashes.ha1b.as_ref();
    [hashes.ha1.as_str(), ha1b.map_or("", Ha1::as_str)]
}
