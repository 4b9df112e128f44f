//! The rows of `subscriber`.

use rusqlite::Connection;
use sip_digest::{Offer, Password, realm};

use crate::admin::Admin;
use crate::admin::error::AdminError;
use crate::admin::kept::{Kept, columns, kept};
use crate::admin::user::User;
use crate::error::DatabaseError;
use crate::password::{self, LOGIN, WITH_DIGESTS};
use crate::show::text_of;

/// A subscriber as an administrator sees it: without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// The user.
    pub user: User,
    /// What is kept of the user's password.
    pub kept: Kept,
    /// What the user is offered instead of what all are (chapter 8).
    pub offer: Option<Offer>,
}

impl Admin {
    /// Adds a subscriber. With a domain only hashes of the password are kept
    /// (`calculate_ha1 = 0` of the texts), as the domain is the realm that is hashed; without
    /// one, the password itself.
    ///
    /// # Errors
    /// When the user exists already, when an alias has the user's name, when name, domain or
    /// password cannot be used, or when the file cannot be written.
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
        forget_digests(&transaction, user)?; // of a user with this name whom another program removed
        put(&transaction, user, &kept)?;
        transaction.commit()?;
        Ok(Kept::of(user))
    }

    /// Changes the password of a subscriber; what is kept of it is as for a new one. If another
    /// program wrote the row with a domain that is not in lower case, no server here finds it: the
    /// row gets the domain in lower case.
    ///
    /// # Errors
    /// When the user does not exist, the password cannot be used, or the file cannot be written.
    pub fn change_password(&mut self, user: &User, password: &str) -> Result<Kept, AdminError> {
        let kept = kept(user, password)?;
        let transaction = self.begin()?;
        let sql =
            "UPDATE OR REPLACE subscriber SET domain = ?3 WHERE username = ?1 AND domain = ?2";
        let lower = realm(&user.domain);
        if transaction.execute(sql, [&user.name, &user.domain, &*lower])? == 0 {
            return Err(AdminError::NoUser(user.clone()));
        }
        put(&transaction, user, &kept)?;
        transaction.commit()?;
        Ok(Kept::of(user))
    }

    /// Removes a subscriber, and the aliases that led only there. Returns how many those were.
    ///
    /// # Errors
    /// When the user does not exist, or the file cannot be written.
    pub fn remove_subscriber(&mut self, user: &User) -> Result<usize, AdminError> {
        let transaction = self.begin()?;
        forget_digests(&transaction, user)?;
        let sql = "DELETE FROM subscriber WHERE username = ?1 AND domain = ?2";
        if transaction.execute(sql, [&user.name, &user.domain])? == 0 {
            return Err(AdminError::NoUser(user.clone()));
        }
        let sql = "DELETE FROM dbaliases WHERE username = ?1
            AND (domain = ?2 COLLATE NOCASE AND domain <> ''
                OR NOT EXISTS (SELECT 1 FROM subscriber WHERE username = ?1))";
        let aliases = transaction.execute(sql, [&user.name, &user.domain])?;
        transaction.commit()?;
        Ok(aliases)
    }

    /// Sets what a subscriber is offered; `None` for what all are.
    ///
    /// # Errors
    /// When the user does not exist, when the offer has SHA-256 and only MD5 of the password is kept,
    /// or when the file cannot be written.
    pub fn set_offer(&mut self, user: &User, offer: Option<Offer>) -> Result<(), AdminError> {
        let found = self.subscriber(&user.name, Some(&user.domain))?;
        let needs_sha256 = offer.is_some_and(|offer| offer != Offer::Md5);
        if needs_sha256 && matches!(found.kept, Kept::Md5 | Kept::Nothing) {
            return Err(AdminError::NoSha256(user.clone()));
        }
        let transaction = self.begin()?;
        let sql = "INSERT INTO subscriber_digest (username, domain, ha1, offer)
            SELECT username, domain, coalesce(ha1, ''), ?3 FROM subscriber
            WHERE username = ?1 AND domain = ?2
            ON CONFLICT (username, domain) DO UPDATE SET offer = ?3, ha1 = excluded.ha1,
                sha256 = iif(ha1 = excluded.ha1, sha256, ''),
                sha256b = iif(ha1 = excluded.ha1, sha256b, '')";
        let offer = offer.map_or("", Offer::as_str);
        transaction.execute(sql, [&user.name, &user.domain, offer])?;
        Ok(transaction.commit()?)
    }

    /// The subscribers: all, or those with this name, or those in this domain, in whatever case it
    /// is written.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn subscribers(
        &self,
        name: Option<&str>,
        domain: Option<&str>,
    ) -> Result<Vec<Subscriber>, DatabaseError> {
        let sql = format!(
            "SELECT subscriber.username, subscriber.domain, length(password) > 0, {LOGIN}
            FROM {WITH_DIGESTS} WHERE subscriber.username = coalesce(?1, subscriber.username)
            AND subscriber.domain = coalesce(?2, subscriber.domain) COLLATE NOCASE
            ORDER BY subscriber.username, subscriber.domain"
        );
        let mut statement = self.link.get()?.prepare(&sql)?;
        let rows = statement.query_map([name, domain], |row| {
            let login = password::read_login(row)?;
            Ok(Subscriber {
                user: User::of_row(text_of(row, 0)?, text_of(row, 1)?),
                kept: match login.as_ref().map(|login| &login.password) {
                    Ok(Password::Hashed { .. }) if row.get(2).unwrap_or(false) => Kept::Both,
                    Ok(Password::Hashed { sha256: None, .. }) => Kept::Md5,
                    Ok(Password::Hashed { .. }) => Kept::Hashes,
                    Ok(Password::Plain(_)) => Kept::Password,
                    Err(_) => Kept::Nothing,
                },
                offer: login.ok().and_then(|login| login.offer),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The one subscriber with this name, in `domain` if one is given. If two domains differ only
    /// in case, the one that is written exactly so.
    ///
    /// # Errors
    /// When there is none, when there are several in different domains, or when the file cannot be
    /// read.
    pub fn subscriber(&self, name: &str, domain: Option<&str>) -> Result<Subscriber, AdminError> {
        let mut found = self.subscribers(Some(name), domain)?;
        let is_same = |it: &Subscriber| Some(it.user.domain.as_str()) == domain;
        if found.iter().any(is_same) {
            found.retain(is_same);
        }
        match found.len() {
            0 => Err(AdminError::NoUser(User::new(
                name,
                domain.unwrap_or_default(),
            ))),
            1 => Ok(found.remove(0)),
            _ => Err(AdminError::SeveralDomains {
                name: name.to_owned(),
                domains: found.into_iter().map(|it| it.user.domain).collect(),
            }),
        }
    }
}

fn forget_digests(connection: &Connection, user: &User) -> rusqlite::Result<()> {
    let sql = "DELETE FROM subscriber_digest WHERE username = ?1 AND domain = ?2";
    connection.execute(sql, [&user.name, &user.domain])?;
    Ok(())
}

fn put(connection: &Connection, user: &User, kept: &Password) -> rusqlite::Result<()> {
    let [plain, ha1, ha1b, sha256, sha256b] = columns(kept);
    let sql = "INSERT INTO subscriber (username, domain, password, ha1, ha1b)
        VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (username, domain)
        DO UPDATE SET password = ?3, ha1 = ?4, ha1b = ?5";
    let domain = realm(&user.domain);
    connection.execute(sql, [&user.name, &*domain, plain, ha1, ha1b])?;
    let sql = "INSERT INTO subscriber_digest (username, domain, ha1, sha256, sha256b)
        VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (username, domain)
        DO UPDATE SET ha1 = ?3, sha256 = ?4, sha256b = ?5";
    connection.execute(sql, [&user.name, &*domain, ha1, sha256, sha256b])?;
    Ok(())
}

/// Whether the user exists, in whatever case the domain is written.
pub(crate) fn exists(connection: &Connection, user: &User) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM subscriber WHERE username = ?1 AND domain = ?2 COLLATE NOCASE";
    let mut statement = connection.prepare_cached(sql)?;
    statement.exists([&user.name, &user.domain])
}

/// Whether an alias has this name, in any domain: the names of a server are one domain.
fn is_alias(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM dbaliases WHERE alias_username = ?1";
    connection.prepare_cached(sql)?.exists([name])
}
