//! How outcomes are printed: in words, or as JSON.

use std::fmt::Display;
use std::io::Write;

use anstyle::AnsiColor;
use serde_json::Value;
use sip_database::Table;

use crate::aside::beside;
use crate::failure::Failure;
use crate::flags::Flags;
use crate::table;

/// Prints what was done: in words, or with `--json` as a line of JSON.
pub(crate) fn report(flags: &Flags, json: impl Display, text: impl Display) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    if flags.json {
        writeln!(out, "{json}")?;
    } else {
        writeln!(out, "{text}")?;
    }
    Ok(())
}

/// Prints a list: as a table with a line below it, or with `--json` as a line of JSON.
pub(crate) fn listing(
    flags: &Flags,
    rows: Vec<Value>,
    table: &Table,
    below: impl Display,
) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    if flags.json {
        return Ok(writeln!(out, "{}", Value::from(rows))?);
    }
    if !rows.is_empty() {
        table::print(table, &mut out)?;
    }
    Ok(writeln!(out, "{below}")?)
}

/// Prints what else the user should know.
pub(crate) fn note(flags: &Flags, text: impl Display) {
    beside(flags.json, "note", AnsiColor::Cyan, &text);
}

/// Prints what is probably a mistake.
pub(crate) fn warning(flags: &Flags, text: impl Display) {
    beside(flags.json, "warning", AnsiColor::Yellow, &text);
}
