//! What a load and a reload let in, and what they say.

use std::net::SocketAddr;
use std::sync::Mutex;

use sip_message::fixture;

use super::*;

const CARRIERS: Group = Group(200);

/// A table that a test can change, or make unreadable.
#[derive(Clone)]
struct Rows(Arc<Mutex<Result<Vec<AddressRow>, TableError>>>);

impl Rows {
    /// A row of group 200 for each address, numbered from 1 on.
    fn of(ips: &[&str]) -> Self {
        let rows = Self(Arc::new(Mutex::new(Ok(Vec::new()))));
        rows.become_rows(ips);
        rows
    }

    fn become_rows(&self, ips: &[&str]) {
        let rows = (1..).zip(ips).map(|(id, ip)| AddressRow {
            id,
            group: "200".to_owned(),
            ip: (*ip).to_owned(),
            mask: "32".to_owned(),
            port: "0".to_owned(),
            tag: String::new(),
        });
        *self.0.lock().unwrap() = Ok(rows.collect());
    }

    fn load(&self) -> Addresses {
        Addresses::load(self.clone(), |_| {}).unwrap()
    }
}

impl AddressTable for Rows {
    fn address_rows(&self) -> Result<Vec<AddressRow>, TableError> {
        self.0.lock().unwrap().clone()
    }
}

fn source(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn has(addresses: &Addresses, text: &str) -> bool {
    addresses.known().groups.has(CARRIERS, source(text))
}

#[test]
fn a_wrong_row_is_reported_and_the_others_count() {
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&warnings);
    let warn = move |line: &str| lines.lock().unwrap().push(line.to_owned());
    let rows = Rows::of(&["10.0.1.300", "10.0.1.102"]);
    let addresses = Addresses::load(rows, warn).unwrap();
    let line = "address table, row 1 left out: ip_addr 10.0.1.300 is not an IP address";
    assert_eq!(*warnings.lock().unwrap(), [line]);
    assert!(has(&addresses, "10.0.1.102:5060"));
    let reloaded = addresses.reload().unwrap();
    assert_eq!(reloaded.loaded, 1);
    assert_eq!(reloaded.refused, [line]);
    assert_eq!(*warnings.lock().unwrap(), [line, line]);
}

#[test]
fn a_reload_takes_the_new_rows_and_forgets_the_old() {
    let rows = Rows::of(&["10.0.1.102"]);
    let addresses = rows.load();
    rows.become_rows(&["10.0.2.7"]);
    assert!(has(&addresses, "10.0.1.102:5060"));
    assert_eq!(addresses.reload().unwrap().loaded, 1);
    assert!(!has(&addresses, "10.0.1.102:5060"));
    assert!(has(&addresses.clone(), "10.0.2.7:5060"));
}

#[test]
fn a_table_that_cannot_be_read_leaves_the_old_one() {
    let rows = Rows::of(&["10.0.1.102"]);
    let addresses = rows.load();
    *rows.0.lock().unwrap() = Err(TableError::new("address", "the disk is gone"));
    let error = addresses.reload().unwrap_err();
    assert_eq!(error.to_string(), "the address table: the disk is gone");
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "the disk is gone");
    assert!(has(&addresses, "10.0.1.102:5060"));
}

#[test]
fn the_source_of_a_packet_counts_and_not_what_is_written_in_it() {
    let addresses = Rows::of(&["10.0.1.102"]).load();
    let allows = |remote: &str| {
        let text = "INVITE sip:11@192.168.1.15 SIP/2.0\r\n\
            Via: SIP/2.0/UDP 10.0.1.102;branch=z9hG4bK1;received=10.0.1.102\r\n\
            From: <sip:1@10.0.1.102>;tag=a\r\nTo: <sip:11@192.168.1.15>\r\nCall-ID: 1\r\n\
            CSeq: 1 INVITE\r\nContact: <sip:1@10.0.1.102>\r\nContent-Length: 0\r\n\r\n";
        let request = fixture::request(text, fixture::arrival("192.168.1.15:5060", remote, 0));
        addresses.allow_source_address(&request, CARRIERS)
    };
    assert!(allows("10.0.1.102:5060"));
    assert!(!allows("192.168.1.66:5060"));
}
