//! Which listener a packet to a peer leaves from.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use tokio::time::Instant;

use crate::network::Unreachable;

/// Peers whose way is remembered.
const REMEMBERED: usize = 4096;
/// How long: an interface may go, an address may change.
const FRESH: Duration = Duration::from_secs(60);

/// The addresses listened on, and by which of them each peer is reached.
#[derive(Debug)]
pub(crate) struct Routes {
    listeners: Vec<SocketAddr>,
    sources: HashMap<IpAddr, (IpAddr, Instant)>,
}

impl Routes {
    pub(crate) fn new(listeners: Vec<SocketAddr>) -> Self {
        Self {
            listeners,
            sources: HashMap::new(),
        }
    }

    /// The addresses listened on, with their real ports.
    pub(crate) fn listeners(&self) -> &[SocketAddr] {
        &self.listeners
    }

    /// Our end of the way to `remote`: the listener on the address the kernel would send from,
    /// else that address under a listener on all addresses, else the first listener of the
    /// family.
    pub(crate) fn local_for(&mut self, remote: SocketAddr) -> Result<SocketAddr, Unreachable> {
        if !is_of_one_machine(remote) {
            let text = format!("no way to {remote}: it is no address of one machine");
            return Err(Unreachable(text));
        }
        let mut family = self
            .listeners
            .iter()
            .filter(|listener| listener.is_ipv4() == remote.is_ipv4());
        let first = *family.next().ok_or_else(|| no_listener(remote))?;
        if family.next().is_none() && !first.ip().is_unspecified() {
            return Ok(first);
        }
        let source = self.source_for(remote)?;
        let at = |ip: IpAddr| {
            let is = |listener: &&SocketAddr| listener.ip() == ip;
            self.listeners.iter().find(is).copied()
        };
        let any = match source {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        let under_any = || at(any).map(|listener| SocketAddr::new(source, listener.port()));
        Ok(at(source).or_else(under_any).unwrap_or(first))
    }

    fn source_for(&mut self, remote: SocketAddr) -> Result<IpAddr, Unreachable> {
        let now = Instant::now();
        if let Some((source, until)) = self.sources.get(&remote.ip())
            && now < *until
        {
            return Ok(*source);
        }
        let source = ask_kernel(remote)?;
        if self.sources.len() >= REMEMBERED {
            self.sources.clear();
        }
        self.sources.insert(remote.ip(), (source, now + FRESH));
        Ok(source)
    }
}

/// Whether a packet to that address goes to one socket, and not to everybody or nobody.
pub(crate) fn is_of_one_machine(remote: SocketAddr) -> bool {
    let for_all = match remote.ip() {
        IpAddr::V4(ip) => ip.is_broadcast() || ip.is_multicast() || ip.is_unspecified(),
        IpAddr::V6(ip) => ip.is_multicast() || ip.is_unspecified(),
    };
    remote.port() != 0 && !for_all
}

/// An IPv4 address in the form IPv6 has for it (RFC 4291 §2.5.5.2) is an IPv4 address.
pub(crate) fn unmapped(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        ip @ IpAddr::V4(_) => SocketAddr::new(ip, address.port()),
        IpAddr::V6(_) => address,
    }
}

/// Connecting a UDP socket sends nothing, and makes the kernel choose the address it would
/// send from.
fn ask_kernel(remote: SocketAddr) -> Result<IpAddr, Unreachable> {
    let any: IpAddr = match remote {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let ask = || {
        let probe = UdpSocket::bind((any, 0))?;
        probe.connect(remote)?;
        probe.local_addr()
    };
    let found: std::io::Result<SocketAddr> = ask();
    found
        .map(|address| address.ip())
        .map_err(|e| Unreachable(format!("no way to {remote}: {e}")))
}

fn no_listener(remote: SocketAddr) -> Unreachable {
    let family = if remote.is_ipv4() { "IPv4" } else { "IPv6" };
    Unreachable(format!(
        "no way to {remote}: the server listens on no {family} address"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_of_peers_has_a_bound() -> Result<(), Unreachable> {
        let mut routes = Routes::new(vec![SocketAddr::from(([0, 0, 0, 0], 5060))]);
        for number in 0..REMEMBERED as u32 + 10 {
            let ip = Ipv4Addr::from(u32::from(Ipv4Addr::LOCALHOST) + number);
            routes.local_for(SocketAddr::from((ip, 5060)))?;
            assert!(routes.sources.len() <= REMEMBERED);
        }
        Ok(())
    }
}
