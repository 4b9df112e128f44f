//! `location`: who is called, and until when.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use whole_system::kamailio::Kamailio;
use whole_system::step::{self, STEP_07, Server};
use whole_system::wire::Phone;
use whole_system::{address, text};

use crate::script::script;
use crate::{Row, Section, place};

const SILENT_LEFT_OUT: &str = "no request can go to such a contact; the row is named";
const DATE_TEXT: &str = "";
const CAPITALS: &str =
    "Kamailio's registrar reads everything in lower case unless `case_sensitive` is 1";
const PATH: &str = "the path is not used here; the row is named";

/// A column, its value (SQL), and why the servers differ, if they do.
const CASES: &[(&str, &str, &str)] = &[
    ("ruid", "''", "here such a row gets a new ruid"),
    ("ruid", "'any-text'", ""),
    ("username", "''", ""),
    ("username", "'CAPITALS'", CAPITALS),
    ("domain", "NULL", ""),
    ("domain", "'other.example'", ""),
    ("contact", "''", ""),
    ("contact", "'nonsense'", SILENT_LEFT_OUT),
    ("contact", "'sip:x@192.0.2.9:5080;line=1'", ""),
    ("received", "'sip:203.0.113.9:40001'", ""),
    (
        "received",
        "'nonsense'",
        "an address that cannot be read is not used; the row is named",
    ),
    ("received", "''", ""),
    ("path", "'<sip:192.0.2.8;lr>'", PATH),
    ("path", "''", ""),
    ("expires", "'2030-05-28 21:32:15'", DATE_TEXT),
    ("expires", "'tomorrow'", DATE_TEXT),
    ("expires", "0", ""),
    ("expires", "-1", ""),
    ("expires", "2440587.5", ""),
    ("expires", "julianday('now', '-1 minute')", ""),
    ("expires", "1795255200", ""),
    ("q", "'high'", ""),
    ("q", "'0.5'", ""),
    ("q", "-1", ""),
    ("q", "7", "q is 1 at most (RFC 3261 §20.10)"),
    (
        "callid",
        "''",
        "here a Call-ID only decides which REGISTER is later",
    ),
    ("cseq", "'first'", ""),
    ("cseq", "-5", "a CSeq is not negative (RFC 3261 §8.1.1.5)"),
    ("cseq", "0", ""),
    (
        "cseq",
        "99999999999",
        "of a number beyond 32 bits Kamailio takes the lowest 32; here it becomes the highest number",
    ),
    ("last_modified", "'2000-01-01 00:00:01'", ""),
    ("last_modified", "'yesterday'", ""),
    ("last_modified", "0", ""),
    ("flags", "'x'", ""),
    ("cflags", "64", ""),
    ("user_agent", "''", ""),
    ("socket", "NULL", ""),
    ("socket", "'nonsense'", ""),
    ("methods", "NULL", ""),
    ("methods", "1", ""),
    ("instance", "''", ""),
    ("instance", "'<urn:uuid:1>'", ""),
    ("reg_id", "'x'", ""),
    ("reg_id", "-1", ""),
    ("server_id", "9", ""),
    ("connection_id", "77", ""),
    ("keepalive", "1", ""),
    ("partition", "3", ""),
];

/// Both servers read every case, each from a table of its own: one row may keep Kamailio from
/// starting.
pub fn section() -> Section {
    Section {
        table: "location",
        rows: (0..CASES.len()).map(row).collect(),
    }
}

fn row(number: usize) -> Row {
    let (column, value, why) = CASES[number];
    let (user, files) = (user(number), place::with(&insert(number)));
    let database = step::database(files.path());
    let address = address::free(17);
    let script = script(address, &database, false);
    let kamailio = Kamailio::launch(address, &script, files.path());
    let theirs = match kamailio.if_it_starts() {
        None => "does not start".to_owned(),
        Some(kamailio) => {
            let read = of_kamailio(
                &user,
                &usual(&user),
                &Phone::new("2000", 16, address),
                &kamailio,
            );
            kamailio.stop();
            read
        }
    };
    let server = Server::start(STEP_07, files.path());
    let ours = of_ours(&user, files.path());
    assert!(server.stop().success());
    Row {
        shown: format!("`{column}` = `{value}`"),
        kamailio: theirs,
        ours,
        why,
    }
}

fn user(number: usize) -> String {
    match CASES[number] {
        ("username", "''", _) => "nobody".to_owned(),
        ("username", ..) => "CAPITALS".to_owned(),
        _ => format!("user{number}"),
    }
}

fn insert(number: usize) -> String {
    let (column, value, _) = CASES[number];
    let user = user(number);
    insert_into("location", &user, &usual(&user), column, value)
}

/// Where a user is called in a row without oddities.
fn usual(user: &str) -> String {
    format!("sip:{user}@192.0.2.7")
}

/// A row of `location`, or of a table with its columns, that is called for an hour, but for one
/// column.
pub fn insert_into(table: &str, user: &str, contact: &str, column: &str, value: &str) -> String {
    let mut set = vec![
        ("ruid", format!("'row-{user}'")),
        ("username", format!("'{user}'")),
        ("contact", format!("'{contact}'")),
        ("expires", "julianday('now', '+1 hour')".to_owned()),
        ("socket", "'udp:127.0.0.1:5060'".to_owned()),
    ];
    set.retain(|(name, _)| *name != column);
    set.push((column, value.to_owned()));
    let (columns, values): (Vec<_>, Vec<_>) = set.into_iter().unzip();
    let (columns, values) = (columns.join(", "), values.join(", "));
    format!("INSERT INTO {table} ({columns}) VALUES ({values});")
}

/// What is shown of a row that leads nowhere.
pub const NOBODY: &str = "nobody is called";

/// What Kamailio reads of the row of a user who is usually called at `usual`.
pub fn of_kamailio(user: &str, usual: &str, asking: &Phone, kamailio: &Kamailio) -> String {
    let uri = format!("sip:{user}@{}", kamailio.address());
    let answer = asking.transact(&asking.request("OPTIONS", &uri, ""));
    if text::status(&answer) != Some(200) {
        return NOBODY.to_owned();
    }
    let line = answer.lines().next().unwrap_or_default();
    let seen = line.strip_prefix("SIP/2.0 200 ").unwrap_or(line);
    let fields: Vec<&str> = seen.split('|').collect();
    let [contact, expires, q, cseq, path, received] = fields[..] else {
        return format!("{seen} ({user})");
    };
    let set = |field: &str| match field {
        "<null>" => String::new(),
        field => field.to_owned(),
    };
    let expires = expires.parse().unwrap_or(-1);
    let q = q.parse().unwrap_or(-2);
    // It was called. Kamailio prints a time beyond 32 bits as one in the past.
    let is_permanent = expires < now();
    let expires = if is_permanent { i64::MAX } else { expires };
    shown(
        usual,
        [contact, cseq],
        [expires, q],
        [set(path), set(received)],
    )
}

fn of_ours(user: &str, files: &std::path::Path) -> String {
    let answer = place::control(files, "ul.lookup", &["location", user]);
    let contact = &answer["result"]["Contacts"][0]["Contact"];
    let word = |name: &str| match contact[name].as_str() {
        None | Some("[not set]") => String::new(),
        Some(word) => word.to_owned(),
    };
    if contact.is_null() {
        return NOBODY.to_owned();
    }
    let expires = contact["Expires"]
        .as_i64()
        .map_or(i64::MAX, |left| now() + left);
    let q = contact["Q"]
        .as_f64()
        .map_or(-2, |q| (q * 1000.0).round() as i64);
    let q = if q < 0 { -1 } else { q };
    let cseq = match &contact["CSeq"] {
        Value::Number(number) => number.to_string(),
        other => other.to_string(),
    };
    let fields = [word("Path"), word("Received")];
    let contact = word("Address");
    shown(&usual(user), [&contact, &cseq], [expires, q], fields)
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0))
}

/// What differs from a row without oddities.
fn shown(
    usual: &str,
    [contact, cseq]: [&str; 2],
    [expires, q]: [i64; 2],
    [path, received]: [String; 2],
) -> String {
    let mut text = "called".to_owned();
    if contact != usual {
        text += &format!(" at `{contact}`");
    }
    let left = expires.saturating_sub(now());
    if expires > u32::MAX.into() {
        text += " for ever";
    } else if !(3500..=3601).contains(&left) {
        text += &format!(" for {left} s");
    }
    if q != 1000 {
        text += &format!(", q {q}");
    }
    if cseq != "1" {
        text += &format!(", CSeq {cseq}");
    }
    if !path.is_empty() {
        text += ", by its path";
    }
    if !received.is_empty() {
        text += &format!(", through `{received}`");
    }
    text
}
