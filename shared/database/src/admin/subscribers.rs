//! The rows of `subscriber`, and what is kept of a password.

use rusqlite::{Connection, OptionalExtension};
use sip_digest::{Ha1, Password, realm};

use crate::admin::Admin;
use crate::admin::error::AdminError;
use crate::admin::user::{Unfit, User, check_password};
use crate::error::WriteError;
use crate::kept;
use crate::show::text_of;

/// A subscriber as an administrator sees it: without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Who it is.
    pub user: User,
    /// What is kept of its password.
    pub kept: Kept,
}

/// What a row has of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// HA1, from which it cannot be told (`calculate_ha1 = 0` of the texts), and HA1b, which a
    /// row of another program may lack.
    Hashes,
    /// The password itself (`calculate_ha1 = 1`), as there is no domain to hash it with.
    Password,
    /// HA1, which counts, and the password beside it: a row of another program.
    Both,
    /// Nothing usable, so that nobody can log in: a row of another program, where all is empty or
    /// HA1 is no hash ([`Password::read`]).
    Nothing,
}

impl Admin {
    /// Adds a subscriber. With a domain only the hashes of the password are kept, as the domain
    /// is the realm that is hashed; without one, the password itself.
    ///
    /// # Errors
    /// When it is there already, when an alias has its name, when name, domain or password
    /// cannot be used, or when the file cannot be written.
    pub fn add_subscriber(&mut self, user: &User, password: &str) -> Result<Kept, AdminError> {
        user.check()?;
        let kept = kept(user, password)?;
        let transaction = self.begin()?;
        if exists(&transaction, user)? {
            return Err(AdminError::UserExists(user.clone()));
        }
        if is_alias(&transaction, &user.name)? {
            return Err(AdminError::NameOfAnAlias(user.clone()));
        }
        put(&transaction, user, &kept)?;
        transaction.commit()?;
        Ok(kept_for(user))
    }

    /// Changes the password of a subscriber; what is kept of it then is as for a new one. A row
    /// of another program whose domain is not in lower case, which no server here finds, is given
    /// the domain as a server looks it up.
    ///
    /// # Errors
    /// When there is no such subscriber, the password cannot be used, or the file cannot be
    /// written.
    pub fn change_password(&mut self, user: &User, password: &str) -> Result<Kept, AdminError> {
        let kept = kept(user, password)?;
        let transaction = self.begin()?;
        let sql =
            "UPDATE OR REPLACE subscriber SET domain = ?3 WHERE username = ?1 AND domain = ?2";
        let written = realm(&user.domain);
        if transaction.execute(sql, [&user.name, &user.domain, &*written])? == 0 {
            return Err(AdminError::NoUser(user.clone()));
        }
        put(&transaction, user, &kept)?;
        transaction.commit()?;
        Ok(kept_for(user))
    }

    /// Removes a subscriber, and the aliases that then stand for nobody; how many those were.
    ///
    /// # Errors
    /// When there is no such subscriber, or the file cannot be written.
    pub fn remove_subscriber(&mut self, user: &User) -> Result<usize, AdminError> {
        let transaction = self.begin()?;
        let sql = "DELETE FROM subscriber WHERE username = ?1 AND domain = ?2";
        if transaction.execute(sql, [&user.name, &user.domain])? == 0 {
            return Err(AdminError::NoUser(user.clone()));
        }
        let sql = "DELETE FROM dbaliases WHERE username = ?1
            AND (domain = ?2 COLLATE NOCASE AND domain <> '' OR NOT EXISTS (SELECT 1 FROM subscriber WHERE username = ?1))";
        let aliases = transaction.execute(sql, [&user.name, &user.domain])?;
        transaction.commit()?;
        Ok(aliases)
    }

    /// The subscribers: all, or those of a name, or those in a domain, in whatever case it is
    /// written.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn subscribers(
        &self,
        name: Option<&str>,
        domain: Option<&str>,
    ) -> Result<Vec<Subscriber>, WriteError> {
        let sql = "SELECT username, domain, password, ha1, ha1b, length(password) > 0
            FROM subscriber WHERE username = coalesce(?1, username)
            AND domain = coalesce(?2, domain) COLLATE NOCASE ORDER BY username, domain";
        let mut statement = self.link.get()?.prepare(sql)?;
        let rows = statement.query_map([name, domain], |row| {
            Ok(Subscriber {
                user: User::of_row(text_of(row, 0)?, text_of(row, 1)?),
                kept: match kept::read(row)? {
                    Ok(Password::Hashed { .. }) if row.get(5).unwrap_or(false) => Kept::Both,
                    Ok(Password::Hashed { .. }) => Kept::Hashes,
                    Ok(Password::Plain(_)) => Kept::Password,
                    Err(_) => Kept::Nothing,
                },
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The one subscriber of a name, in `domain` if that is given. Of two domains that differ in
    /// case alone, the one that is written so.
    ///
    /// # Errors
    /// When there is none, or there are several in different domains, or the file cannot be
    /// read.
    pub fn subscriber(&self, name: &str, domain: Option<&str>) -> Result<Subscriber, AdminError> {
        let mut found = self.subscribers(Some(name), domain)?;
        let is_same = |it: &Subscriber| Some(it.user.domain.as_str()) == domain;
        if found.iter().any(is_same) {
            found.retain(is_same);
        }
        match found.pop() {
            None => Err(AdminError::NoUser(User::new(
                name,
                domain.unwrap_or_default(),
            ))),
            Some(only) if found.is_empty() => Ok(only),
            Some(last) => Err(AdminError::SeveralDomains {
                name: name.to_owned(),
                domains: found
                    .into_iter()
                    .chain([last])
                    .map(|subscriber| subscriber.user.domain)
                    .collect(),
            }),
        }
    }
}

/// What is kept of a password, if it may be one.
pub(crate) fn kept(user: &User, password: &str) -> Result<Password, Unfit> {
    check_password(password)?;
    match user.domain.as_str() {
        "" => Password::plain(password).map_err(|_| Unfit("the password is blank")),
        domain => Ok(Password::hashed(&user.name, &realm(domain), password)),
    }
}

/// What is kept of the password of this user.
pub(crate) fn kept_for(user: &User) -> Kept {
    match user.domain.is_empty() {
        true => Kept::Password,
        false => Kept::Hashes,
    }
}

/// The columns `password`, `ha1` and `ha1b` of what is kept.
pub(crate) fn columns(kept: &Password) -> [&str; 3] {
    match kept {
        Password::Plain(plain) => [plain.as_str(), "", ""],
        Password::Hashed { ha1, ha1b } => ["", ha1.as_str(), ha1b.as_ref().map_or("", Ha1::as_str)],
    }
}

fn put(connection: &Connection, user: &User, kept: &Password) -> rusqlite::Result<()> {
    let [plain, ha1, ha1b] = columns(kept);
    let sql = "INSERT INTO subscriber (username, domain, password, ha1, ha1b)
        VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (username, domain)
        DO UPDATE SET password = ?3, ha1 = ?4, ha1b = ?5";
    let domain = realm(&user.domain);
    connection.execute(sql, [&user.name, &*domain, plain, ha1, ha1b])?;
    Ok(())
}

/// Whether the user is there, in whatever case its domain is written.
pub(crate) fn exists(connection: &Connection, user: &User) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM subscriber WHERE username = ?1 AND domain = ?2 COLLATE NOCASE";
    connection
        .prepare_cached(sql)?
        .exists([&user.name, &user.domain])
}

/// Whether an alias has this name, in whatever domain: the names of a server are one domain.
pub(crate) fn is_alias(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM dbaliases WHERE alias_username = ?1";
    let found: Option<i64> = connection
        .prepare_cached(sql)?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(found.is_some())
}
