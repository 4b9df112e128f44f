//! A table for people.

use std::io::{self, Write};

use anstyle::Style;
use sip_message::printable;

/// Columns for people: each as wide as its widest cell, the last as wide as it likes.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with a head.
    pub(crate) fn new(head: &[&str]) -> Self {
        let head = head.iter().map(|&name| name.to_owned());
        Self {
            rows: vec![head.collect()],
        }
    }

    /// Adds a row. Cells may come from strangers: control bytes are escaped.
    pub(crate) fn row(&mut self, cells: &[&str]) {
        let cells = cells.iter().map(|cell| printable(cell.as_bytes()));
        self.rows.push(cells.collect());
    }

    /// Prints it, the head in bold where the terminal can.
    pub(crate) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let columns = self.rows.first().map_or(0, Vec::len);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut style = Style::new().bold();
        for row in &self.rows {
            write!(out, "{style}")?;
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                if column + 1 == columns {
                    write!(out, "{cell}")?;
                } else {
                    write!(out, "{cell:width$}  ")?;
                }
            }
            writeln!(out, "{style:#}")?;
            style = Style::new();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_control_bytes_are_escaped() {
        let mut table = Table::new(&["AOR", "CONTACT", "AGENT"]);
        table.row(&["10", "sip:10@192.168.1.10", "a\x1b[2Jb"]);
        table.row(&["1000", "sip:1000@h", ""]);
        let mut out = anstream::StripStream::new(Vec::new());
        table.print(&mut out).unwrap();
        let text = String::from_utf8(out.into_inner()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "AOR   CONTACT              AGENT",
                "10    sip:10@192.168.1.10  a\\u{1b}[2Jb",
                "1000  sip:1000@h           ",
            ]
        );
    }
}
