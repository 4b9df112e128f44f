//! Which rows a server does not read, or reads in another way than their author may think.

use rusqlite::Connection;
use sip_digest::realm;

use crate::admin::Admin;
use crate::admin::unread::unread;
use crate::admin::user::User;
use crate::cell::cell;
use crate::error::DatabaseError;
use crate::load;
use crate::password;
use crate::schema::TABLES;
use crate::show::text_of;

impl Admin {
    /// A line about each odd row of `version`, `location`, `subscriber` and `dbaliases`: which one
    /// it is, and why. `address` is judged by [`sip_tables::Address::read`].
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn odd_rows(&self) -> Result<Vec<String>, DatabaseError> {
        let connection = self.link.get()?;
        let mut lines = versions(connection)?;
        lines.extend(load::odd_rows(connection)?);
        lines.extend(subscribers(connection)?);
        lines.extend(aliases(connection)?);
        lines.extend(unread(connection)?);
        for alias in self.doubled_aliases()? {
            lines.push(format!(
                "table dbaliases has more than one row for {alias}; the lowest id counts"
            ));
        }
        Ok(lines)
    }
}

/// A Kamailio does not start if `version` has no row for a table it uses.
fn versions(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut lines = Vec::new();
    for table in &TABLES {
        let Some(wanted) = table.version else {
            continue;
        };
        let sql = "SELECT group_concat(table_version) FROM version WHERE table_name = ?1";
        let found = connection.query_row(sql, [table.name], |row| Ok(cell(row.get_ref(0)?)))?;
        if found != wanted.to_string() {
            let name = table.name;
            lines.push(format!(
                "table version, {name}: {found}, and Kamailio 5.6 wants {wanted}"
            ));
        }
    }
    Ok(lines)
}

fn subscribers(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT id, username, domain, password, ha1, ha1b, typeof(username) = 'text' \
        AND typeof(domain) = 'text' FROM subscriber";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let user = User::of_row(text_of(row, 1)?, text_of(row, 2)?);
        let why = match (password::read(row)?, row.get(6)?) {
            (_, false) => "username or domain is not a text, so it is never found".to_owned(),
            (Err(unusable), true) => unusable.to_string(),
            (Ok(_), true) if !is_found(&user.domain) => OTHER_CASE.to_owned(),
            (Ok(_), true) => continue,
        };
        let id = cell(row.get_ref(0)?);
        lines.push(format!("table subscriber, row {id} (user {user}): {why}"));
    }
    Ok(lines)
}

const OTHER_CASE: &str = "its domain is not in lower case, so it is never found; for a subscriber \
    use `sipctl passwd`, an alias must be removed and added again";

/// Domains are looked up in lower case.
fn is_found(domain: &str) -> bool {
    realm(domain) == domain
}

fn aliases(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT id, alias_username, alias_domain, username, \
        typeof(alias_username) = 'text' AND typeof(alias_domain) = 'text' FROM dbaliases";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let alias = User::of_row(text_of(row, 1)?, text_of(row, 2)?);
        let why = if !row.get::<_, bool>(4)? {
            "alias_username or alias_domain is not a text, so it is never found"
        } else if text_of(row, 3)?.is_empty() {
            "it leads to nobody, so it is not an alias"
        } else if !is_found(&alias.domain) {
            OTHER_CASE
        } else {
            continue;
        };
        let id = cell(row.get_ref(0)?);
        lines.push(format!("table dbaliases, row {id} (alias {alias}): {why}"));
    }
    Ok(lines)
}
