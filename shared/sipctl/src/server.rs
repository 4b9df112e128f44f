//! What the running server reports about itself.

use std::io::Write;

use sip_control::{Counter, Uptime, method};
use sip_database::Table;

use crate::client::Client;
use crate::failure::Failure;
use crate::table;

/// `stats`: the counters, all or those that are named.
pub(crate) fn stats(names: &str, json: bool, server: &mut Client) -> Result<(), Failure> {
    let result = server.call(method::STATISTICS, &[names])?;
    let counters: Vec<Counter> = server.read(&result)?;
    if counters.is_empty() {
        let text = format!("{names} is not a counter; `sipctl stats` lists them all");
        return Err(Failure::Refused(text));
    }
    let mut out = anstream::stdout().lock();
    if json {
        return Ok(writeln!(out, "{result}")?);
    }
    let mut table = Table::new(&["COUNTER", "COUNT"]);
    for Counter { name, count } in &counters {
        table.row(&[name, &count.to_string()]);
    }
    Ok(table::print(&table, &mut out)?)
}

/// `uptime`: which server, and how long it has been running.
pub(crate) fn uptime(json: bool, server: &mut Client) -> Result<(), Failure> {
    let result = server.call(method::UPTIME, &[])?;
    let mut out = anstream::stdout().lock();
    if json {
        return Ok(writeln!(out, "{result}")?);
    }
    let Uptime {
        up_since, uptime, ..
    } = server.read(&result)?;
    let version = server.call(method::VERSION, &[])?;
    let version: String = server.read(&version)?;
    let (days, hours, minutes) = (uptime / 86_400, uptime / 3600 % 24, uptime / 60 % 60);
    let up = match (days, hours, minutes) {
        (0, 0, 0) => format!("{uptime} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, ..) => format!("{hours} h {minutes:02} min"),
        _ => format!("{days} d {hours} h"),
    };
    Ok(writeln!(out, "{version}: up {up}, since {up_since}")?)
}
