//! What the server's database keeps of a user's password. It is used to judge an answer, and
//! never leaves this program.

use std::fmt;
use std::path::Path;

use calculator::Secret;
use rusqlite::OptionalExtension;

use super::database::connect;

/// What is kept of a password.
pub(crate) struct Kept {
    password: String,
    ha1: String,
}

impl Kept {
    /// For the calculator.
    pub(crate) fn secret(&self) -> Secret<'_> {
        match (self.password.as_str(), self.ha1.as_str()) {
            ("", "") => Secret::Unknown,
            ("", ha1) => Secret::Ha1(ha1),
            (password, _) => Secret::Password(password),
        }
    }
}

/// Shows nothing of it.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept(..)")
    }
}

/// What the database keeps of the password of a user in a realm; `None` if the user is unknown or
/// the file cannot be read.
pub(crate) fn kept(database: &Path, user: &str, realm: &str) -> Option<Kept> {
    const QUERY: &str = "SELECT password, ha1 FROM subscriber
        WHERE username = ?1 AND domain IN (?2, '') ORDER BY domain DESC LIMIT 1";
    let connection = connect(database).ok()?;
    let row = connection.query_row(QUERY, [user, realm], |row| {
        Ok(Kept {
            password: row.get(0)?,
            ha1: row.get(1)?,
        })
    });
    row.optional().ok()?
}
