//! `ul`: the bindings of the running server.

use std::io::Write;

use serde_json::Value;

use crate::client::{Client, Failure};
use crate::flags::Bindings;
use crate::table::Table;

/// Kamailio's name of the table of bindings.
const TABLE: &str = "location";

/// Carries one verb out.
pub(crate) fn run(verb: &Bindings, json: bool, server: &mut Client) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    let result = match verb {
        Bindings::Show { aor: None } => server.call("ul.dump", &[])?,
        Bindings::Show { aor: Some(aor) } => {
            let found = server.call("ul.lookup", &[TABLE, aor]);
            found.map_err(|failure| not_registered(failure, aor))?
        }
        Bindings::Rm { aor } => server.call("ul.rm", &[TABLE, aor])?,
    };
    if json {
        return Ok(writeln!(out, "{result:#}")?);
    }
    match verb {
        Bindings::Show { .. } => show(&result, &mut out),
        Bindings::Rm { aor } => {
            let text = match result.get("Removed").and_then(Value::as_u64) {
                Some(0) | None => format!("{aor} was not registered"),
                Some(1) => format!("{aor}: 1 binding forgotten"),
                Some(count) => format!("{aor}: {count} bindings forgotten"),
            };
            Ok(writeln!(out, "{text}")?)
        }
    }
}

fn not_registered(failure: Failure, aor: &str) -> Failure {
    match failure {
        Failure::Refused(message) if message.starts_with("AOR not found") => {
            Failure::Refused(format!("{aor} is not registered"))
        }
        other => other,
    }
}

fn show(result: &Value, out: &mut impl Write) -> Result<(), Failure> {
    let mut records: Vec<&Value> = match result.pointer("/Domains/0/Domain/AoRs") {
        Some(Value::Array(all)) => all.iter().filter_map(|record| record.get("Info")).collect(),
        _ => vec![result],
    };
    records.sort_by_key(|record| natural(&text(record, "AoR")));
    let mut table = Table::new(&["AOR", "CONTACT", "EXPIRES", "OVER", "USER-AGENT"]);
    let mut bindings = 0;
    for record in &records {
        let contacts = record.get("Contacts").and_then(Value::as_array);
        for contact in contacts.into_iter().flatten() {
            let contact = contact.get("Contact").unwrap_or(contact);
            bindings += 1;
            table.row(&[
                text(record, "AoR"),
                text(contact, "Address"),
                left(contact.get("Expires")),
                over(contact),
                text(contact, "User-Agent"),
            ]);
        }
    }
    if bindings == 0 {
        return Ok(writeln!(out, "nobody is registered")?);
    }
    table.print(out)?;
    if bindings > 1 {
        let users = records.len();
        let users = match users {
            1 => "1 user".to_owned(),
            _ => format!("{users} users"),
        };
        writeln!(out, "{bindings} bindings of {users}")?;
    }
    Ok(())
}

/// Sorts 9 before 10, and both before names.
fn natural(aor: &str) -> (u64, String) {
    (aor.parse().unwrap_or(u64::MAX), aor.to_owned())
}

fn text(of: &Value, field: &str) -> String {
    match of.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// `59m 12s`: how long a person thinks it is.
fn left(expires: Option<&Value>) -> String {
    match expires.and_then(Value::as_u64) {
        Some(seconds @ 0..60) => format!("{seconds}s"),
        Some(seconds @ 60..3600) => format!("{}m {:02}s", seconds / 60, seconds % 60),
        Some(seconds) => format!("{}h {:02}m", seconds / 3600, seconds / 60 % 60),
        None => expires.and_then(Value::as_str).unwrap_or("?").to_owned(),
    }
}

/// The transport, and the address the phone is really at when its Contact says another.
fn over(contact: &Value) -> String {
    let socket = text(contact, "Socket");
    let transport = match socket.split_once(':') {
        Some((transport, _)) => transport.to_uppercase(),
        None => "?".to_owned(),
    };
    match text(contact, "Received").strip_prefix("sip:") {
        Some(address) => format!("{transport} {address}"),
        None => transport,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_left_of_a_binding_is_told_as_people_say_it() {
        let cases = [(0, "0s"), (59, "59s"), (150, "2m 30s"), (3600, "1h 00m")];
        for (seconds, told) in cases {
            assert_eq!(left(Some(&json!(seconds))), told);
        }
        assert_eq!(left(Some(&json!("expired"))), "expired");
    }

    #[test]
    fn numbers_are_sorted_as_numbers_before_names() {
        let mut users = ["alice", "10", "9", "100"];
        users.sort_by_key(|user| natural(user));
        assert_eq!(users, ["9", "10", "100", "alice"]);
    }
}
