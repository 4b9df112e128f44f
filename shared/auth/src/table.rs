//! A look-up among the rows of the `address` table.

use std::collections::{BTreeSet, HashSet};
use std::net::SocketAddr;

use ipnet::IpNet;

use crate::address::{Address, Group, Row};

/// The rows, and what makes a look-up as fast among a hundred thousand as among ten: it asks
/// once for each size of network that a group has, and a group has few.
#[derive(Default)]
pub(crate) struct Table {
    pub(crate) addresses: Vec<Address>,
    networks: HashSet<(Group, IpNet, u16)>,
    /// Group, bits of an address, and bits of the network that it has.
    sizes: BTreeSet<(Group, u8, u8)>,
}

impl Table {
    /// The table of the rows that are right, and a line about each that is not.
    pub(crate) fn new(rows: &[Row]) -> (Self, Vec<String>) {
        let (mut table, mut refused) = (Self::default(), Vec::new());
        for row in rows {
            match Address::read(row) {
                Ok(address) => table.add(address),
                Err(line) => refused.push(line),
            }
        }
        (table, refused)
    }

    fn add(&mut self, address: Address) {
        let (group, network) = (address.group, address.network);
        self.networks.insert((group, network, address.port));
        let size = (group, network.max_prefix_len(), network.prefix_len());
        self.sizes.insert(size);
        self.addresses.push(address);
    }

    /// Whether a source is of the group.
    pub(crate) fn has(&self, group: Group, source: SocketAddr) -> bool {
        let ip = source.ip().to_canonical();
        let width = if ip.is_ipv4() { 32 } else { 128 };
        let mut sizes = self.sizes.range((group, width, 0)..=(group, width, width));
        sizes.any(|(.., length)| {
            IpNet::new(ip, *length).is_ok_and(|around| {
                let from = |port| self.networks.contains(&(group, around.trunc(), port));
                from(0) || from(source.port())
            })
        })
    }

    /// A line about each row that counts and is probably not meant so.
    pub(crate) fn doubts(rows: &[Row]) -> Vec<String> {
        let read = rows
            .iter()
            .filter_map(|row| Some((row, Address::read(row).ok()?)));
        let doubted = read.filter_map(|(row, address)| Some((row, address.doubt()?)));
        let lines = doubted.map(|([id, ..], why)| format!("address table, row {id}: {why}"));
        lines.collect()
    }
}

#[cfg(test)]
mod tests {
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

    fn table(rows: &[Row]) -> Table {
        let (table, refused) = Table::new(rows);
        assert_eq!(refused, [""; 0]);
        table
    }

    fn source(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_of_its_group_and_of_no_other() {
        let table = table(&[
            row(200, "10.0.1.102", 32, 0),
            row(300, "192.168.1.0", 24, 0),
        ]);
        assert!(table.has(CARRIERS, source("10.0.1.102:5060")));
        assert!(!table.has(CARRIERS, source("10.0.1.103:5060")));
        assert!(!table.has(CARRIERS, source("192.168.1.10:5060")));
        assert!(!table.has(Group(201), source("10.0.1.102:5060")));
    }

    #[test]
    fn port_0_is_any_port_and_another_is_itself() {
        let table = table(&[
            row(200, "10.0.1.102", 32, 5060),
            row(200, "10.0.1.103", 32, 0),
        ]);
        assert!(table.has(CARRIERS, source("10.0.1.102:5060")));
        assert!(!table.has(CARRIERS, source("10.0.1.102:5061")));
        assert!(table.has(CARRIERS, source("10.0.1.103:40001")));
    }

    #[test]
    fn mask_0_is_that_address_alone() {
        for ip in ["10.0.1.102", "::ffff:10.0.1.102"] {
            let four = table(&[row(200, ip, 0, 0)]);
            assert!(four.has(CARRIERS, source("10.0.1.102:1")));
            assert!(four.has(CARRIERS, source("[::ffff:10.0.1.102]:1")));
            assert!(!four.has(CARRIERS, source("10.0.1.103:1")));
            assert!(!four.has(CARRIERS, source("[2001:db8::9]:1")));
        }
        let six = table(&[row(200, "2001:db8::9", 0, 0)]);
        assert!(six.has(CARRIERS, source("[2001:db8::9]:1")));
        assert!(!six.has(CARRIERS, source("[2001:db8::a]:1")));
        let all = table(&[row(200, "0.0.0.0", 0, 0), row(200, "::", 0, 0)]);
        for ip in ["203.0.113.9:1", "127.0.0.1:1", "[2001:db8::9]:1", "[::1]:1"] {
            assert!(!all.has(CARRIERS, source(ip)), "{ip}");
        }
    }

    #[test]
    fn two_halves_are_everybody() {
        let all = table(&[row(200, "0.0.0.0", 1, 0), row(200, "128.0.0.0", 1, 0)]);
        for ip in ["127.0.0.1:1", "203.0.113.9:1", "[::ffff:203.0.113.9]:1"] {
            assert!(all.has(CARRIERS, source(ip)), "{ip}");
        }
        assert!(!all.has(CARRIERS, source("[2001:db8::9]:1")));
    }

    #[test]
    fn an_ipv4_address_written_as_ipv6_is_the_ipv4_address() {
        let table = table(&[
            row(200, "::ffff:10.0.1.0", 120, 0),
            row(201, "10.0.2.7", 32, 0),
        ]);
        assert!(table.has(CARRIERS, source("10.0.1.102:5060")));
        assert!(!table.has(CARRIERS, source("10.0.2.102:5060")));
        assert!(table.has(Group(201), source("[::ffff:10.0.2.7]:5060")));
    }

    #[test]
    fn a_network_may_be_named_by_any_of_its_addresses() {
        let table = table(&[
            row(200, "10.0.1.102", 24, 0),
            row(200, "2001:db8:102::7", 48, 0),
        ]);
        assert!(table.has(CARRIERS, source("10.0.1.1:5060")));
        assert!(!table.has(CARRIERS, source("10.0.2.102:5060")));
        assert!(table.has(CARRIERS, source("[2001:db8:102:ffff::1]:5060")));
        assert!(!table.has(CARRIERS, source("[2001:db8:103::7]:5060")));
    }
}
