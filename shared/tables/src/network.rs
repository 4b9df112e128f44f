//! Which addresses a mask covers, by Kamailio's rules where they differ from those of CIDR.

use std::net::IpAddr;

use ipnet::IpNet;

/// The network of `ip` with `mask` bits; `None` where the mask is too long.
///
/// - Mask 0 is `ip` alone, as in Kamailio, and not every address.
/// - Bits beyond the mask do not count: `10.0.1.102` with 24 bits is `10.0.1.0/24`.
/// - An IPv4 address that is written as IPv6 (`::ffff:10.0.1.102`, RFC 4291 §2.5.5.2) has 96 bits
///   before its own.
pub(crate) fn network(ip: IpAddr, mask: u8) -> Option<IpNet> {
    let canonical = ip.to_canonical();
    if mask == 0 {
        return Some(IpNet::from(canonical));
    }
    let bits_before = if ip == canonical { 0 } else { 96 };
    let bits = mask.checked_sub(bits_before)?;
    let network = IpNet::new(canonical, bits).ok()?;
    Some(network.trunc())
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mask_0_is_one_address() {
        for (ip, alone) in [
            ("10.0.1.102", "10.0.1.102/32"),
            ("::ffff:10.0.1.102", "10.0.1.102/32"),
            ("2001:db8::9", "2001:db8::9/128"),
            ("0.0.0.0", "0.0.0.0/32"),
        ] {
            let network = network(ip.parse().unwrap(), 0).unwrap();
            assert_eq!(network.to_string(), alone);
        }
    }

    #[test]
    fn an_ipv4_address_written_as_ipv6_has_96_bits_before_its_own() {
        let mapped = "::ffff:10.0.1.102".parse().unwrap();
        let written = |mask| network(mapped, mask).map(|network| network.to_string());
        assert_eq!(written(128).as_deref(), Some("10.0.1.102/32"));
        assert_eq!(written(120).as_deref(), Some("10.0.1.0/24"));
        assert_eq!(written(95), None);
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

    /// Two addresses that share their first bits: random ones would never be in one network.
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
