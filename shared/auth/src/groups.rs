//! Which group an address belongs to: the look-up among the networks of the `address` table.

use std::collections::{BTreeSet, HashSet};
use std::net::SocketAddr;

use ipnet::IpNet;
use sip_tables::{Address, Group};

/// The networks of every group. A look-up is as fast among a hundred thousand rows as among ten:
/// it asks once for each size of network that a group has, and a group has few.
#[derive(Default)]
pub(crate) struct Groups {
    /// Group, network and port of each row.
    rows: HashSet<(Group, IpNet, u16)>,
    /// Group, bits of an address, and bits of the network that count.
    sizes: BTreeSet<(Group, u8, u8)>,
}

impl Groups {
    pub(crate) fn add(&mut self, address: &Address) {
        let group = address.group();
        let network = address.network();
        self.rows.insert((group, network, address.port()));
        let size = (group, network.max_prefix_len(), network.prefix_len());
        self.sizes.insert(size);
    }

    /// Whether a source is in the group.
    pub(crate) fn has(&self, group: Group, source: SocketAddr) -> bool {
        let ip = source.ip().to_canonical();
        let width = if ip.is_ipv4() { 32 } else { 128 };
        let mut sizes = self.sizes.range((group, width, 0)..=(group, width, width));
        sizes.any(|(.., length)| {
            IpNet::new(ip, *length).is_ok_and(|around| {
                let from = |port| self.rows.contains(&(group, around.trunc(), port));
                from(0) || from(source.port())
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use sip_tables::AddressRow;

    use super::*;

    const CARRIERS: Group = Group(200);

    fn row(group: u32, ip: &str, mask: u8, port: u16) -> AddressRow {
        AddressRow {
            id: 1,
            group: group.to_string(),
            ip: ip.to_owned(),
            mask: mask.to_string(),
            port: port.to_string(),
            tag: String::new(),
        }
    }

    fn groups(rows: &[AddressRow]) -> Groups {
        let mut groups = Groups::default();
        for row in rows {
            groups.add(&Address::read(row).unwrap());
        }
        groups
    }

    fn source(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_in_its_group_and_in_no_other() {
        let groups = groups(&[
            row(200, "10.0.1.102", 32, 0),
            row(300, "192.168.1.0", 24, 0),
        ]);
        assert!(groups.has(CARRIERS, source("10.0.1.102:5060")));
        assert!(!groups.has(CARRIERS, source("10.0.1.103:5060")));
        assert!(!groups.has(CARRIERS, source("192.168.1.10:5060")));
        assert!(!groups.has(Group(201), source("10.0.1.102:5060")));
    }

    #[test]
    fn port_0_is_any_port_and_another_is_itself() {
        let groups = groups(&[
            row(200, "10.0.1.102", 32, 5060),
            row(200, "10.0.1.103", 32, 0),
        ]);
        assert!(groups.has(CARRIERS, source("10.0.1.102:5060")));
        assert!(!groups.has(CARRIERS, source("10.0.1.102:5061")));
        assert!(groups.has(CARRIERS, source("10.0.1.103:40001")));
    }

    #[test]
    fn mask_0_is_that_address_alone() {
        for ip in ["10.0.1.102", "::ffff:10.0.1.102"] {
            let four = groups(&[row(200, ip, 0, 0)]);
            assert!(four.has(CARRIERS, source("10.0.1.102:1")));
            assert!(four.has(CARRIERS, source("[::ffff:10.0.1.102]:1")));
            assert!(!four.has(CARRIERS, source("10.0.1.103:1")));
            assert!(!four.has(CARRIERS, source("[2001:db8::9]:1")));
        }
        let six = groups(&[row(200, "2001:db8::9", 0, 0)]);
        assert!(six.has(CARRIERS, source("[2001:db8::9]:1")));
        assert!(!six.has(CARRIERS, source("[2001:db8::a]:1")));
        let all = groups(&[row(200, "0.0.0.0", 0, 0), row(200, "::", 0, 0)]);
        for ip in ["203.0.113.9:1", "127.0.0.1:1", "[2001:db8::9]:1", "[::1]:1"] {
            assert!(!all.has(CARRIERS, source(ip)), "{ip}");
        }
    }

    #[test]
    fn two_halves_are_every_address() {
        let all = groups(&[row(200, "0.0.0.0", 1, 0), row(200, "128.0.0.0", 1, 0)]);
        for ip in ["127.0.0.1:1", "203.0.113.9:1", "[::ffff:203.0.113.9]:1"] {
            assert!(all.has(CARRIERS, source(ip)), "{ip}");
        }
        assert!(!all.has(CARRIERS, source("[2001:db8::9]:1")));
    }

    #[test]
    fn an_ipv4_address_written_as_ipv6_is_the_ipv4_address() {
        let groups = groups(&[
            row(200, "::ffff:10.0.1.0", 120, 0),
            row(201, "10.0.2.7", 32, 0),
        ]);
        assert!(groups.has(CARRIERS, source("10.0.1.102:5060")));
        assert!(!groups.has(CARRIERS, source("10.0.2.102:5060")));
        assert!(groups.has(Group(201), source("[::ffff:10.0.2.7]:5060")));
    }

    #[test]
    fn any_address_of_a_network_names_it() {
        let groups = groups(&[
            row(200, "10.0.1.102", 24, 0),
            row(200, "2001:db8:102::7", 48, 0),
        ]);
        assert!(groups.has(CARRIERS, source("10.0.1.1:5060")));
        assert!(!groups.has(CARRIERS, source("10.0.2.102:5060")));
        assert!(groups.has(CARRIERS, source("[2001:db8:102:ffff::1]:5060")));
        assert!(!groups.has(CARRIERS, source("[2001:db8:103::7]:5060")));
    }
}
