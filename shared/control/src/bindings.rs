//! Bindings, field for field as Kamailio's `ul.dump` and `ul.lookup` print them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The one table of bindings, by Kamailio's name: the first parameter of `ul.lookup`, `ul.rm` and
/// `ul.rm_contact`.
pub const LOCATION: &str = "location";

/// What Kamailio prints for a field without a value.
pub const NOT_SET: &str = "[not set]";

/// Kamailio's refusal to look up an address-of-record that has no bindings.
pub const AOR_NOT_FOUND: &str = "AOR not found in location table";

/// The result of `ul.dump`. `Records` is a list of [`RecordEntry`] or [`BriefEntry`]; the server
/// makes it while it writes, and knows their number `N` at the end.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dump<Records, N = u64> {
    /// The tables; this server has one.
    pub domains: Vec<DomainEntry<Records, N>>,
}

/// A table of a [`Dump`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DomainEntry<Records, N = u64> {
    /// The table.
    pub domain: Domain<Records, N>,
}

/// A table of bindings.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Domain<Records, N = u64> {
    /// The table's name, [`LOCATION`].
    pub domain: String,
    /// Its addresses-of-record.
    #[serde(rename = "AoRs")]
    pub records: Records,
    /// How many these are.
    pub stats: TotalRecords<N>,
}

/// How many addresses-of-record a table has.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TotalRecords<N = u64> {
    /// The number.
    pub records: N,
}

impl<Records, N> Dump<Records, N> {
    /// The dump of a server with one table.
    pub fn new(records: Records, count: N) -> Self {
        let domain = Domain {
            domain: LOCATION.to_owned(),
            records,
            stats: TotalRecords { records: count },
        };
        Self {
            domains: vec![DomainEntry { domain }],
        }
    }
}

/// An address-of-record in a full dump.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecordEntry<'a> {
    /// Its bindings.
    #[serde(borrow)]
    pub info: Record<'a>,
}

/// An address-of-record in a brief dump.
#[derive(Debug, Serialize, Deserialize)]
pub struct BriefEntry<'a> {
    /// Its name.
    #[serde(rename = "AoR", borrow)]
    pub aor: Cow<'a, str>,
}

/// The bindings of one address-of-record.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record<'a> {
    /// The address-of-record.
    #[serde(rename = "AoR", borrow)]
    pub aor: Cow<'a, str>,
    /// Its bindings.
    #[serde(rename = "Contacts", borrow)]
    pub contacts: Vec<ContactEntry<'a>>,
}

/// A binding in a [`Record`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContactEntry<'a> {
    /// The binding.
    #[serde(borrow)]
    pub contact: Contact<'a>,
}

/// One binding. Fields of Kamailio's that mean nothing here (flags, keepalive statistics, the
/// server's number in a cluster) are left out.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Contact<'a> {
    /// The Contact URI.
    #[serde(borrow)]
    pub address: Cow<'a, str>,
    /// When it expires.
    pub expires: Expires,
    /// The Contact's q from 0 to 1; -1 if it has none.
    pub q: f32,
    /// The Call-ID of the last REGISTER.
    #[serde(rename = "Call-ID", borrow)]
    pub call_id: Cow<'a, str>,
    /// The CSeq of the last REGISTER.
    #[serde(rename = "CSeq")]
    pub cseq: u32,
    /// The phone's User-Agent, or `n/a`.
    #[serde(rename = "User-Agent", borrow)]
    pub user_agent: Cow<'a, str>,
    /// The address the phone sent from, if it is not that of the Contact: `sip:IP:PORT`, or
    /// [`NOT_SET`].
    #[serde(borrow)]
    pub received: Cow<'a, str>,
    /// The Path of RFC 3327: always [`NOT_SET`].
    #[serde(borrow)]
    pub path: Cow<'a, str>,
    /// Kamailio's word for whether the binding is in the database.
    #[serde(borrow)]
    pub state: Cow<'a, str>,
    /// Where the server received the REGISTER: `udp:IP:PORT`, or [`NOT_SET`].
    #[serde(borrow)]
    pub socket: Cow<'a, str>,
    /// The binding's own id.
    #[serde(borrow)]
    pub ruid: Cow<'a, str>,
    /// The phone's `+sip.instance` (RFC 5626), or [`NOT_SET`].
    #[serde(borrow)]
    pub instance: Cow<'a, str>,
    /// The phone's `reg-id` (RFC 5626), or 0.
    #[serde(rename = "Reg-Id")]
    pub reg_id: u32,
    /// The number of the TCP connection, or -1.
    #[serde(rename = "Tcpconn-Id")]
    pub connection: i64,
    /// When the binding was last changed, in seconds since 1970.
    #[serde(rename = "Last-Modified")]
    pub modified: u32,
}

/// How long a binding will still be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Expires {
    /// So many seconds.
    In(u32),
    /// Another word than a number.
    Word(NoTime),
}

/// Why a binding has no seconds left to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoTime {
    /// It has expired.
    Expired,
    /// It never expires.
    Permanent,
}

/// The result of `ul.rm` and `ul.rm_contact`. Kamailio's is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Removed {
    /// How many bindings were removed.
    pub removed: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_a_number_and_the_rest_is_a_word() {
        let cases = [
            (Expires::In(60), "60"),
            (Expires::Word(NoTime::Expired), "\"expired\""),
            (Expires::Word(NoTime::Permanent), "\"permanent\""),
        ];
        for (expires, text) in cases {
            assert_eq!(serde_json::to_string(&expires).unwrap(), text);
            assert_eq!(serde_json::from_str::<Expires>(text).unwrap(), expires);
        }
    }

    #[test]
    fn a_dump_is_read_as_it_was_written() {
        let records = vec![BriefEntry { aor: "10".into() }];
        let text = serde_json::to_string(&Dump::new(records, 1)).unwrap();
        assert_eq!(
            text,
            r#"{"Domains":[{"Domain":{"Domain":"location","AoRs":[{"AoR":"10"}],"Stats":{"Records":1}}}]}"#
        );
        let read: Dump<Vec<BriefEntry<'_>>> = serde_json::from_str(&text).unwrap();
        let domain = &read.domains[0].domain;
        assert_eq!(domain.records[0].aor, "10");
        assert_eq!(domain.stats.records, 1);
    }
}
