//! How rows are printed for people: in columns, with or without a box around them.

use sip_message::printable;

/// Rows for people, in columns as wide as their widest cell.
#[derive(Debug, Clone)]
pub struct Table {
    /// The head first.
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with the names of its columns.
    pub fn new(head: &[&str]) -> Self {
        let mut table = Self { rows: Vec::new() };
        table.row(head);
        table
    }

    /// Adds a row. Cells may come from strangers: control bytes are escaped.
    pub fn row(&mut self, cells: &[&str]) {
        let cells = cells.iter().map(|cell| printable(cell.as_bytes()));
        self.rows.push(cells.collect());
    }

    /// The lines without a box, the head first.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let widths = self.widths();
        self.rows.iter().map(move |row| {
            let cells = row.iter().zip(&widths);
            let line: String = cells
                .map(|(cell, width)| format!("{cell:width$}  "))
                .collect();
            line.trim_end().to_owned()
        })
    }

    /// The table in a box, as `mysql` and `sqlite3 -table` print it.
    pub fn boxed(&self) -> String {
        let widths = self.widths();
        let dashes = widths.iter().map(|width| "-".repeat(width + 2) + "+");
        let rule = format!("+{}\n", dashes.collect::<String>());
        let mut out = rule.clone();
        for (number, row) in self.rows.iter().enumerate() {
            for (cell, width) in row.iter().zip(&widths) {
                out.push_str(&format!("| {cell:width$} "));
            }
            out.push_str("|\n");
            if number == 0 {
                out.push_str(&rule);
            }
        }
        out + &rule
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.first().map_or(0, Vec::len);
        let mut widths = vec![0; columns];
        for row in &self.rows {
            for (cell, width) in row.iter().zip(&mut widths) {
                *width = cell.chars().count().max(*width);
            }
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["AOR", "CONTACT", "AGENT"]);
        table.row(&["10", "sip:10@h", "a\x1b[2Jb"]);
        table.row(&["1000", "sip:1000@h", ""]);
        table
    }

    #[test]
    fn columns_are_aligned_and_control_bytes_are_escaped() {
        let lines: Vec<String> = table().lines().collect();
        let expected = [
            "AOR   CONTACT     AGENT",
            "10    sip:10@h    a\\u{1b}[2Jb",
            "1000  sip:1000@h",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_box_has_a_line_for_each_row() {
        let expected = "\
+------+------------+-------------+
| AOR  | CONTACT    | AGENT       |
+------+------------+-------------+
| 10   | sip:10@h   | a\\u{1b}[2Jb |
| 1000 | sip:1000@h |             |
+------+------------+-------------+
";
        assert_eq!(table().boxed(), expected);
    }
}
