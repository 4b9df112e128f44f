//! What scripts look up while they decide: who a subscriber is, what an alias stands for.
//!
//! Every look-up reads the file through a statement that was prepared once, and in a write-ahead
//! log no reader waits for a writer: what another program changes counts from the next request
//! on; a password, where phones register all the time, within 50 ms ([`crate::recent`]).
//!
//! Domains are looked up in lower case, as `sipctl` writes them and challenges name them. A row of
//! another program with another case is not found, as its HA1 is of another realm: `sipctl passwd`
//! gives it the lower case, and an alias is to be removed and added anew.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rusqlite::OptionalExtension;
use sip_digest::{NoPassword, NotReadable, Password, Subscribers, realm};

use crate::database::Database;
use crate::error::WriteError;
use crate::kept;
use crate::link::Link;
use crate::recent::Recent;
use crate::show::text_of;

/// A row of the domain goes before one of all domains. `domain IN (?2, '')` and an order would say
/// the same, at the price of a temporary table for each look-up.
const PASSWORD: &str = "SELECT password, ha1, ha1b FROM subscriber WHERE id = coalesce(
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
}

/// What an alias stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The user it stands for.
    pub user: String,
    /// The user's domain; empty where it is the one the alias was called in.
    pub domain: String,
}

impl Database {
    /// A connection for look-ups.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn reader(&self) -> Result<Reader, WriteError> {
        Ok(Reader {
            link: Mutex::new(self.connect()?),
            recent: self.recent(),
        })
    }

    /// A connection for look-ups of aliases. One that stands twice in the table is told to
    /// `warn`, all of them in one line.
    ///
    /// # Errors
    /// When the file cannot be opened or read.
    pub fn alias_reader(&self, warn: impl FnOnce(&str)) -> Result<Reader, WriteError> {
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
    /// What the user part `name` is an alias of in `domain` (`lookup("aliases")` of the texts);
    /// an alias without a domain counts in all. Of two rows of the same alias, which only a file
    /// made by Kamailio or by hand can hold, the one with the lower id counts, as in
    /// Kamailio.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn alias(&self, name: &str, domain: &str) -> Result<Option<Alias>, NotReadable> {
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
    ) -> Result<Option<T>, NotReadable> {
        let link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = link.get().map_err(|error| NotReadable(error.to_string()))?;
        let found = connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row([name, domain], read).optional());
        found.map_err(|error| NotReadable(error.to_string()))
    }
}

impl Subscribers for Reader {
    fn password(&self, user: &str, domain: &str) -> Result<Password, NoPassword> {
        let domain = &*realm(domain);
        let version = self.recent.version(Instant::now());
        let found = self.find(PASSWORD, user, domain, kept::read)?;
        let password = found.ok_or(NoPassword::NoUser)??;
        if let Some(version) = version {
            self.recent.put(version, user, domain, password.clone());
        }
        Ok(password)
    }

    fn remembered(&self, user: &str, domain: &str) -> Option<Password> {
        self.recent.password(user, &realm(domain), Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;
    use sip_digest::{Secret, Unusable};

    use super::*;

    fn database(rows: &str) -> (tempfile::TempDir, Database) {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::inline(folder.path().join("sip.db")).unwrap();
        database
            .connect()
            .unwrap()
            .get()
            .unwrap()
            .execute_batch(rows)
            .unwrap();
        (folder, database)
    }

    #[test]
    fn a_subscriber_of_the_domain_goes_before_one_of_all() {
        let rows = "INSERT INTO subscriber (username, domain, password, ha1, ha1b) VALUES
            ('10', '', 'abc10', '', ''), ('10', 'a.example', '', 'e80b5017098950fc58aad83c8c14978e', '')";
        let (_folder, database) = database(rows);
        let reader = database.reader().unwrap();
        let password = |domain| reader.password("10", domain).unwrap();
        let hashed = password("a.example");
        let ha1 = Secret::Ha1("e80b5017098950fc58aad83c8c14978e");
        assert_eq!(hashed.secret("10"), Ok(ha1));
        assert_eq!(Ok(password("b.example")), Password::plain("abc10"));
        let nobody = Err(NoPassword::NoUser);
        assert_eq!(reader.password("11", "a.example"), nobody);
        assert_eq!(reader.password("1' OR '1'='1", "a.example"), nobody);
    }

    #[test]
    fn a_row_with_nothing_usable_is_no_password() {
        let rows = "INSERT INTO subscriber (username, domain, password, ha1, ha1b) VALUES
            ('10', '', 'abc10', '', ''), ('10', 'd', '', '', ''), ('11', 'd', 'abc11', ' ', 'x')";
        let (_folder, database) = database(rows);
        let reader = database.reader().unwrap();
        let why = |user| reader.password(user, "d").unwrap_err();
        assert_eq!(why("10"), Unusable::Nothing.into());
        assert_eq!(why("11"), Unusable::NoHash.into());
    }

    #[test]
    fn a_change_by_another_program_counts_at_once() {
        let (_folder, database) = database("INSERT INTO subscriber (username) VALUES ('10')");
        let reader = database.reader().unwrap();
        let password = || reader.password("10", "d");
        assert_eq!(password(), Err(Unusable::Nothing.into()));
        let change = "UPDATE subscriber SET password = 'new'";
        database
            .connect()
            .unwrap()
            .get()
            .unwrap()
            .execute_batch(change)
            .unwrap();
        assert_eq!(password().ok(), Password::plain("new").ok());
    }

    #[test]
    fn a_look_up_is_not_prepared_anew_for_another_name() {
        let (_folder, database) = database("");
        let reader = database.reader().unwrap();
        for (name, domain) in [("10", "a.example"), ("11", "b.example"), ("12", "")] {
            let _ = reader.password(name, domain);
            reader.alias(name, domain).unwrap();
        }
        let link = reader.link.lock().unwrap();
        let connection = link.get().unwrap();
        for sql in [PASSWORD, ALIAS] {
            let statement = connection.prepare_cached(sql).unwrap();
            let count = |status| statement.get_status(status);
            assert_eq!(count(StatementStatus::Run), 3, "the same one: {sql}");
            assert_eq!(count(StatementStatus::RePrepare), 0, "{sql}");
        }
    }

    #[test]
    fn an_alias_stands_for_a_user() {
        let rows = "INSERT INTO dbaliases (alias_username, alias_domain, username, domain)
            VALUES ('alice', '', '10', ''), ('alice', 'd', '11', 'd')";
        let (_folder, database) = database(rows);
        let reader = database.reader().unwrap();
        let alias = |domain| reader.alias("alice", domain).unwrap().unwrap();
        let stands_for = |user: &str, domain: &str| Alias {
            user: user.to_owned(),
            domain: domain.to_owned(),
        };
        assert_eq!(alias("d"), stands_for("11", "d"));
        assert_eq!(alias("e"), stands_for("10", ""));
        assert_eq!(reader.alias("bob", "d").unwrap(), None);
    }

    /// The table as Kamailio's own scripts make it, whose indices are not unique.
    const KAMAILIOS: &str = "DROP TABLE dbaliases;
        CREATE TABLE dbaliases (
            id INTEGER PRIMARY KEY NOT NULL,
            alias_username VARCHAR(64) DEFAULT '' NOT NULL,
            alias_domain VARCHAR(64) DEFAULT '' NOT NULL,
            username VARCHAR(64) DEFAULT '' NOT NULL,
            domain VARCHAR(64) DEFAULT '' NOT NULL
        );
        CREATE INDEX dbaliases_alias_idx ON dbaliases (alias_username, alias_domain);";

    #[test]
    fn of_an_alias_that_stands_twice_the_row_with_the_lower_id_counts() {
        let rows = "INSERT INTO dbaliases (id, alias_username, alias_domain, username)
            VALUES (7, 'alice', '', '11'), (8, 'alice', '', '10'),
                (9, 'alice', 'd', '13'), (10, 'alice', 'd', '12')";
        let (_folder, database) = database(&format!("{KAMAILIOS}{rows}"));
        let reader = database.reader().unwrap();
        let user = |domain| reader.alias("alice", domain).unwrap().unwrap().user;
        assert_eq!((user("d"), user("e")), ("13".to_owned(), "11".to_owned()));
        let rows = database.admin().unwrap().aliases(Some("alice")).unwrap();
        let shown: Vec<_> = rows.iter().map(|row| row.user.name.as_str()).collect();
        assert_eq!(shown, ["11", "10", "13", "12"]);
    }

    #[test]
    fn aliases_that_stand_twice_are_told_in_one_line() {
        let told = |rows: &str| {
            let (_folder, database) = database(&format!("{KAMAILIOS}{rows}"));
            let mut lines = Vec::new();
            let warn = |line: &str| lines.push(line.to_owned());
            database.alias_reader(warn).unwrap();
            lines
        };
        let insert = "INSERT INTO dbaliases (alias_username, alias_domain, username) VALUES ";
        let once = told(&format!(
            "{insert} ('alice', '', '10'), ('alice', 'd', '10')"
        ));
        assert_eq!(once, [""; 0]);
        let twice = told(&format!(
            "{insert} ('alice', 'd', '10'), ('alice', 'd', '11'), ('bob', '', '10'),
                ('bob', '', '10'), ('bob', '', '12')"
        ));
        assert_eq!(
            twice,
            [
                "table dbaliases has more than one row for alice@d (and for 1 more); the one with \
              the lowest id counts, and `sipctl alias show` lists it first"
            ]
        );
    }
}
