//! What scripts look up while they decide: a subscriber's password, and what an alias means.
//!
//! Every look-up reads the file through a statement that was prepared once, and with a write-ahead
//! log no reader waits for a writer. What another program changes counts from the next request on;
//! a password, while phones register all the time, within 50 ms ([`crate::recent`]).
//!
//! Domains are looked up in lower case, as `sipctl` writes them and challenges name them. A row
//! that another program wrote in another case is not found, as its HA1 belongs to another realm:
//! `sipctl passwd` gives it the lower case; an alias must be removed and added again.

use sip_tables::{Login, NoPassword, NotReadable, Subscribers};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{OptionalExtension, Row};
use sip_digest::{Unusable, realm};

use crate::clock::Clock;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::link::Link;
use crate::password::{self, LOGIN, WITH_DIGESTS};
use crate::recent::Recent;
use crate::show::text_of;

/// A row of the domain goes before one of all domains. `domain IN (?2, '')` and an order would do
/// the same, but need a temporary table for each look-up.
const FOUND: &str = "subscriber.id = coalesce(
     (SELECT id FROM subscriber WHERE username = ?1 AND domain = ?2),
     (SELECT id FROM subscriber WHERE username = ?1 AND domain = ''))";
const ALIAS: &str = "SELECT username, domain FROM dbaliases WHERE id = coalesce(
     (SELECT min(id) FROM dbaliases WHERE alias_username = ?1 AND alias_domain = ?2),
     (SELECT min(id) FROM dbaliases WHERE alias_username = ?1 AND alias_domain = ''))";

/// A connection that only reads.
#[derive(Debug)]
pub struct Reader {
    link: Mutex<Link>,
    recent: Arc<Recent>,
    clock: Clock,
    logins: Logins,
}

/// How logins are read.
struct Logins {
    sql: String,
    read: fn(&Row<'_>) -> rusqlite::Result<Result<Login, Unusable>>,
}

impl Logins {
    /// From the texts' columns alone.
    fn of_md5() -> Self {
        Self {
            sql: format!("SELECT password, ha1, ha1b FROM subscriber WHERE {FOUND}"),
            read: |row| Ok(password::read(row)?.map(Login::from)),
        }
    }

    /// With the hashes of other algorithms, and what the user is offered.
    fn of_all() -> Self {
        Self {
            sql: format!("SELECT {LOGIN} FROM {WITH_DIGESTS} WHERE {FOUND}"),
            read: password::read_login,
        }
    }
}

impl fmt::Debug for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sql)
    }
}

/// The user an alias leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The user's name.
    pub user: String,
    /// The user's domain; empty if it is the domain the alias was called in.
    pub domain: String,
}

impl Database {
    /// A connection for look-ups.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn reader(&self) -> Result<Reader, DatabaseError> {
        Ok(Reader {
            link: Mutex::new(self.connect()?),
            recent: self.recent(),
            clock: self.options().clock.clone(),
            logins: Logins::of_md5(),
        })
    }

    /// A connection for look-ups of aliases. If aliases have more than one row, `warn` gets one
    /// line about all of them.
    ///
    /// # Errors
    /// When the file cannot be opened or read.
    pub fn alias_reader(&self, warn: impl FnOnce(&str)) -> Result<Reader, DatabaseError> {
        let doubled = self.admin()?.doubled_aliases()?;
        if let [first, others @ ..] = doubled.as_slice() {
            let others = match others.len() {
                0 => String::new(),
                more => format!(" (and for {more} more)"),
            };
            warn(&format!(
                "table dbaliases has more than one row for {first}{others}; the one with the \
                 lowest id counts, and `sipctl alias show` lists it first"
            ));
        }
        self.reader()
    }
}

impl Reader {
    /// Also reads the hashes of other algorithms than MD5, and what each user is offered (chapter 8).
    pub fn with_digests(self) -> Self {
        let logins = Logins::of_all();
        Self { logins, ..self }
    }

    /// What the user part `name` is an alias of in `domain` (`lookup("aliases")` of the texts). An
    /// alias without a domain counts in all. Of two rows of the same alias, which only a file made
    /// by Kamailio or by hand can hold, the one with the lower id counts, as in Kamailio.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn alias(&self, name: &str, domain: &str) -> Result<Option<Alias>, DatabaseError> {
        let found = self.find(ALIAS, name, &realm(domain), |row| {
            Ok(Alias {
                user: text_of(row, 0)?,
                domain: text_of(row, 1)?,
            })
        })?;
        Ok(found.filter(|alias| !alias.user.is_empty()))
    }

    fn find<T>(
        &self,
        sql: &str,
        name: &str,
        domain: &str,
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, DatabaseError> {
        let link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = link.get()?.prepare_cached(sql)?;
        Ok(statement.query_row([name, domain], read).optional()?)
    }
}

impl Subscribers for Reader {
    fn login(&self, user: &str, domain: &str) -> Result<Login, NoPassword> {
        let domain = &*realm(domain);
        let version = self.recent.version(self.clock.now());
        let found = self.find(&self.logins.sql, user, domain, self.logins.read);
        let found = found.map_err(NotReadable::new)?;
        let login = found.ok_or(NoPassword::NoUser)??;
        if let Some(version) = version {
            self.recent.put(version, user, domain, login.clone());
        }
        Ok(login)
    }

    fn remembered(&self, user: &str, domain: &str) -> Option<Login> {
        let now = self.clock.now();
        self.recent.login(user, &realm(domain), now)
    }
}

#[cfg(test)]
mod tests;
