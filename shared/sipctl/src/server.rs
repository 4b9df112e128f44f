//! What the running server says of itself.

use std::io::Write;

use serde_json::Value;

use crate::client::{Client, Failure};
use crate::table::Table;

/// `stats`: the counters, all or those named.
pub(crate) fn stats(names: &str, json: bool, server: &mut Client) -> Result<(), Failure> {
    let result = server.call("stats.get_statistics", &[names])?;
    let mut out = anstream::stdout().lock();
    if json {
        return Ok(writeln!(out, "{result:#}")?);
    }
    let lines = result.as_array().into_iter().flatten();
    let counters: Vec<_> = lines
        .filter_map(|line| line.as_str()?.split_once(" = "))
        .collect();
    if counters.is_empty() {
        return Err(Failure::Refused(format!("no counter is called {names}")));
    }
    let mut table = Table::new(&["COUNTER", "COUNT"]);
    for (name, count) in counters {
        table.row(&[name.to_owned(), count.to_owned()]);
    }
    Ok(table.print(&mut out)?)
}

/// `uptime`: which server, and since when.
pub(crate) fn uptime(json: bool, server: &mut Client) -> Result<(), Failure> {
    let version = server.call("core.version", &[])?;
    let result = server.call("core.uptime", &[])?;
    let mut out = anstream::stdout().lock();
    if json {
        return Ok(writeln!(out, "{result:#}")?);
    }
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let seconds = result.get("uptime").and_then(Value::as_u64).unwrap_or(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let since = result.get("up_since").map_or_else(|| "?".to_owned(), text);
    let version = text(&version);
    let up = match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, ..) => format!("{hours} h {minutes:02} min"),
        _ => format!("{days} d {hours} h"),
    };
    Ok(writeln!(out, "{version}: up {up}, since {since}")?)
}
