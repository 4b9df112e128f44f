//! How a table appears on a terminal.

use std::io::{self, Write};

use anstyle::Style;
use sip_database::Table;

/// Prints it, the head in bold where the terminal can.
pub(crate) fn print(table: &Table, out: &mut impl Write) -> io::Result<()> {
    let mut style = Style::new().bold();
    for line in table.lines() {
        writeln!(out, "{style}{line}{style:#}")?;
        style = Style::new();
    }
    Ok(())
}
