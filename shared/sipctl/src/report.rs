use std::fmt::Display;
use std::io::Write;

use anstyle::AnsiColor;
use serde_json::{Value, json};

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

/// Says why there is no outcome.
pub(crate) fn error(json: bool, text: impl Display) {
    beside(json, "error", AnsiColor::Red, &text);
}

/// Tells on standard error: in words, or as a line of JSON with one member. Standard output has
/// outcomes alone, so that `jq` never takes an error for one.
fn beside(json: bool, what: &str, colour: AnsiColor, text: &dyn Display) {
    if json {
        return anstream::eprintln!("{}", json!({ what: text.to_string() }));
    }
    let style = colour.on_default().bold();
    anstream::eprintln!("{style}{what}{style:#}: {text}");
}
