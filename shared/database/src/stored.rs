//! How a row of `location` is read, whoever wrote it.
//!
//! SQLite keeps whatever was written into a column, so a number may be a text and a text bytes.
//! Each column is read as Kamailio 5.6.3 reads it (docs/tables.md has the whole comparison). What
//! decides nothing is not a reason to leave a phone out: an odd `last_modified` is 1970, an odd
//! `user_agent` is empty. Where a column decides who is called, and until when, a row that is odd
//! there is left out and named.

use std::net::SocketAddr;

use rusqlite::Row;
use rusqlite::types::ValueRef;
use sip_location::Binding;
use sip_message::{Flow, Transport, Uri, printable};

use crate::cell::cell;
use crate::row::{JULIAN_1970, SECONDS_A_DAY, params, seconds, thousandths};

/// The columns that [`read`] reads, in its order. A number that was written as a text is cast, as
/// Kamailio does it: what does not begin with digits is 0.
pub(crate) const COLUMNS: &str = "ruid, username, contact, received, expires, CAST(q AS REAL), \
     callid, CAST(cseq AS INTEGER), last_modified, user_agent, socket, instance, \
     CAST(reg_id AS INTEGER), params, id, path";

/// A column of [`COLUMNS`]: its place, and its name.
#[derive(Clone, Copy)]
struct Column(usize, &'static str);

const RUID: Column = Column(0, "ruid");
const USERNAME: Column = Column(1, "username");
const CONTACT: Column = Column(2, "contact");
const RECEIVED: Column = Column(3, "received");
const EXPIRES: Column = Column(4, "expires");
const Q: Column = Column(5, "q");
const CALLID: Column = Column(6, "callid");
const CSEQ: Column = Column(7, "cseq");
const MODIFIED: Column = Column(8, "last_modified");
const USER_AGENT: Column = Column(9, "user_agent");
const SOCKET: Column = Column(10, "socket");
const INSTANCE: Column = Column(11, "instance");
const REG_ID: Column = Column(12, "reg_id");
const PARAMS: Column = Column(13, "params");
const ID: Column = Column(14, "id");
const PATH: Column = Column(15, "path");

/// The first Julian day of the year 10000. Beyond it is no date but a mistake.
const TOO_LATE: f64 = 5_373_484.5;

/// How long a text may be: what [`sip_location::Location::load`] takes.
const LONGEST: usize = 4096;

/// A row as it was read.
pub(crate) struct Found {
    /// The binding, unless the row is left out.
    pub(crate) binding: Option<Binding>,
    /// What is odd about the row: a line for the administrator.
    pub(crate) note: Option<String>,
}

/// Reads a row of [`COLUMNS`].
pub(crate) fn read(row: &Row<'_>) -> Found {
    let mut notes = Vec::new();
    let read = binding(row, &mut notes);
    let left_out = read.as_ref().err();
    if left_out.is_none() && notes.is_empty() {
        let binding = read.ok();
        return Found {
            binding,
            note: None,
        };
    }
    let whose = match shown(row, USERNAME) {
        user if user.is_empty() => String::new(),
        user => format!(" (user {user})"),
    };
    let what = match left_out {
        Some(why) => format!("left out: {why}"),
        None => notes.join("; "),
    };
    Found {
        note: Some(format!(
            "table location, row {}{whose}: {what}",
            shown(row, ID)
        )),
        binding: read.ok(),
    }
}

fn binding(row: &Row<'_>, notes: &mut Vec<String>) -> Result<Binding, String> {
    let wanted = |column: Column| {
        let text = text(row, column).filter(|text| !text.is_empty());
        text.ok_or_else(|| match shown(row, column) {
            empty if empty.is_empty() => format!("{} is empty", column.1),
            odd => format!("{} is not a text of one line: {odd}", column.1),
        })
    };
    // What decides nothing is empty where it is odd.
    let any = |column| text(row, column).unwrap_or_default();
    let (ruid, aor, contact) = (wanted(RUID)?, wanted(USERNAME)?, wanted(CONTACT)?);
    if Uri::parse(&contact)
        .ok()
        .and_then(|uri| uri.sip().map(drop))
        .is_none()
    {
        return Err(format!("contact is not a SIP URI: {}", shown(row, CONTACT)));
    }
    let instance = text(row, INSTANCE).filter(|instance| !instance.contains('"'));
    let instance = instance.ok_or_else(|| {
        let odd = shown(row, INSTANCE);
        format!("instance is not a text of one line without quotes: {odd}")
    })?;
    let (received, socket) = (any(RECEIVED), any(SOCKET));
    let flow = flow(&received, &socket);
    if flow.is_none() && is_udp(&received).is_none() {
        notes.push(format!(
            "received is not a SIP URI and is not used: {}",
            shown(row, RECEIVED)
        ));
    }
    if flow.is_none() && matches!(is_udp(&received), Some(Some(_))) {
        notes.push("received is not used, as socket names no UDP address of the server".to_owned());
    }
    if !any(PATH).is_empty() {
        notes.push("path is not used: the phone is called directly".to_owned());
    }
    let number = |column: Column| {
        let number: Option<i64> = row.get(column.0).ok().flatten();
        let number = number.unwrap_or(0).clamp(0, u32::MAX.into());
        u32::try_from(number).unwrap_or(0)
    };
    let q = row.get::<_, Option<f64>>(Q.0).ok().flatten().unwrap_or(1.0);
    let reg_id = number(REG_ID);
    Ok(Binding {
        expires: expires(row, notes)?,
        params: match row.get_ref(PARAMS.0).map_or(ValueRef::Null, |value| value) {
            ValueRef::Null => params(q, &instance, reg_id),
            _ => any(PARAMS),
        },
        ruid,
        aor,
        contact,
        q: if q < 0.0 { 1000 } else { thousandths(q) },
        modified: match row.get_ref(MODIFIED.0) {
            Ok(ValueRef::Real(day)) => seconds(day),
            Ok(ValueRef::Integer(day)) => seconds(day as f64),
            _ => 0,
        },
        call_id: any(CALLID),
        cseq: number(CSEQ),
        user_agent: any(USER_AGENT),
        socket,
        flow,
    })
}

/// A text without control characters; NULL is empty, and bytes are the text they spell.
fn text(row: &Row<'_>, column: Column) -> Option<String> {
    let bytes = match row.get_ref(column.0).ok()? {
        ValueRef::Null => return Some(String::new()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
        ValueRef::Integer(number) => return Some(number.to_string()),
        ValueRef::Real(number) => return Some(number.to_string()),
    };
    let text = str::from_utf8(bytes).ok()?;
    let fits = text.len() <= LONGEST && !text.contains(char::is_control);
    fits.then(|| text.to_owned())
}

/// When the binding ends, in seconds since 1970: `u32::MAX` for never, which Kamailio writes as
/// 1970.
fn expires(row: &Row<'_>, notes: &mut Vec<String>) -> Result<u32, String> {
    let day = match row.get_ref(EXPIRES.0) {
        Ok(ValueRef::Real(day)) => day,
        Ok(ValueRef::Integer(day)) => day as f64,
        Ok(ValueRef::Text(text)) => {
            let text = cut(printable(text));
            return Err(format!(
                "expires is the text {text}, of which a Kamailio reads the first number as a \
                 Julian day, long past; write julianday('{text}')"
            ));
        }
        _ => return Err("expires is not a number".to_owned()),
    };
    if day < JULIAN_1970 - 1.0 / SECONDS_A_DAY {
        return Err(format!(
            "expires is {day}, a Julian day before 1970: never is 2440587.5"
        ));
    }
    if day > TOO_LATE {
        notes.push(format!(
            "expires is {day}, which is no date as a Julian day, so the phone is called for ever; \
             for seconds since 1970 write julianday({day}, 'unixepoch')"
        ));
    }
    Ok(match seconds(day) {
        0 => u32::MAX,
        expires => expires,
    })
}

/// A value as it stands there, for people.
fn shown(row: &Row<'_>, column: Column) -> String {
    cut(row.get_ref(column.0).map(cell).unwrap_or_default())
}

fn cut(text: String) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text,
    }
}

/// The way back to a phone behind a NAT over UDP. A TCP connection did not survive.
fn flow(received: &str, socket: &str) -> Option<Flow> {
    let local: SocketAddr = socket.strip_prefix("udp:")?.parse().ok()?;
    let remote = is_udp(received)??;
    Some(Flow {
        transport: Transport::Udp,
        local,
        remote,
        connection: None,
    })
}

/// Where a received column leads over UDP, if it does. `None` for a column that leads nowhere.
fn is_udp(received: &str) -> Option<Option<SocketAddr>> {
    if received.is_empty() {
        return Some(None);
    }
    let uri = Uri::parse(received).ok()?;
    let uri = uri.sip()?;
    let is_udp = uri
        .params
        .value("transport")
        .is_none_or(|t| t.eq_ignore_ascii_case("udp"));
    let ip = uri.host.ip()?;
    Some(is_udp.then(|| SocketAddr::new(ip, uri.port_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_of_a_phone_behind_a_nat_is_read_back() {
        let way = flow("sip:203.0.113.9:40001", "udp:192.0.2.15:5060").unwrap();
        assert_eq!(way.remote.to_string(), "203.0.113.9:40001");
        assert_eq!(
            flow("sip:203.0.113.9:1;transport=tcp", "tcp:192.0.2.15:5060"),
            None
        );
        assert_eq!(flow("", "udp:192.0.2.15:5060"), None);
    }
}
