//! SQL for people who read along: a query as a table, and statements that change rows.

use rusqlite::types::ValueRef;

use crate::cell::cell;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::table::Table;

impl Database {
    /// The outcome of a query, as `mysql` and `sqlite3 -table` print it: a box with a line for
    /// each row.
    ///
    /// # Errors
    /// When the SQL would change something or is not a query, or the file cannot be read.
    pub fn show(&self, query: &str) -> Result<String, DatabaseError> {
        let link = self.connect()?;
        let connection = link.get()?;
        connection.pragma_update(None, "query_only", true)?;
        table(&mut connection.prepare(query)?)
    }

    /// Carries out statements, as an administrator with `sqlite3` does. A statement with
    /// `RETURNING` shows the rows it wrote, as [`Database::show`] does.
    ///
    /// # Errors
    /// When it is not SQL, or the file cannot be written.
    pub fn execute(&self, statement: &str) -> Result<String, DatabaseError> {
        let link = self.connect()?;
        table(&mut link.get()?.prepare(statement)?)
    }
}

fn table(statement: &mut rusqlite::Statement<'_>) -> Result<String, DatabaseError> {
    let columns = statement.column_count();
    let names: Vec<&str> = statement.column_names().collect();
    let mut table = Table::new(&names);
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let cells = (0..columns).map(|column| Ok(cell(row.get_ref(column)?)));
        let cells: Vec<String> = cells.collect::<rusqlite::Result<_>>()?;
        table.row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
    if columns == 0 {
        return Ok(String::new());
    }
    Ok(table.boxed())
}

/// A column that should be a text, as Kamailio reads it: NULL is empty, a number its digits, and
/// bytes the text they spell.
pub(crate) fn text_of(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => String::new(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database() -> (tempfile::TempDir, Database) {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::inline(folder.path().join("sip.db")).unwrap();
        (folder, database)
    }

    #[test]
    fn a_query_is_shown_as_a_table() {
        let (_folder, database) = database();
        let shown = database.show("SELECT 10 AS username, NULL AS domain");
        let expected = "\
+----------+--------+
| username | domain |
+----------+--------+
| 10       | NULL   |
+----------+--------+
";
        assert_eq!(shown.unwrap(), expected);
        assert!(database.show("SELEC").is_err());
    }

    #[test]
    fn a_statement_changes_rows_and_a_query_never_does() {
        let (_folder, database) = database();
        let insert = "INSERT INTO subscriber (username) VALUES ('10') RETURNING username";
        let count = || {
            database
                .show("SELECT count(*) AS n FROM subscriber")
                .unwrap()
        };
        assert!(database.show(insert).is_err());
        assert!(count().contains("| 0 |"));
        assert!(database.execute(insert).unwrap().contains("| 10       |"));
        assert!(count().contains("| 1 |"));
        let without_rows = database.execute("DELETE FROM subscriber");
        assert_eq!(without_rows.unwrap(), "");
        assert!(count().contains("| 0 |"));
    }
}
