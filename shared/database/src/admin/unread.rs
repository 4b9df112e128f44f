//! Which tables have rows that a Kamailio can read and this server does not.

use rusqlite::Connection;

/// A table, and where the server reads such rows.
const UNREAD: [(&str, &str); 2] = [
    (
        "aliases",
        "it reads aliases from dbaliases, add them with `sipctl alias add`",
    ),
    (
        "trusted",
        "it reads carriers from address, add them with `sipctl address add`",
    ),
];

/// A line about each of these tables that has rows.
pub(super) fn unread(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut lines = Vec::new();
    for (table, instead) in UNREAD {
        if connection.table_exists(None, table)? {
            let sql = format!("SELECT count(*) FROM {table}");
            let rows: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
            if rows > 0 {
                lines.push(format!(
                    "table {table}, {rows} row(s): the server does not read this table; {instead}"
                ));
            }
        }
    }
    Ok(lines)
}
