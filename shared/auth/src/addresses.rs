//! Who is known by the address they send from: the `permissions` module of the texts.
//!
//! A UDP source is what its sender wrote there. Who knows a carrier's address can forge a
//! request in its name, and will not see the answers, which go to the carrier; a TCP connection
//! cannot be forged so. That is why a group opens as little as it can.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use serde::Serialize;
use sip_digest::NotReadable;
use sip_message::{Request, Response};

use crate::address::{Address, Group, Row};
use crate::table::Table;

/// The `address` table, in memory. Cheap to clone; clones are the same.
#[derive(Clone)]
pub struct Addresses {
    inner: Arc<Inner>,
}

struct Inner {
    table: RwLock<Arc<Table>>,
    read: Box<dyn Fn() -> Result<Vec<Row>, NotReadable> + Send + Sync>,
    warn: Box<dyn Fn(&str) + Send + Sync>,
}

/// What a look at the table brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Reloaded {
    /// How many rows count from now on.
    pub loaded: usize,
    /// The rows that do not: which, and why.
    pub refused: Vec<String>,
    /// The rows that do and are probably not meant so: which, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubted: Vec<String>,
}

impl Reloaded {
    /// What a server would make of these rows.
    pub fn of(rows: &[Row]) -> Self {
        Self::read(rows).1
    }

    fn read(rows: &[Row]) -> (Table, Self) {
        let (table, refused) = Table::new(rows);
        let reloaded = Self {
            loaded: table.addresses.len(),
            refused,
            doubted: Table::doubts(rows),
        };
        (table, reloaded)
    }
}

impl Addresses {
    /// Takes the table from `read`, now and at every reload. Rows that are wrong are told to
    /// `warn`, one line each, and the rest counts.
    ///
    /// # Errors
    /// When the table cannot be read at all.
    pub fn load<E: fmt::Display>(
        read: impl Fn() -> Result<Vec<Row>, E> + Send + Sync + 'static,
        warn: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<Self, NotReadable> {
        let read = move || read().map_err(|e| NotReadable(format!("the address table: {e}")));
        let addresses = Self {
            inner: Arc::new(Inner {
                table: RwLock::default(),
                read: Box::new(read),
                warn: Box::new(warn),
            }),
        };
        addresses.reload()?;
        Ok(addresses)
    }

    /// Whether a request came from an address of the group (`allow_source_address` of the
    /// texts). What counts is where the packet came from, never what it says.
    pub fn allow_source_address(&self, request: &Request, group: Group) -> bool {
        self.table().has(group, request.arrival().flow.remote)
    }

    /// Removes what a request asserts about its sender, unless it came from an address of the group,
    /// whose word is taken (RFC 3325 §5). What the group asks to withhold from the other side is
    /// removed as well (§7): [`sip_message::Message::remove_withheld_identity`].
    pub fn check_identity(&self, request: &mut Request, group: Group) {
        match self.allow_source_address(request, group) {
            true => request.remove_withheld_identity(),
            false => request.remove_asserted_identity(),
        }
    }

    /// The same for a response, which asserts who was reached (RFC 5876 §4).
    pub fn check_reply_identity(&self, response: &mut Response, group: Group) {
        match self.table().has(group, response.arrival().flow.remote) {
            true => response.remove_withheld_identity(),
            false => response.remove_asserted_identity(),
        }
    }

    /// Reads the table again. Requests see the old one or the new one, and nothing between.
    ///
    /// # Errors
    /// When the table cannot be read; then the old one stays.
    pub fn reload(&self) -> Result<Reloaded, NotReadable> {
        let (table, reloaded) = Reloaded::read(&(self.inner.read)()?);
        let lines = reloaded.refused.iter().chain(&reloaded.doubted);
        lines.for_each(|line| (self.inner.warn)(line));
        let mut kept = self
            .inner
            .table
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *kept = Arc::new(table);
        Ok(reloaded)
    }

    /// The rows that count, in the order they were read.
    pub fn dump(&self) -> Vec<Address> {
        self.table().addresses.clone()
    }

    fn table(&self) -> Arc<Table> {
        let kept = self
            .inner
            .table
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&kept)
    }
}

impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Addresses({} rows)", self.table().addresses.len())
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::Mutex;
    use std::time::UNIX_EPOCH;

    use sip_message::{Arrival, Flow, Packet, Transport, parse};

    use super::*;

    const CARRIERS: Group = Group(200);

    fn row(group: u32, ip: &str, mask: u8, port: u16) -> Row {
        [
            "1",
            &group.to_string(),
            ip,
            &mask.to_string(),
            &port.to_string(),
            "",
        ]
        .map(str::to_owned)
    }

    fn source(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn addresses(
        rows: Arc<Mutex<Result<Vec<Row>, String>>>,
    ) -> (Addresses, Arc<Mutex<Vec<String>>>) {
        let warnings = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&warnings);
        let warn = move |line: &str| told.lock().unwrap().push(line.to_owned());
        (
            Addresses::load(move || rows.lock().unwrap().clone(), warn).unwrap(),
            warnings,
        )
    }

    #[test]
    fn a_wrong_row_is_told_and_the_others_count() {
        let rows = vec![row(200, "10.0.1.300", 32, 0), row(200, "10.0.1.102", 32, 0)];
        let (addresses, warnings) = addresses(Arc::new(Mutex::new(Ok(rows))));
        let expected = "address table, row 1 left out: ip_addr 10.0.1.300 is not an IP address";
        assert_eq!(*warnings.lock().unwrap(), [expected]);
        assert!(addresses.table().has(CARRIERS, source("10.0.1.102:5060")));
        let reloaded = addresses.reload().unwrap();
        assert_eq!(
            (reloaded.loaded, reloaded.refused),
            (1, vec![expected.to_owned()])
        );
    }

    #[test]
    fn a_reload_takes_the_new_rows_and_forgets_the_old() {
        let rows = Arc::new(Mutex::new(Ok(vec![row(200, "10.0.1.102", 32, 0)])));
        let (addresses, _) = addresses(Arc::clone(&rows));
        *rows.lock().unwrap() = Ok(vec![row(200, "10.0.2.7", 32, 0)]);
        assert!(addresses.table().has(CARRIERS, source("10.0.1.102:5060")));
        assert_eq!(addresses.reload().unwrap().loaded, 1);
        assert!(!addresses.table().has(CARRIERS, source("10.0.1.102:5060")));
        assert!(
            addresses
                .clone()
                .table()
                .has(CARRIERS, source("10.0.2.7:5060"))
        );
    }

    #[test]
    fn a_table_that_cannot_be_read_leaves_the_old_one() {
        let rows = Arc::new(Mutex::new(Ok(vec![row(200, "10.0.1.102", 32, 0)])));
        let (addresses, _) = addresses(Arc::clone(&rows));
        *rows.lock().unwrap() = Err("the disk is gone".to_owned());
        let error = addresses.reload().unwrap_err();
        assert_eq!(error.to_string(), "the address table: the disk is gone");
        assert!(addresses.table().has(CARRIERS, source("10.0.1.102:5060")));
    }

    #[test]
    fn where_a_packet_came_from_counts_and_not_what_stands_in_it() {
        let rows = vec![row(200, "10.0.1.102", 32, 0)];
        let (addresses, _) = addresses(Arc::new(Mutex::new(Ok(rows))));
        let allows = |remote: &str| {
            let text = "INVITE sip:11@192.168.1.15 SIP/2.0\r\n\
                Via: SIP/2.0/UDP 10.0.1.102;branch=z9hG4bK1;received=10.0.1.102\r\n\
                From: <sip:1@10.0.1.102>;tag=a\r\nTo: <sip:11@192.168.1.15>\r\nCall-ID: 1\r\n\
                CSeq: 1 INVITE\r\nContact: <sip:1@10.0.1.102>\r\nContent-Length: 0\r\n\r\n";
            let flow = Flow {
                transport: Transport::Udp,
                local: source("192.168.1.15:5060"),
                remote: source(remote),
                connection: None,
            };
            let at = UNIX_EPOCH;
            let arrival = Arrival { flow, at };
            let Ok(Packet::Request(request)) = parse(text.into(), arrival) else {
                unreachable!("an INVITE");
            };
            addresses.allow_source_address(&request, CARRIERS)
        };
        assert!(allows("10.0.1.102:5060"));
        assert!(!allows("192.168.1.66:5060"));
    }
}
