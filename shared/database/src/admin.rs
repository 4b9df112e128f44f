//! What an administrator changes: the rows of `subscriber` and `dbaliases`.

use sip_digest::{Algorithm, Password, ha1};

use crate::database::Database;
use crate::error::WriteError;

impl Database {
    /// Adds a subscriber, or changes the password of one that is there. With a domain only the
    /// hashes of the password are kept (`calculate_ha1 = 0` of the texts), as the domain is the
    /// realm that is hashed; without one, the password itself.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_password(&self, user: &str, domain: &str, password: &str) -> Result<(), WriteError> {
        let kept = kept(user, domain, password);
        let (plain, ha1, ha1b) = match &kept {
            Password::Plain(plain) => (plain.as_str(), "", ""),
            Password::Hashed { ha1, ha1b } => ("", ha1.as_str(), ha1b.as_str()),
        };
        let sql = "INSERT INTO subscriber (username, domain, password, ha1, ha1b)
            VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (username, domain)
            DO UPDATE SET password = ?3, ha1 = ?4, ha1b = ?5";
        self.connect()?
            .execute(sql, [user, domain, plain, ha1, ha1b])?;
        Ok(())
    }

    /// Makes `alias` stand for `user`; an empty domain is any (`dbaliases` of Kamailio).
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_alias(&self, alias: (&str, &str), user: (&str, &str)) -> Result<(), WriteError> {
        let mut connection = self.connect()?;
        let transaction = connection.transaction()?;
        let sql = "DELETE FROM dbaliases WHERE alias_username = ?1 AND alias_domain = ?2";
        transaction.execute(sql, [alias.0, alias.1])?;
        let sql = "INSERT INTO dbaliases (alias_username, alias_domain, username, domain)
            VALUES (?1, ?2, ?3, ?4)";
        transaction.execute(sql, [alias.0, alias.1, user.0, user.1])?;
        Ok(transaction.commit()?)
    }
}

/// What is kept of a password.
fn kept(user: &str, domain: &str, password: &str) -> Password {
    if domain.is_empty() {
        return Password::Plain(password.to_owned());
    }
    let hash = |user: &str| ha1(Algorithm::Md5, user, domain, password);
    Password::Hashed {
        ha1: hash(user),
        ha1b: hash(&format!("{user}@{domain}")),
    }
}
