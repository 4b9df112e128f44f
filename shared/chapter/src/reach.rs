//! The addresses listened on, as phones reach them and people write them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The addresses a phone can reach, wildcards resolved, best first.
pub(crate) fn reached(listeners: &[SocketAddr], interfaces: &[IpAddr]) -> Vec<SocketAddr> {
    let mut reached: Vec<SocketAddr> = Vec::new();
    for listener in listeners {
        let is_covered = |ip: &IpAddr| {
            let same_family = ip.is_ipv4() == listener.is_ipv4();
            same_family && listener.ip().is_unspecified() && !is_link_local(ip)
        };
        let resolved = interfaces.iter().copied().filter(is_covered);
        let own = Some(listener.ip()).filter(|ip| !ip.is_unspecified());
        let each = own.into_iter().chain(resolved);
        reached.extend(each.map(|ip| SocketAddr::new(ip, listener.port())));
    }
    reached.sort_by_key(|address| (address.ip().is_loopback(), address.is_ipv6()));
    reached
}

/// What a newcomer may want to know of a listener.
pub(crate) fn meaning(listener: &SocketAddr, listeners: &[SocketAddr]) -> String {
    let every_ipv4 = host(&SocketAddr::new(
        Ipv4Addr::UNSPECIFIED.into(),
        listener.port(),
    ));
    let has_ipv4 = || listeners.iter().any(SocketAddr::is_ipv4);
    if listener.ip().is_unspecified() && listener.is_ipv4() {
        "  (every IPv4 address of this machine)".to_owned()
    } else if listener.ip().is_unspecified() && has_ipv4() {
        "  (every IPv6 address of this machine)".to_owned()
    } else if listener.ip().is_unspecified() {
        format!(
            "  (every IPv6 address of this machine; for IPv4 phones, add --listen {every_ipv4})"
        )
    } else if listener.ip().is_loopback() {
        format!("  (this machine alone; for phones on the network: --listen {every_ipv4})")
    } else {
        String::new()
    }
}

/// An address as the host of a URI: without SIP's own port, IPv6 in brackets.
pub(crate) fn host(address: &SocketAddr) -> String {
    match address.port() {
        5060 => bare(address.ip()),
        _ => address.to_string(),
    }
}

/// An address without any port, IPv6 in brackets: the domain of its users, and their realm.
pub(crate) fn bare(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    }
}

/// Link-local addresses need a zone that a SIP URI cannot carry.
pub(crate) fn is_link_local(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}
