//! `ul`: the bindings of the running server.

use std::io::Write;

use sip_control::{
    AOR_NOT_FOUND, Contact, Dump, Expires, LOCATION, NoTime, Record, RecordEntry, Removed, method,
};
use sip_database::Table;
use sip_message::printable;

use crate::client::Client;
use crate::failure::Failure;
use crate::table;
use crate::verbs::Bindings;

/// Carries one verb out.
pub(crate) fn run(verb: &Bindings, json: bool, server: &mut Client) -> Result<(), Failure> {
    match verb {
        Bindings::Show { aor: None } => show_all(json, server),
        Bindings::Show { aor: Some(aor) } => show(aor, json, server),
        Bindings::Rm { aor, contact } => rm(aor, contact.as_deref(), json, server),
    }
}

fn show_all(json: bool, server: &mut Client) -> Result<(), Failure> {
    let result = server.call(method::DUMP, &[])?;
    let mut out = anstream::stdout().lock();
    if json {
        return Ok(writeln!(out, "{result}")?);
    }
    let dump: Dump<Vec<RecordEntry<'_>>> = server.read(&result)?;
    let records = dump.domains.into_iter().flat_map(|it| it.domain.records);
    print(records.map(|entry| entry.info).collect(), &mut out)
}

fn show(aor: &str, json: bool, server: &mut Client) -> Result<(), Failure> {
    let result = server.call(method::LOOKUP, &[LOCATION, aor]);
    let result = result.map_err(|failure| match failure {
        Failure::Server(refusal) if refusal.message == AOR_NOT_FOUND => {
            Failure::Refused(format!("{aor} is not registered"))
        }
        other => other,
    })?;
    let mut out = anstream::stdout().lock();
    if json {
        return Ok(writeln!(out, "{result}")?);
    }
    print(vec![server.read(&result)?], &mut out)
}

fn rm(aor: &str, contact: Option<&str>, json: bool, server: &mut Client) -> Result<(), Failure> {
    let result = match contact {
        None => server.call(method::RM, &[LOCATION, aor])?,
        Some(contact) => server.call(method::RM_CONTACT, &[LOCATION, aor, contact])?,
    };
    let Removed { removed } = server.read(&result)?;
    let aor = printable(aor.as_bytes());
    if removed == 0 {
        return Err(Failure::Refused(match contact {
            None => format!("{aor} is not registered"),
            Some(contact) => format!(
                "{aor} is not registered at {}; `sipctl ul show {aor}` shows where it is",
                printable(contact.as_bytes())
            ),
        }));
    }
    let mut out = anstream::stdout().lock();
    let bindings = if removed == 1 { "binding" } else { "bindings" };
    if json {
        return Ok(writeln!(out, "{result}")?);
    }
    Ok(writeln!(out, "{aor}: {removed} {bindings} removed")?)
}

fn print(mut records: Vec<Record<'_>>, out: &mut impl Write) -> Result<(), Failure> {
    records.sort_by_cached_key(|record| natural(&record.aor));
    let mut table = Table::new(&["AOR", "CONTACT", "EXPIRES", "OVER", "USER-AGENT"]);
    let mut bindings = 0;
    for Record { aor, contacts } in &records {
        for contact in contacts.iter().map(|entry| &entry.contact) {
            bindings += 1;
            let expires = time_left(contact.expires);
            let over = over(contact);
            table.row(&[aor, &contact.address, &expires, &over, &contact.user_agent]);
        }
    }
    if bindings == 0 {
        return Ok(writeln!(out, "nobody is registered")?);
    }
    table::print(&table, out)?;
    match (bindings, records.len()) {
        (1, _) => Ok(()),
        (_, 1) => Ok(writeln!(out, "{bindings} bindings of 1 user")?),
        (_, users) => Ok(writeln!(out, "{bindings} bindings of {users} users")?),
    }
}

/// Sorts 9 before 10, and both before names.
pub(crate) fn natural(aor: &str) -> (u64, String) {
    (aor.parse().unwrap_or(u64::MAX), aor.to_owned())
}

/// `59m 12s`
fn time_left(expires: Expires) -> String {
    match expires {
        Expires::In(seconds @ 0..60) => format!("{seconds}s"),
        Expires::In(s @ 60..3600) => format!("{}m {:02}s", s / 60, s % 60),
        Expires::In(s) => format!("{}h {:02}m", s / 3600, s / 60 % 60),
        Expires::Word(NoTime::Expired) => "expired".to_owned(),
        Expires::Word(NoTime::Permanent) => "permanent".to_owned(),
    }
}

/// The transport, and the address the phone is really at if its Contact has another.
fn over(contact: &Contact<'_>) -> String {
    let transport = match contact.socket.split_once(':') {
        Some((transport, _)) => transport.to_uppercase(),
        None => "?".to_owned(),
    };
    match contact.received.strip_prefix("sip:") {
        Some(address) => format!("{transport} {address}"),
        None => transport,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_written_as_people_say_it() {
        let cases = [(0, "0s"), (59, "59s"), (150, "2m 30s"), (3600, "1h 00m")];
        for (seconds, expected) in cases {
            assert_eq!(time_left(Expires::In(seconds)), expected);
        }
        assert_eq!(time_left(Expires::Word(NoTime::Expired)), "expired");
    }

    #[test]
    fn numbers_are_sorted_as_numbers_before_names() {
        let mut users = ["alice", "10", "9", "100"];
        users.sort_by_key(|user| natural(user));
        assert_eq!(users, ["9", "10", "100", "alice"]);
    }
}
