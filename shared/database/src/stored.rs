//! How a row of `location` is read, whatever program wrote it.
//!
//! Each column is read as Kamailio 5.6.3 reads it (docs/tables.md has the whole comparison). A
//! column that decides nothing does not leave a phone out: an odd `last_modified` is 1970,
//! an odd `user_agent` is empty. Where a column decides where a call goes, and until when, an odd
//! row is left out, and the administrator gets a line about it.

use std::net::SocketAddr;

use rusqlite::Row;
use rusqlite::types::ValueRef;
use sip_location::Binding;
use sip_message::{Flow, Q, Uri, printable};

use crate::columns::{
    CALLID, CONTACT, CSEQ, EXPIRES, ID, INSTANCE, MODIFIED, PARAMS, PATH, Q as Q_COLUMN, RECEIVED,
    REG_ID, RUID, SOCKET, USER_AGENT, USERNAME, cut,
};
use crate::row::{JULIAN_1970, SECONDS_A_DAY, params, rounded, seconds};

/// The first Julian day of the year 10000. A later one is a mistake.
const TOO_LATE: f64 = 5_373_484.5;

/// A row as it was read.
pub(crate) struct Found {
    /// The binding, unless the row is left out.
    pub(crate) binding: Option<Binding>,
    /// What is odd about the row: a line for the administrator.
    pub(crate) note: Option<String>,
}

/// Reads a row of [`crate::columns::COLUMNS`].
pub(crate) fn read(row: &Row<'_>) -> Found {
    let mut notes = Vec::new();
    match binding(row, &mut notes) {
        Ok(binding) => Found {
            binding: Some(binding),
            note: (!notes.is_empty()).then(|| note(row, &notes.join("; "))),
        },
        Err(why) => Found {
            binding: None,
            note: Some(note(row, &format!("left out: {why}"))),
        },
    }
}

fn note(row: &Row<'_>, what: &str) -> String {
    let user = match USERNAME.shown(row) {
        user if user.is_empty() => String::new(),
        user => format!(" (user {user})"),
    };
    format!("table location, row {}{user}: {what}", ID.shown(row))
}

fn binding(row: &Row<'_>, notes: &mut Vec<String>) -> Result<Binding, String> {
    let ruid = RUID.needed_text(row)?;
    let aor = USERNAME.needed_text(row)?;
    let contact = CONTACT.needed_text(row)?;
    let uri = Uri::parse(&contact).ok();
    if uri.is_none_or(|uri| uri.sip().is_none()) {
        return Err(format!("contact is not a SIP URI: {}", CONTACT.shown(row)));
    }
    let instance = INSTANCE.text(row).filter(|text| !text.contains('"'));
    let instance = instance.ok_or_else(|| {
        let odd = INSTANCE.shown(row);
        format!("instance is not a text of one line without quotes: {odd}")
    })?;
    let socket = SOCKET.text_or_empty(row);
    let flow = flow(row, &socket, notes);
    if !PATH.text_or_empty(row).is_empty() {
        notes.push("path is not used: the phone is called directly".to_owned());
    }
    let q = row
        .get::<_, Option<f64>>(Q_COLUMN.0)
        .ok()
        .flatten()
        .unwrap_or(1.0);
    let reg_id = REG_ID.number(row);
    Ok(Binding {
        expires: expires(row, notes)?,
        params: match PARAMS.value(row) {
            ValueRef::Null => params(q, &instance, reg_id),
            _ => PARAMS.text_or_empty(row),
        },
        ruid,
        aor,
        contact,
        q: if q < 0.0 { Q::ONE } else { rounded(q) },
        modified: match MODIFIED.value(row) {
            ValueRef::Real(day) => seconds(day),
            ValueRef::Integer(day) => seconds(day as f64),
            _ => 0,
        },
        call_id: CALLID.text_or_empty(row),
        cseq: CSEQ.number(row),
        user_agent: USER_AGENT.text_or_empty(row),
        socket,
        flow,
    })
}

/// When the binding ends, in seconds since 1970: `u32::MAX` for never, which Kamailio writes as
/// 1970.
fn expires(row: &Row<'_>, notes: &mut Vec<String>) -> Result<u32, String> {
    let day = match EXPIRES.value(row) {
        ValueRef::Real(day) => day,
        ValueRef::Integer(day) => day as f64,
        ValueRef::Text(text) => {
            let text = cut(printable(text));
            return Err(format!(
                "expires is the text {text}, of which a Kamailio reads the first number as a \
                 Julian day, long past; write julianday('{text}')"
            ));
        }
        ValueRef::Null | ValueRef::Blob(_) => return Err("expires is not a number".to_owned()),
    };
    if day < JULIAN_1970 - 1.0 / SECONDS_A_DAY {
        return Err(format!(
            "expires is {day}, a Julian day before 1970: never is 2440587.5"
        ));
    }
    if day > TOO_LATE {
        notes.push(format!(
            "expires is {day}, which is not a date as a Julian day, so the phone is called for \
             ever; for seconds since 1970 write julianday({day}, 'unixepoch')"
        ));
    }
    Ok(match seconds(day) {
        0 => u32::MAX,
        expires => expires,
    })
}

/// Where a received column leads.
enum Received {
    Udp(SocketAddr),
    /// The phone registered over TCP. Its connection did not survive the restart.
    Tcp,
    Empty,
    Odd,
}

/// The way back to a phone behind a NAT over UDP.
fn flow(row: &Row<'_>, socket: &str, notes: &mut Vec<String>) -> Option<Flow> {
    let local: Option<SocketAddr> = socket
        .strip_prefix("udp:")
        .and_then(|text| text.parse().ok());
    match (read_received(&RECEIVED.text_or_empty(row)), local) {
        (Received::Udp(remote), Some(local)) => Some(Flow::udp(local, remote)),
        (Received::Udp(_), None) => {
            let note = "received is not used, as socket names no UDP address of the server";
            notes.push(note.to_owned());
            None
        }
        (Received::Odd, _) => {
            let odd = RECEIVED.shown(row);
            notes.push(format!("received is not a SIP URI and is not used: {odd}"));
            None
        }
        (Received::Tcp | Received::Empty, _) => None,
    }
}

fn read_received(received: &str) -> Received {
    if received.is_empty() {
        return Received::Empty;
    }
    let uri = Uri::parse(received).ok();
    let address = uri.as_ref().and_then(|uri| {
        let uri = uri.sip()?;
        Some((uri, uri.host.ip()?))
    });
    let Some((uri, ip)) = address else {
        return Received::Odd;
    };
    match uri.params.value("transport") {
        Some(transport) if !transport.eq_ignore_ascii_case("udp") => Received::Tcp,
        _ => Received::Udp(SocketAddr::new(ip, uri.port_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_of_a_phone_behind_a_nat_is_read_back() {
        let read = |text| match read_received(text) {
            Received::Udp(source) => source.to_string(),
            Received::Tcp => "tcp".to_owned(),
            Received::Empty => "empty".to_owned(),
            Received::Odd => "odd".to_owned(),
        };
        assert_eq!(read("sip:203.0.113.9:40001"), "203.0.113.9:40001");
        assert_eq!(read("sip:203.0.113.9"), "203.0.113.9:5060");
        assert_eq!(read("sip:203.0.113.9:1;transport=UDP"), "203.0.113.9:1");
        assert_eq!(read("sip:203.0.113.9:1;transport=tcp"), "tcp");
        assert_eq!(read(""), "empty");
        assert_eq!(read("sip:phone.example"), "odd");
    }
}
