//! How far an address reaches: one machine, a link, a site or the internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Within which reach an address means the same machine (RFC 6890 lists the networks).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Not one machine: unspecified (0.0.0.0/8, `::`), multicast, broadcast, reserved
    /// (240.0.0.0/4).
    NotOneMachine,
    /// Only this machine: 127.0.0.0/8, `::1`.
    Loopback,
    /// One link: 169.254.0.0/16 (RFC 3927), fe80::/10.
    LinkLocal,
    /// One site, or everybody behind one NAT: RFC 1918, RFC 6598, fc00::/7 (RFC 4193).
    Private,
    /// The whole internet, and every other address.
    Global,
}

const PRIVATE: [Ipv4Net; 4] = [
    Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 8),
    Ipv4Net::new_assert(Ipv4Addr::new(172, 16, 0, 0), 12),
    Ipv4Net::new_assert(Ipv4Addr::new(192, 168, 0, 0), 16),
    Ipv4Net::new_assert(Ipv4Addr::new(100, 64, 0, 0), 10),
];
const THIS_NETWORK: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::UNSPECIFIED, 8);
/// With the broadcast address.
const RESERVED: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(240, 0, 0, 0), 4);

/// IPv6 networks whose addresses hold an IPv4 address, and the byte at which it begins.
const HOLDING_IPV4: [(Ipv6Net, usize); 5] = [
    (network([0, 0, 0, 0, 0, 0], 96), 12), // IPv4-compatible (RFC 4291 §2.5.5.1)
    (network([0, 0, 0, 0, 0, 0xffff], 96), 12), // IPv4-mapped (RFC 4291 §2.5.5.2)
    (network([0x64, 0xff9b, 0, 0, 0, 0], 96), 12), // NAT64 (RFC 6052 §2.1)
    (network([0x64, 0xff9b, 1, 0, 0, 0], 48), 12), // NAT64 of one site (RFC 8215)
    (network([0x2002, 0, 0, 0, 0, 0], 16), 2), // 6to4 (RFC 3056 §2)
];

const fn network(start: [u16; 6], prefix: u8) -> Ipv6Net {
    let [a, b, c, d, e, f] = start;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, 0, 0), prefix)
}

/// The IPv4 address inside an IPv6 address.
fn held_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let holding = |(network, _): &&(Ipv6Net, usize)| network.contains(&v6);
    let (_, at) = HOLDING_IPV4.iter().find(holding)?;
    let octets: [u8; 4] = v6.octets().get(*at..at + 4)?.try_into().ok()?;
    Some(octets.into())
}

impl Scope {
    /// The scope of an address. An IPv6 address that leads to an IPv4 address has the same scope.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self::of_v4(v4),
            IpAddr::V6(v6) => Self::of_v6(v6),
        }
    }

    fn of_v4(v4: Ipv4Addr) -> Self {
        if THIS_NETWORK.contains(&v4) || v4.is_multicast() || RESERVED.contains(&v4) {
            Self::NotOneMachine
        } else if v4.is_loopback() {
            Self::Loopback
        } else if v4.is_link_local() {
            Self::LinkLocal
        } else if PRIVATE.iter().any(|network| network.contains(&v4)) {
            Self::Private
        } else {
            Self::Global
        }
    }

    fn of_v6(v6: Ipv6Addr) -> Self {
        if v6.is_loopback() {
            Self::Loopback
        } else if v6.is_unspecified() || v6.is_multicast() {
            Self::NotOneMachine
        } else if v6.is_unicast_link_local() {
            Self::LinkLocal
        } else if v6.is_unique_local() {
            Self::Private
        } else {
            held_v4(v6).map_or(Self::Global, Self::of_v4)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_has_the_scope_of_its_network() {
        for (scope, addresses) in [
            (
                Scope::NotOneMachine,
                "0.0.0.0 0.1.2.3 224.0.1.75 239.255.255.255 240.0.0.1 255.255.255.255 :: ff02::1",
            ),
            (Scope::Loopback, "127.0.0.1 127.255.255.254 ::1"),
            (Scope::LinkLocal, "169.254.169.254 fe80::1 febf::1"),
            (
                Scope::Private,
                "10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.9 100.64.0.1 100.127.255.255 \
                 fc00::1 fd00::1",
            ),
            (
                Scope::Global,
                "1.1.1.1 126.255.255.255 128.0.0.1 169.253.0.1 172.32.0.1 192.0.2.1 100.128.0.1 \
                 223.255.255.255 2001:db8::1 fec0::1",
            ),
        ] {
            for address in addresses.split_whitespace() {
                assert_eq!(Scope::of(address.parse().unwrap()), scope, "{address}");
            }
        }
    }

    #[test]
    fn an_ipv6_address_that_holds_an_ipv4_address_has_its_scope() {
        for (v4, scope) in [
            ("127.0.0.1", Scope::Loopback),
            ("169.254.1.1", Scope::LinkLocal),
            ("10.0.0.1", Scope::Private),
            ("0.0.0.7", Scope::NotOneMachine),
            ("255.255.255.255", Scope::NotOneMachine),
            ("192.0.2.1", Scope::Global),
        ] {
            let v4: Ipv4Addr = v4.parse().unwrap();
            let [a, b, c, d] = v4.octets();
            for v6 in [
                format!("::{v4}"),
                format!("::ffff:{v4}"),
                format!("64:ff9b::{v4}"),
                format!("64:ff9b:1::{v4}"),
                format!("2002:{a:02x}{b:02x}:{c:02x}{d:02x}::1"),
            ] {
                assert_eq!(Scope::of(v6.parse().unwrap()), scope, "{v6}");
            }
        }
    }
}
