//! The rows of `dbaliases`: `alice` leads to `10`.

use rusqlite::OptionalExtension;

use crate::admin::Admin;
use crate::admin::error::AdminError;
use crate::admin::user::User;
use crate::error::DatabaseError;
use crate::show::text_of;

/// An alias and the user it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasRow {
    /// The alias. Without a domain it counts in all.
    pub alias: User,
    /// The user. Without a domain, in the one the alias was called in.
    pub user: User,
}

impl Admin {
    /// Makes `alias` lead to `user`, which must exist.
    ///
    /// # Errors
    /// When the alias exists already or is the name of a user, when `user` does not exist, or
    /// when the file cannot be written.
    pub fn add_alias(&mut self, alias: &User, user: &User) -> Result<(), AdminError> {
        alias.check()?;
        let transaction = self.begin()?;
        let is_user = |name: &str| {
            let sql = "SELECT 1 FROM subscriber WHERE username = ?1";
            transaction.prepare(sql)?.exists([name])
        };
        if is_user(&alias.name)? {
            return Err(AdminError::AliasOfAUsersName(alias.clone()));
        }
        if !is_user(&user.name)? {
            return Err(AdminError::NoUser(user.clone()));
        }
        let sql = "SELECT username, domain FROM dbaliases
            WHERE alias_username = ?1 AND alias_domain = ?2 COLLATE NOCASE";
        let found: Option<User> = transaction
            .query_row(sql, [&alias.name, &alias.domain], |row| {
                Ok(User::of_row(row.get(0)?, row.get(1)?))
            })
            .optional()?;
        if let Some(user) = found {
            let alias = alias.clone();
            return Err(AdminError::AliasExists { alias, user });
        }
        let sql = "INSERT INTO dbaliases (alias_username, alias_domain, username, domain)
            VALUES (?1, ?2, ?3, ?4)";
        transaction.execute(sql, [&alias.name, &alias.domain, &user.name, &user.domain])?;
        Ok(transaction.commit()?)
    }

    /// Removes the aliases with this name, in `domain` if one is given, in whatever case it is
    /// written. Returns how many there were.
    ///
    /// # Errors
    /// When there is none, or the file cannot be written.
    pub fn remove_alias(&mut self, name: &str, domain: Option<&str>) -> Result<usize, AdminError> {
        let sql = "DELETE FROM dbaliases WHERE alias_username = ?1
            AND alias_domain = coalesce(?2, alias_domain) COLLATE NOCASE";
        match self.link.get()?.execute(sql, [Some(name), domain])? {
            0 => Err(AdminError::NoAlias(User::new(
                name,
                domain.unwrap_or_default(),
            ))),
            count => Ok(count),
        }
    }

    /// The aliases: all, or those with this name or of a user with this name. Of an alias with
    /// several rows, the row that counts comes first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn aliases(&self, name: Option<&str>) -> Result<Vec<AliasRow>, DatabaseError> {
        let sql = "SELECT alias_username, alias_domain, username, domain FROM dbaliases
            WHERE ?1 IS NULL OR ?1 IN (alias_username, username) ORDER BY 1, 2, id";
        let mut statement = self.link.get()?.prepare(sql)?;
        let rows = statement.query_map([name], |row| {
            let text = |column| text_of(row, column);
            Ok(AliasRow {
                alias: User::of_row(text(0)?, text(1)?),
                user: User::of_row(text(2)?, text(3)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The aliases with more than one row. Our own table does not allow them, Kamailio's does.
    pub(crate) fn doubled_aliases(&self) -> Result<Vec<User>, DatabaseError> {
        // No look-up finds an alias that is not a text.
        let sql = "SELECT alias_username, alias_domain FROM dbaliases
            WHERE typeof(alias_username) = 'text' AND typeof(alias_domain) = 'text'
            GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY 1, 2";
        let mut statement = self.link.get()?.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok(User::of_row(row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
