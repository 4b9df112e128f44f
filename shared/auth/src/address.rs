//! A row of Kamailio's `address` table: a network, and the group it belongs to.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::Serialize;
use sip_message::printable;

/// A row of the `address` table: `id`, `grp`, `ip_addr`, `mask`, `port` and `tag`, as texts.
/// SQLite keeps whatever was written into a column, a word where a number belongs too.
pub type Row = [String; 6];

/// A group of addresses, by the number that stands in the column `grp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Group(pub u32);

/// A row that was understood. It is shown by the names of the table's columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Address {
    /// The group.
    #[serde(rename = "grp")]
    pub group: Group,
    /// An address of the network.
    #[serde(rename = "ip_addr")]
    pub ip: IpAddr,
    /// How many leading bits an address shares with `ip` to be of the network; 0 is `ip` alone,
    /// as in Kamailio.
    pub mask: u8,
    /// The port it must come from; 0 is any.
    pub port: u16,
    /// What an administrator calls it.
    pub tag: String,
    #[serde(skip)]
    pub(crate) network: IpNet,
}

impl Address {
    /// Reads a row.
    ///
    /// # Errors
    /// Which row is wrong and why, a line for the log.
    pub(crate) fn read(row: &Row) -> Result<Self, String> {
        let [id, group, ip, mask, port, tag] =
            row.each_ref().map(|cell| printable(cell.as_bytes()));
        Self::parse(&group, &ip, &mask, &port, tag)
            .map_err(|why| format!("address table, row {id} left out: {why}"))
    }

    fn parse(group: &str, ip: &str, mask: &str, port: &str, tag: String) -> Result<Self, String> {
        let number = group.parse().ok().filter(|number| *number > 0);
        let group = number.ok_or(format!("grp {group} is not a number from 1 on"))?;
        let address = ip.parse();
        let address: IpAddr = address.map_err(|_| format!("ip_addr {ip} is not an IP address"))?;
        let bits = mask.parse().ok();
        let network = bits.and_then(|bits| network(address, bits));
        let (Some(bits), Some(network)) = (bits, network) else {
            let range = match (address, address.to_canonical()) {
                (IpAddr::V4(_), _) => "0 to 32",
                (IpAddr::V6(_), IpAddr::V6(_)) => "0 to 128",
                (IpAddr::V6(_), IpAddr::V4(_)) => "96 to 128, as this is an IPv4 address",
            };
            return Err(format!("mask {mask} of {ip} is not a number from {range}"));
        };
        let from = port.parse();
        let port =
            from.map_err(|_| format!("port {port} of {ip} is not a number from 0 to 65535"))?;
        Ok(Self {
            group: Group(group),
            ip: address,
            mask: bits,
            port,
            tag,
            network,
        })
    }

    /// What is probably not meant by a row that counts.
    pub(crate) fn doubt(&self) -> Option<String> {
        let Self { ip, mask, .. } = self;
        match (ip, mask) {
            (_, 0) if ip.is_unspecified() => Some(format!(
                "mask 0 means {ip} alone, which is nobody; everybody is 0.0.0.0 with mask 1 and \
                 128.0.0.0 with mask 1 (for IPv6 :: and 8000::)"
            )),
            (_, 0) => Some(format!(
                "mask 0 means {ip} alone, as it does to Kamailio; {} says so plainly",
                self.network.prefix_len()
            )),
            (IpAddr::V6(_), 32) if self.network.addr() != *ip => Some(format!(
                "mask 32, the column's default, lets in every address of {}; one IPv6 address has \
                 mask 128",
                self.network
            )),
            _ => None,
        }
    }
}

/// The network of `ip` with `mask` bits, if there is one; without any bit it is `ip` alone, as
/// Kamailio has it. An IPv4 address written as IPv6 (`::ffff:10.0.1.102`, RFC 4291 §2.5.5.2) has 96
/// bits before its own.
fn network(ip: IpAddr, mask: u8) -> Option<IpNet> {
    let canonical = ip.to_canonical();
    if mask == 0 {
        return Some(IpNet::from(canonical));
    }
    let before = if ip == canonical { 0 } else { 96 };
    let network = IpNet::new(canonical, mask.checked_sub(before)?).ok()?;
    Some(network.trunc())
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    fn read(row: [&str; 6]) -> Result<Address, String> {
        Address::read(&row.map(str::to_owned))
    }

    fn refusal(row: [&str; 6]) -> String {
        read(row).unwrap_err()
    }

    #[test]
    fn the_row_of_the_text_is_read() {
        let row = ["1", "200", "10.0.1.102", "32", "5060", "Carrier IP address"];
        let address = read(row).unwrap();
        assert_eq!(address.group, Group(200));
        assert_eq!(address.ip, IpAddr::from([10, 0, 1, 102]));
        assert_eq!((address.mask, address.port), (32, 5060));
        assert_eq!(address.tag, "Carrier IP address");
    }

    #[test]
    fn a_wrong_row_is_named_with_its_reason() {
        assert_eq!(
            refusal(["7", "200", "10.0.1.102", "33", "0", ""]),
            "address table, row 7 left out: mask 33 of 10.0.1.102 is not a number from 0 to 32"
        );
        for (row, why) in [
            (
                ["1", "0", "10.0.1.1", "32", "0", ""],
                "grp 0 is not a number from 1 on",
            ),
            (
                ["1", "-2", "10.0.1.1", "32", "0", ""],
                "grp -2 is not a number",
            ),
            (
                ["1", "200", "10.0.1.300", "32", "0", ""],
                "ip_addr 10.0.1.300 is not an IP address",
            ),
            (
                ["1", "200", "carrier.example", "32", "0", ""],
                "is not an IP address",
            ),
            (
                ["1", "200", "10.0.1.1", "255.0.0.0", "0", ""],
                "mask 255.0.0.0 of 10.0.1.1",
            ),
            (
                ["1", "200", "2001:db8::1", "129", "0", ""],
                "is not a number from 0 to 128",
            ),
            (
                ["1", "200", "::ffff:10.0.1.1", "32", "0", ""],
                "from 96 to 128, as this is",
            ),
            (
                ["1", "200", "10.0.1.1", "32", "65536", ""],
                "port 65536 of 10.0.1.1",
            ),
        ] {
            let words = refusal(row);
            assert!(words.contains(why), "{words}");
        }
    }

    #[test]
    fn what_a_stranger_wrote_into_a_row_colours_no_log() {
        let words = refusal(["1", "200", "\u{1b}[31m10.0.1.1\r\n", "32", "0", ""]);
        assert!(!words.contains(char::is_control), "{words:?}");
    }

    #[test]
    fn a_row_that_is_probably_not_meant_is_doubted() {
        let doubt = |ip: &str, mask: &str| {
            let row = ["1", "200", ip, mask, "0", ""];
            read(row).unwrap().doubt().unwrap_or_default()
        };
        assert!(doubt("0.0.0.0", "0").contains("which is nobody"));
        assert!(doubt("::", "0").contains("which is nobody"));
        assert!(doubt("10.0.0.1", "0").contains("10.0.0.1 alone"));
        assert!(doubt("2001:db8::7", "32").contains("every address of 2001:db8::/32"));
        for (ip, mask) in [
            ("2001:db8::", "32"),
            ("2001:db8::7", "128"),
            ("10.0.1.102", "32"),
            ("0.0.0.0", "1"),
        ] {
            assert_eq!(doubt(ip, mask), "");
        }
    }

    /// An address as its bits, first to last.
    fn bits(ip: IpAddr) -> Vec<bool> {
        let octets = match ip {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        let of = |octet: u8| (0..8).rev().map(move |bit| octet >> bit & 1 == 1);
        octets.into_iter().flat_map(of).collect()
    }

    /// Addresses that agree with one another up to some bit, else no network holds two.
    fn pair() -> impl Strategy<Value = (IpAddr, IpAddr)> {
        let four = (any::<u32>(), any::<u32>(), 0..=32u32).prop_map(|(one, noise, same)| {
            let other = one ^ noise.checked_shr(same).unwrap_or(0);
            (Ipv4Addr::from(one).into(), Ipv4Addr::from(other).into())
        });
        let six = (any::<u128>(), any::<u128>(), 0..=128u32).prop_map(|(one, noise, same)| {
            let other = one ^ noise.checked_shr(same).unwrap_or(0);
            (Ipv6Addr::from(one).into(), Ipv6Addr::from(other).into())
        });
        prop_oneof![four, six]
    }

    proptest! {
        #[test]
        fn a_mask_compares_as_many_bits_as_it_says((ip, other) in pair(), mask in 1..=128u8) {
            let mapped = ip.to_canonical() != ip || other.to_canonical() != other;
            let width = if ip.is_ipv4() { 32 } else { 128 };
            prop_assume!(mask <= width && !mapped);
            let shared = usize::from(mask);
            let expected = bits(ip)[..shared] == bits(other)[..shared];
            let network = network(ip, mask).unwrap();
            prop_assert_eq!(network.contains(&other), expected);
        }
    }
}
