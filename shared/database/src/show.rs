//! A table as a database client shows it, for people who read along.

use rusqlite::types::ValueRef;

use crate::cell::cell;
use crate::database::Database;
use crate::error::WriteError;

impl Database {
    /// The outcome of a query as `mysql` and `sqlite3 -table` print it: a box with a line a row.
    ///
    /// # Errors
    /// When the query is none, or the file cannot be read.
    pub fn show(&self, query: &str) -> Result<String, WriteError> {
        let link = self.connect()?;
        let mut statement = link.get()?.prepare(query)?;
        let columns = statement.column_count();
        let mut table: Vec<Vec<String>> =
            vec![statement.column_names().map(str::to_owned).collect()];
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let cells = (0..columns).map(|column| Ok(cell(row.get_ref(column)?)));
            table.push(cells.collect::<rusqlite::Result<_>>()?);
        }
        let width = |column: usize| {
            let cells = table.iter().filter_map(|row| row.get(column));
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let rule: String = widths
            .iter()
            .map(|width| "-".repeat(width + 2) + "+")
            .collect();
        let rule = format!("+{rule}\n");
        let mut out = rule.clone();
        for (number, row) in table.iter().enumerate() {
            for (cell, width) in row.iter().zip(&widths) {
                out.push_str(&format!("| {cell:width$} "));
            }
            out.push_str("|\n");
            if number == 0 {
                out.push_str(&rule);
            }
        }
        Ok(out + &rule)
    }
}

/// A column that is to be a text, as Kamailio reads it: NULL is empty, a number its digits, bytes
/// the text they spell.
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

    #[test]
    fn a_query_is_shown_as_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::inline(folder.path().join("sip.db")).unwrap();
        let shown = database
            .show("SELECT 10 AS username, NULL AS domain")
            .unwrap();
        let expected = "\
+----------+--------+
| username | domain |
+----------+--------+
| 10       | NULL   |
+----------+--------+
";
        assert_eq!(shown, expected);
        assert!(database.show("SELEC").is_err());
    }
}
