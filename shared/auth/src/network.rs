//! Which addresses count as one source: the network of one customer.

use std::net::IpAddr;

use ipnet::Ipv6Net;

/// An address without the part that a customer chooses: an IPv4 address as it is, an IPv6 address
/// cut to `prefix` bits. An IPv4 address written as IPv6 is the IPv4 address.
pub(crate) fn network(source: IpAddr, prefix: u8) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => {
            let network = Ipv6Net::new(v6, prefix).map(|network| network.network());
            network.unwrap_or(v6).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_is_one_source_and_so_is_an_ipv4_address_however_it_is_written() {
        let same = |one: &str, other: &str, prefix| {
            let [one, other] = [one, other].map(|text| network(text.parse().unwrap(), prefix));
            one == other
        };
        assert!(same("2001:db8::1", "2001:db8::ffff:2", 64));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1", 64));
        assert!(same("2001:db8::1", "2001:db8:0:1::1", 48));
        assert!(!same("2001:db8::1", "2001:db8:1::1", 48));
        assert!(same("192.0.2.1", "::ffff:192.0.2.1", 64));
        assert!(!same("192.0.2.1", "::ffff:192.0.2.2", 48));
    }
}
