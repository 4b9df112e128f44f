//! A row of Kamailio's `address` table: a network, and the group it belongs to.

use std::net::IpAddr;

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
    /// How many leading bits an address shares with `ip` to be of the network; 0 is every
    /// address of the family.
    pub mask: u8,
    /// The port it must come from; 0 is any.
    pub port: u16,
    /// What an administrator calls it.
    pub tag: String,
    #[serde(skip)]
    pub(crate) network: Network,
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
        let group = number.ok_or(format!("grp {group} is no number from 1 on"))?;
        let address = ip.parse();
        let address: IpAddr = address.map_err(|_| format!("ip_addr {ip} is no IP address"))?;
        let bits = mask.parse().ok();
        let network = bits.and_then(|bits| Network::new(address, bits));
        let (Some(bits), Some(network)) = (bits, network) else {
            let range = match (address, address.to_canonical()) {
                (IpAddr::V4(_), _) => "0 to 32",
                (IpAddr::V6(_), IpAddr::V6(_)) => "0 to 128",
                (IpAddr::V6(_), IpAddr::V4(_)) => "96 to 128, as this is an IPv4 address",
            };
            return Err(format!("mask {mask} of {ip} is no number from {range}"));
        };
        let from = port.parse();
        let port = from.map_err(|_| format!("port {port} of {ip} is no number from 0 to 65535"))?;
        Ok(Self {
            group: Group(group),
            ip: address,
            mask: bits,
            port,
            tag,
            network,
        })
    }
}

/// The addresses of one family that share their first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Network {
    /// The bits of an address of the family: 32 or 128.
    pub(crate) width: u8,
    /// How many of them are shared.
    pub(crate) length: u8,
    /// The first of the addresses.
    first: u128,
}

impl Network {
    /// The network of `ip` with `mask` bits, if there is one. An IPv4 address written as IPv6
    /// (`::ffff:10.0.1.102`, RFC 4291 §2.5.5.2) has 96 bits before its own.
    fn new(ip: IpAddr, mask: u8) -> Option<Self> {
        let canonical = ip.to_canonical();
        let before = if ip == canonical { 0 } else { 96 };
        let length = mask.checked_sub(before)?;
        (length <= width(canonical)).then(|| Self::around(canonical, length))
    }

    /// The network of `length` bits around a canonical address; `length` is at most its width.
    pub(crate) fn around(ip: IpAddr, length: u8) -> Self {
        let (width, address) = match ip {
            IpAddr::V4(v4) => (32, u128::from(u32::from(v4))),
            IpAddr::V6(v6) => (128, u128::from(v6)),
        };
        let rest = u32::from(width - length);
        // A shift by all 128 bits leaves nothing.
        let first = address.checked_shr(rest).map_or(0, |shared| shared << rest);
        Self {
            width,
            length,
            first,
        }
    }
}

/// The bits of an address of this family.
pub(crate) fn width(ip: IpAddr) -> u8 {
    match ip {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
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
            "address table, row 7 left out: mask 33 of 10.0.1.102 is no number from 0 to 32"
        );
        for (row, why) in [
            (
                ["1", "0", "10.0.1.1", "32", "0", ""],
                "grp 0 is no number from 1 on",
            ),
            (
                ["1", "-2", "10.0.1.1", "32", "0", ""],
                "grp -2 is no number",
            ),
            (
                ["1", "200", "10.0.1.300", "32", "0", ""],
                "ip_addr 10.0.1.300 is no IP address",
            ),
            (
                ["1", "200", "carrier.example", "32", "0", ""],
                "is no IP address",
            ),
            (
                ["1", "200", "10.0.1.1", "255.0.0.0", "0", ""],
                "mask 255.0.0.0 of 10.0.1.1",
            ),
            (
                ["1", "200", "2001:db8::1", "129", "0", ""],
                "is no number from 0 to 128",
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
        fn a_mask_compares_as_many_bits_as_it_says((ip, other) in pair(), mask in 0..=128u8) {
            let mapped = ip.to_canonical() != ip || other.to_canonical() != other;
            prop_assume!(mask <= width(ip) && !mapped);
            let shared = usize::from(mask);
            let expected = bits(ip)[..shared] == bits(other)[..shared];
            let network = Network::new(ip, mask).unwrap();
            prop_assert_eq!(network == Network::around(other, mask), expected);
        }
    }
}
