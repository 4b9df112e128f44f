//! When a phone is called at the address it sent from rather than at its Contact URI.

use std::net::{IpAddr, Ipv4Addr};

use sip_message::{Flow, Name, Request, SipUri, Transport};

/// The way back to the phone that sent this REGISTER, where its Contact URI does not lead
/// there.
///
/// Over TCP that is always its own connection: it cannot be opened from here through a NAT, and
/// the phone's Contact often names a port on which nobody listens (RFC 5626 §5.3).
///
/// Over UDP it is the source of the packet, and only when the phone is plainly behind a NAT:
/// Via and Contact name the same address, which nobody outside can reach, and the packet came
/// from another. A REGISTER for somebody else's phone (§10.2, third party) names its sender in
/// Via, so it never diverts calls to the sender. Kamailio's `nat_uac_test` asks the same in
/// tests 1 and 2, but takes either alone.
///
/// Nothing of this holds for a REGISTER that came through another proxy: its source is not the
/// phone.
pub(crate) fn way_back(request: &Request, contact: &SipUri<'_>) -> Option<Flow> {
    let flow = request.arrival().flow;
    let leads_there = match flow.transport {
        Transport::Tcp => false,
        Transport::Udp => !is_behind_nat(request, contact, flow.remote.ip()),
    };
    let is_direct = || request.list(Name::Via).nth(1).is_none();
    (!leads_there && is_direct()).then_some(flow)
}

fn is_behind_nat(request: &Request, contact: &SipUri<'_>, source: IpAddr) -> bool {
    contact.host.ip().is_some_and(|named| {
        named != source.to_canonical()
            && is_private(named)
            && request
                .top_via()
                .is_ok_and(|via| via.host.ip() == Some(named))
    })
}

/// Whether an address means something only near whoever names it: RFC 1918, carrier NAT
/// (RFC 6598), link-local, unique local (RFC 4193), unspecified.
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let carrier = a == 100 && b & 0b1100_0000 == 64;
            v4.is_private() || v4.is_link_local() || v4 == Ipv4Addr::UNSPECIFIED || carrier
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_unspecified(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_nobody_outside_can_reach_are_private() {
        for address in [
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.9",
            "100.64.0.1",
            "fd00::1",
            "::",
        ] {
            assert!(is_private(address.parse().unwrap()), "{address}");
        }
        for address in [
            "127.0.0.1",
            "172.32.0.1",
            "100.128.0.1",
            "192.0.2.1",
            "2001:db8::1",
        ] {
            assert!(!is_private(address.parse().unwrap()), "{address}");
        }
    }
}
