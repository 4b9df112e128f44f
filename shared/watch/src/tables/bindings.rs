//! The table `location`, as the server has it in memory.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use sip_control::{
    Answer, Call, Contact, Counter, Dump, Expires, NOT_SET, NoTime, RecordEntry, method,
};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::MOST;
use crate::view::Table;

/// A server with more users than this is not asked for all of them twice a second.
const MOST_USERS: u64 = 2_000;

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 16 << 20;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The columns that say most; the server has more.
const COLUMNS: [&str; 7] = [
    "username",
    "contact",
    "expires",
    "q",
    "received",
    "socket",
    "user_agent",
];

/// The bindings of the server at a control socket.
///
/// # Errors
/// If it does not answer.
pub(super) async fn read(socket: &Path) -> io::Result<Table> {
    timeout(PATIENCE, ask(socket)).await?
}

async fn ask(socket: &Path) -> io::Result<Table> {
    let mut stream = BufReader::new(UnixStream::connect(socket).await?);
    let name = "usrloc:registered_users";
    let line = call(&mut stream, method::STATISTICS, &[name]).await?;
    let counters: Vec<Counter> = result(&line)?;
    let users = counters.first().map_or(0, |counter| counter.count);
    let mut table = Table {
        name: "location",
        columns: COLUMNS.to_vec(),
        ..Table::default()
    };
    if users > MOST_USERS {
        table.more = usize::try_from(users).unwrap_or(usize::MAX);
        table.note = Some(format!(
            "{users} users are registered: too many to list here."
        ));
        return Ok(table);
    }
    let line = call(&mut stream, method::DUMP, &[]).await?;
    let dump: Dump<Vec<RecordEntry<'_>>> = result(&line)?;
    table.rows = rows(&dump);
    table.rows.sort();
    table.more = table.rows.len().saturating_sub(MOST);
    table.rows.truncate(MOST);
    Ok(table)
}

/// Calls a method, and returns the line of its answer.
async fn call(
    stream: &mut BufReader<UnixStream>,
    method: &str,
    params: &[&str],
) -> io::Result<String> {
    let call = serde_json::to_string(&Call::new(method, params))? + "\n";
    stream.write_all(call.as_bytes()).await?;
    let mut line = String::new();
    (&mut *stream).take(LONGEST).read_line(&mut line).await?;
    Ok(line)
}

fn result<'a, T: Deserialize<'a>>(line: &'a str) -> io::Result<T> {
    let answer: Answer<T> = serde_json::from_str(line)?;
    match answer.outcome() {
        Some(Ok(result)) => Ok(result),
        Some(Err(refusal)) => Err(io::Error::other(refusal.message)),
        None => Err(ErrorKind::InvalidData.into()),
    }
}

fn rows(dump: &Dump<Vec<RecordEntry<'_>>>) -> Vec<Vec<String>> {
    let records = dump.domains.iter().flat_map(|it| &it.domain.records);
    let bindings = records.flat_map(|it| {
        let contacts = it.info.contacts.iter();
        contacts.map(|contact| row(&it.info.aor, &contact.contact))
    });
    bindings.collect()
}

fn row(aor: &str, contact: &Contact<'_>) -> Vec<String> {
    let unless_empty = |text: &str| match text {
        NOT_SET | "n/a" => String::new(),
        text => text.to_owned(),
    };
    vec![
        aor.to_owned(),
        contact.address.to_string(),
        expires(contact),
        if contact.q < 0.0 {
            String::new()
        } else {
            contact.q.to_string()
        },
        unless_empty(&contact.received),
        unless_empty(&contact.socket),
        unless_empty(&contact.user_agent),
    ]
}

/// When a binding expires, as a time of day in UTC. The seconds left would change all the time.
fn expires(contact: &Contact<'_>) -> String {
    match contact.expires {
        Expires::In(seconds) => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            clock(now.unwrap_or_default().as_secs() + u64::from(seconds))
        }
        Expires::Word(NoTime::Expired) => "expired".to_owned(),
        Expires::Word(NoTime::Permanent) => "permanent".to_owned(),
    }
}

fn clock(seconds: u64) -> String {
    let day = seconds % 86_400;
    format!(
        "{:02}:{:02}:{:02} UTC",
        day / 3_600,
        day / 60 % 60,
        day % 60
    )
}
