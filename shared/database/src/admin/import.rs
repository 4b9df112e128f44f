//! Many users at once: all of them, or none.
//!
//! The rows are first gathered in a temporary table. There they are checked against one another
//! and against the file, and nobody has to wait. Then what fits is added in one transaction. So a
//! server waits for the write lock only while the rows are copied, and memory holds one row at a
//! time.

mod fit;

use rusqlite::{OptionalExtension, params};

use crate::admin::Admin;
use crate::admin::error::AdminError;
use crate::admin::kept::columns;
use crate::admin::user::{InputError, User};
use crate::error::DatabaseError;

use fit::{ALIAS_OF_A_USERS_NAME, fits, taken};

/// A user to be imported.
#[derive(Clone)]
pub struct NewRow<'a> {
    /// Its line in the file, by which it is reported when it is bad.
    pub line: i64,
    /// The user to add.
    pub user: User,
    /// The password; what is kept of it is as for [`Admin::add_subscriber`].
    pub password: &'a str,
    /// An alias of the user, in the user's domain.
    pub alias: Option<&'a str>,
}

/// Why a row is not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// Its line.
    pub line: i64,
    /// What is wrong with it. The words never repeat the row, as it may be a password.
    pub why: &'static str,
}

/// What was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Users with a domain: only hashes of their passwords are kept.
    pub hashed: u32,
    /// Users without a domain: their passwords are kept.
    pub plain: u32,
    /// Aliases.
    pub aliases: u32,
}

/// An import that is being gathered. If it is dropped, nothing is added.
#[derive(Debug)]
pub struct Import<'a> {
    admin: &'a mut Admin,
}

const GATHER: &str = "INSERT INTO temp.gathered
    (line, username, domain, password, ha1, ha1b, sha256, sha256b, alias)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

impl Admin {
    /// Begins an import.
    ///
    /// # Errors
    /// When the disk has no room for it.
    pub fn import(&mut self) -> Result<Import<'_>, DatabaseError> {
        // `known`: a file of Kamailio's may have no index to find an alias by.
        self.link.get()?.execute_batch(
            "DROP TABLE IF EXISTS temp.gathered; DROP TABLE IF EXISTS temp.known;
            CREATE TEMP TABLE known (alias TEXT PRIMARY KEY) WITHOUT ROWID;
            INSERT OR IGNORE INTO temp.known SELECT alias_username FROM dbaliases;
            CREATE TEMP TABLE gathered (line INTEGER, username TEXT, domain TEXT, password TEXT,
                ha1 TEXT, ha1b TEXT, sha256 TEXT, sha256b TEXT, alias TEXT,
                UNIQUE (username, domain), UNIQUE (alias, domain));
            PRAGMA temp.synchronous = OFF; PRAGMA temp.journal_mode = OFF;",
        )?;
        Ok(Import { admin: self })
    }
}

impl Import<'_> {
    /// Gathers a row. `Some` if it is bad and was left out.
    ///
    /// # Errors
    /// When the file cannot be read, or the disk has no room.
    pub fn row(&mut self, row: &NewRow<'_>) -> Result<Option<BadRow>, DatabaseError> {
        let connection = self.admin.link.get()?;
        let bad = |why| {
            let line = row.line;
            Ok(Some(BadRow { line, why }))
        };
        let kept = match fits(row) {
            Ok(kept) => kept,
            Err(InputError(why)) => return bad(why),
        };
        if let Some(why) = taken(connection, row)? {
            return bad(why);
        }
        let [plain, ha1, ha1b, sha256, sha256b] = columns(&kept);
        let User { name, domain } = &row.user;
        connection.prepare_cached(GATHER)?.execute(params![
            row.line, name, domain, plain, ha1, ha1b, sha256, sha256b, row.alias
        ])?;
        Ok(None)
    }

    /// Leaves out the rows whose alias is the name of a user in another row, once all rows are
    /// gathered.
    ///
    /// # Errors
    /// When the disk has no room.
    pub fn settle(&mut self) -> Result<Vec<BadRow>, DatabaseError> {
        let sql = "DELETE FROM temp.gathered AS row WHERE alias IS NOT NULL AND EXISTS
            (SELECT 1 FROM temp.gathered WHERE username = row.alias) RETURNING line";
        let mut statement = self.admin.link.get()?.prepare(sql)?;
        let bad = statement.query_map([], |row| {
            let why = ALIAS_OF_A_USERS_NAME;
            Ok(BadRow {
                line: row.get(0)?,
                why,
            })
        })?;
        let mut bad: Vec<BadRow> = bad.collect::<Result<_, _>>()?;
        bad.sort_by_key(|row| row.line);
        Ok(bad)
    }

    /// Adds what was gathered: all of it, or nothing.
    ///
    /// # Errors
    /// When another program added one of the users or aliases meanwhile, or the file cannot be
    /// written.
    pub fn commit(self) -> Result<Imported, AdminError> {
        let transaction = self.admin.begin()?;
        let late = "SELECT username, domain FROM temp.gathered JOIN subscriber
            USING (username, domain) LIMIT 1";
        let late =
            transaction.query_row(late, [], |row| Ok(User::of_row(row.get(0)?, row.get(1)?)));
        if let Some(user) = late.optional()? {
            return Err(AdminError::UserExists(user));
        }
        let late = "SELECT alias, gathered.domain, dbaliases.username, dbaliases.domain
            FROM temp.gathered JOIN dbaliases ON alias_username = alias LIMIT 1";
        let late = transaction.query_row(late, [], |row| {
            let text = |column: usize| row.get::<_, String>(column);
            Ok(AdminError::AliasExists {
                alias: User::of_row(text(0)?, text(1)?),
                user: User::of_row(text(2)?, text(3)?),
            })
        });
        if let Some(error) = late.optional()? {
            return Err(error);
        }
        let imported = transaction.query_row(
            "SELECT count(*) FILTER (WHERE domain <> ''), count(*) FILTER (WHERE domain = ''),
                count(alias) FROM temp.gathered",
            [],
            |row| {
                Ok(Imported {
                    hashed: row.get(0)?,
                    plain: row.get(1)?,
                    aliases: row.get(2)?,
                })
            },
        )?;
        transaction.execute_batch(
            "INSERT INTO main.subscriber (username, domain, password, ha1, ha1b)
                SELECT username, domain, password, ha1, ha1b FROM temp.gathered ORDER BY line;
            INSERT OR REPLACE INTO main.subscriber_digest (username, domain, ha1, sha256, sha256b)
                SELECT username, domain, ha1, sha256, sha256b FROM temp.gathered ORDER BY line;
            INSERT INTO main.dbaliases (alias_username, alias_domain, username, domain)
                SELECT alias, domain, username, domain FROM temp.gathered
                WHERE alias IS NOT NULL ORDER BY line;",
        )?;
        transaction.commit()?;
        Ok(imported)
    }
}

impl Drop for Import<'_> {
    fn drop(&mut self) {
        // The end of the connection would remove the passwords, too, but later.
        let drop = "DROP TABLE IF EXISTS temp.gathered; DROP TABLE IF EXISTS temp.known";
        if let Ok(connection) = self.admin.link.get() {
            let _ = connection.execute_batch(drop);
        }
    }
}
