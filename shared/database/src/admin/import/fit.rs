//! Whether a row may be imported, and which row it collides with.

use rusqlite::Connection;
use sip_digest::Password;

use crate::admin::import::NewRow;
use crate::admin::kept::kept;
use crate::admin::subscribers::exists;
use crate::admin::user::{InputError, User, check_name};
use crate::error::DatabaseError;

pub(super) const ALIAS_OF_A_USERS_NAME: &str = "the alias is the name of a user";

/// What is kept of the row's password, if everything in the row may be in the tables.
pub(super) fn fits(row: &NewRow<'_>) -> Result<Password, InputError> {
    row.user.check()?;
    let kept = kept(&row.user, row.password)?;
    match row.alias {
        Some(alias) if alias == row.user.name => Err(InputError(ALIAS_OF_A_USERS_NAME)),
        Some(alias) if check_name(alias).is_err() => Err(InputError(
            "the alias cannot be used: it follows the rules of a user's name",
        )),
        _ => Ok(kept),
    }
}

/// Which row, of the import or of the file, it collides with.
pub(super) fn taken(
    connection: &Connection,
    row: &NewRow<'_>,
) -> Result<Option<&'static str>, DatabaseError> {
    let User { name, domain } = &row.user;
    let here = |column: &str, value: &str| {
        let sql = format!("SELECT 1 FROM temp.gathered WHERE {column} = ?1 AND domain = ?2");
        connection.prepare_cached(&sql)?.exists([value, domain])
    };
    if here("username", name)? {
        return Ok(Some("the user is in an earlier line already"));
    }
    if exists(connection, &row.user)? {
        return Ok(Some("the user exists already"));
    }
    let is_alias = |name: &str| {
        let sql = "SELECT 1 FROM temp.known WHERE alias = ?1";
        connection.prepare_cached(sql)?.exists([name])
    };
    if is_alias(name)? {
        return Ok(Some("the user's name is an alias already"));
    }
    let Some(alias) = row.alias else {
        return Ok(None);
    };
    if here("alias", alias)? {
        return Ok(Some("the alias is in an earlier line already"));
    }
    if is_alias(alias)? {
        return Ok(Some("the alias exists already"));
    }
    let sql = "SELECT 1 FROM subscriber WHERE username = ?1";
    if connection.prepare_cached(sql)?.exists([alias])? {
        return Ok(Some(ALIAS_OF_A_USERS_NAME));
    }
    Ok(None)
}
