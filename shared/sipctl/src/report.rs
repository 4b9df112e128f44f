use std::fmt::Display;
use std::io::Write;

use anstyle::AnsiColor;
use serde_json::Value;

use crate::aside::beside;
use crate::failure::Failure;
use crate::flags::Flags;
use crate::table::Table;

/// Tells what was done: in words, or with `--json` as a line of JSON.
pub(crate) fn report(flags: &Flags, json: impl Display, text: impl Display) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match flags.json {
        true => writeln!(out, "{json}")?,
        false => writeln!(out, "{text}")?,
    }
    Ok(())
}

/// Tells what is there: as a table with a line about it below, or with `--json` as a line of
/// JSON.
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
        table.print(&mut out)?;
    }
    Ok(writeln!(out, "{below}")?)
}

/// Says what else there is to know, beside the outcome.
pub(crate) fn note(flags: &Flags, text: impl Display) {
    beside(flags.json, "note", AnsiColor::Cyan, &text);
}

/// Says what is probably not meant.
pub(crate) fn warning(flags: &Flags, text: impl Display) {
    beside(flags.json, "warning", AnsiColor::Yellow, &text);
}
