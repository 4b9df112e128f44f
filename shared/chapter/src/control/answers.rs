//! Bindings as Kamailio's `ul.dump` and `ul.lookup` print them, field for field.

use serde::Serialize;
use sip_location::Binding;

/// What Kamailio prints where there is nothing.
const NOT_SET: &str = "[not set]";

/// The bindings of one address-of-record.
#[derive(Serialize)]
pub(crate) struct Record<'a> {
    #[serde(rename = "AoR")]
    aor: &'a str,
    #[serde(rename = "Contacts")]
    contacts: Vec<Wrapped<'a>>,
}

#[derive(Serialize)]
struct Wrapped<'a> {
    #[serde(rename = "Contact")]
    contact: Contact<'a>,
}

/// One binding. Kamailio's fields that mean nothing here (flags, keepalive statistics, the
/// server's number in a cluster) are left out.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Contact<'a> {
    address: &'a str,
    expires: Left,
    q: f32,
    #[serde(rename = "Call-ID")]
    call_id: &'a str,
    #[serde(rename = "CSeq")]
    cseq: u32,
    #[serde(rename = "User-Agent")]
    user_agent: &'a str,
    received: String,
    path: &'static str,
    state: &'static str,
    socket: &'a str,
    ruid: &'a str,
    instance: &'a str,
    #[serde(rename = "Reg-Id")]
    reg_id: u32,
    #[serde(rename = "Tcpconn-Id")]
    connection: i64,
    #[serde(rename = "Last-Modified")]
    modified: u32,
}

/// The seconds a binding has left.
#[derive(Serialize)]
#[serde(untagged)]
enum Left {
    Seconds(u32),
    Word(&'static str),
}

impl<'a> Record<'a> {
    /// The bindings of `aor` as they are at `now`, in seconds since 1970.
    pub(crate) fn new(aor: &'a str, bindings: &'a [Binding], now: u32) -> Self {
        let contacts = bindings.iter().map(|binding| Wrapped {
            contact: Contact::new(binding, now),
        });
        Self {
            aor,
            contacts: contacts.collect(),
        }
    }
}

impl<'a> Contact<'a> {
    fn new(binding: &'a Binding, now: u32) -> Self {
        let connection = binding.flow.and_then(|flow| flow.connection);
        Self {
            address: &binding.contact,
            expires: match binding.has_expired(now) {
                true => Left::Word("expired"),
                false if binding.expires == u32::MAX => Left::Word("permanent"),
                false => Left::Seconds(binding.expires - now),
            },
            q: binding.given_q().map_or(-1.0, |q| f32::from(q) / 1000.0),
            call_id: &binding.call_id,
            cseq: binding.cseq,
            user_agent: match binding.user_agent.as_str() {
                "" => "n/a",
                named => named,
            },
            received: match binding.received() {
                Some(address) => format!("sip:{address}"),
                None => NOT_SET.to_owned(),
            },
            path: NOT_SET,
            // What is in memory is what was saved: a phone is answered only then.
            state: "CS_SYNC",
            socket: match binding.socket.as_str() {
                "" => NOT_SET,
                socket => socket,
            },
            ruid: &binding.ruid,
            instance: match binding.instance() {
                Some(instance) => instance.trim_matches('"'),
                None => NOT_SET,
            },
            reg_id: binding.reg_id().unwrap_or(0),
            connection: connection.map_or(-1, |c| i64::try_from(c.0).unwrap_or(i64::MAX)),
            modified: binding.modified,
        }
    }
}
