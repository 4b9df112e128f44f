//! `ul`: the bindings of the running server.

use std::fmt;
use std::io::Write;

use serde::Deserialize;
use sip_message::printable;

use crate::client::Client;
use crate::failure::Failure;

use crate::table::Table;
use crate::verbs::Bindings;

/// Kamailio's name of the table of bindings.
const TABLE: &str = "location";

/// What `ul.dump` gives, as far as it is shown.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Dump {
    domains: Vec<DomainEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DomainEntry {
    domain: Domain,
}

#[derive(Deserialize)]
struct Domain {
    #[serde(rename = "AoRs")]
    records: Vec<RecordEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RecordEntry {
    info: Record,
}

/// The bindings of one address-of-record: what `ul.lookup` gives.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Record {
    #[serde(rename = "AoR")]
    aor: String,
    contacts: Vec<ContactEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ContactEntry {
    contact: Contact,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Contact {
    address: String,
    expires: Left,
    socket: String,
    received: String,
    #[serde(rename = "User-Agent")]
    user_agent: String,
}

/// The seconds a binding has left, or why there are none.
#[derive(Deserialize)]
#[serde(untagged)]
enum Left {
    Seconds(u64),
    Word(String),
}

/// What `ul.rm` gives.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Removed {
    removed: usize,
}

/// Carries one verb out.
pub(crate) fn run(verb: &Bindings, json: bool, server: &mut Client) -> Result<(), Failure> {
    let result = match verb {
        Bindings::Show { aor: None } => server.call("ul.dump", &[])?,
        Bindings::Show { aor: Some(aor) } => {
            let found = server.call("ul.lookup", &[TABLE, aor]);
            found.map_err(|failure| not_registered(failure, aor))?
        }
        Bindings::Rm { aor, contact: None } => server.call("ul.rm", &[TABLE, aor])?,
        Bindings::Rm {
            aor,
            contact: Some(contact),
        } => server.call("ul.rm_contact", &[TABLE, aor, contact])?,
    };
    if let Bindings::Rm { aor, contact } = verb
        && server.read::<Removed>(&result)?.removed == 0
    {
        let aor = printable(aor.as_bytes());
        return Err(Failure::Refused(match contact {
            None => format!("{aor} is not registered"),
            Some(contact) => format!(
                "{aor} is not registered at {}; `sipctl ul show {aor}` shows where it is",
                printable(contact.as_bytes())
            ),
        }));
    }
    let mut out = anstream::stdout().lock();
    match verb {
        _ if json => Ok(writeln!(out, "{result}")?),
        Bindings::Show { aor: None } => {
            let dump: Dump = server.read(&result)?;
            let domains = dump.domains.into_iter();
            let records = domains.flat_map(|entry| entry.domain.records);
            show(records.map(|entry| entry.info).collect(), &mut out)
        }
        Bindings::Show { aor: Some(_) } => show(vec![server.read(&result)?], &mut out),
        Bindings::Rm { aor, .. } => {
            let text = match server.read::<Removed>(&result)?.removed {
                1 => format!("{aor}: 1 binding forgotten"),
                count => format!("{aor}: {count} bindings forgotten"),
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

fn show(mut records: Vec<Record>, out: &mut impl Write) -> Result<(), Failure> {
    records.sort_by_cached_key(|record| natural(&record.aor));
    let mut table = Table::new(&["AOR", "CONTACT", "EXPIRES", "OVER", "USER-AGENT"]);
    let mut bindings = 0;
    for Record { aor, contacts } in &records {
        for ContactEntry { contact } in contacts {
            bindings += 1;
            table.row(&[
                aor,
                &contact.address,
                &contact.expires.to_string(),
                &over(contact),
                &contact.user_agent,
            ]);
        }
    }
    if bindings == 0 {
        return Ok(writeln!(out, "nobody is registered")?);
    }
    table.print(out)?;
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

impl fmt::Display for Left {
    /// `59m 12s`: how long a person thinks it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds @ 0..60) => write!(f, "{seconds}s"),
            Self::Seconds(s @ 60..3600) => write!(f, "{}m {:02}s", s / 60, s % 60),
            Self::Seconds(s) => write!(f, "{}h {:02}m", s / 3600, s / 60 % 60),
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// The transport, and the address the phone is really at when its Contact says another.
fn over(contact: &Contact) -> String {
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
    fn what_is_left_of_a_binding_is_told_as_people_say_it() {
        let cases = [(0, "0s"), (59, "59s"), (150, "2m 30s"), (3600, "1h 00m")];
        for (seconds, told) in cases {
            assert_eq!(Left::Seconds(seconds).to_string(), told);
        }
        assert_eq!(Left::Word("expired".to_owned()).to_string(), "expired");
    }

    #[test]
    fn numbers_are_sorted_as_numbers_before_names() {
        let mut users = ["alice", "10", "9", "100"];
        users.sort_by_key(|user| natural(user));
        assert_eq!(users, ["9", "10", "100", "alice"]);
    }
}
