//! What the running server says of itself.

use std::io::Write;

use serde::Deserialize;

use crate::client::Client;
use crate::failure::Failure;
use crate::table::Table;

/// What `core.uptime` gives, as far as it is shown.
#[derive(Deserialize)]
struct Uptime {
    up_since: String,
    uptime: u64,
}

/// `stats`: the counters, all or those named.
pub(crate) fn stats(names: &str, json: bool, server: &mut Client) -> Result<(), Failure> {
    let result = server.call("stats.get_statistics", &[names])?;
    let lines: Vec<String> = server.read(&result)?;
    if lines.is_empty() {
        return Err(Failure::Refused(format!("no counter is called {names}")));
    }
    let mut out = anstream::stdout().lock();
    if json {
        return Ok(writeln!(out, "{result}")?);
    }
    let mut table = Table::new(&["COUNTER", "COUNT"]);
    for (name, count) in lines.iter().filter_map(|line| line.split_once(" = ")) {
        table.row(&[name, count]);
    }
    Ok(table.print(&mut out)?)
}

/// `uptime`: which server, and since when.
pub(crate) fn uptime(json: bool, server: &mut Client) -> Result<(), Failure> {
    let result = server.call("core.uptime", &[])?;
    let mut out = anstream::stdout().lock();
    if json {
        return Ok(writeln!(out, "{result}")?);
    }
    let Uptime { up_since, uptime } = server.read(&result)?;
    let version: String = server.ask("core.version", &[])?;
    let (days, hours, minutes) = (uptime / 86_400, uptime / 3600 % 24, uptime / 60 % 60);
    let up = match (days, hours, minutes) {
        (0, 0, 0) => format!("{uptime} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, ..) => format!("{hours} h {minutes:02} min"),
        _ => format!("{days} d {hours} h"),
    };
    Ok(writeln!(out, "{version}: up {up}, since {up_since}")?)
}
