//! Which listener a packet to a peer leaves from.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use foldhash::fast::RandomState;
use sip_message::Scope;
use tokio::time::Instant;

use crate::unreachable::Unreachable;

/// Peers whose way is remembered.
const REMEMBERED: usize = 4096;
/// How long: an interface may go, an address may change.
const FRESH: Duration = Duration::from_secs(60);

/// The addresses listened on, and by which of them each peer is reached.
#[derive(Debug)]
pub(crate) struct KernelRoutes {
    listeners: Vec<SocketAddr>,
    /// The address a packet leaves from, by the one it was to leave from (unspecified where the
    /// system may choose) and the peer.
    sources: HashMap<[IpAddr; 2], (IpAddr, Instant), RandomState>,
}

impl KernelRoutes {
    pub(crate) fn new(listeners: Vec<SocketAddr>) -> Self {
        Self {
            listeners,
            sources: HashMap::default(),
        }
    }

    /// The addresses listened on, with their real ports.
    pub(crate) fn listeners(&self) -> &[SocketAddr] {
        &self.listeners
    }

    /// Our end of the way to `remote`: `wanted` where packets can leave from there, else the
    /// listener on the address the kernel would send from, else that address under a listener on
    /// all addresses, else the first listener of the family.
    pub(crate) fn local_for(
        &mut self,
        remote: SocketAddr,
        wanted: Option<SocketAddr>,
    ) -> Result<SocketAddr, Unreachable> {
        if !is_of_one_machine(remote) {
            return Err(Unreachable::NotOneMachine(remote));
        }
        let mut family = self
            .listeners
            .iter()
            .filter(|listener| listener.is_ipv4() == remote.is_ipv4());
        let first = *family.next().ok_or(Unreachable::NoListener(remote))?;
        let is_alone = family.next().is_none() && !first.ip().is_unspecified();
        if let Some(wanted) = wanted.filter(|wanted| self.listens_on(*wanted))
            && self.source_for(wanted.ip(), remote).is_ok()
        {
            return Ok(wanted);
        }
        if is_alone {
            self.source_for(first.ip(), remote)?;
            return Ok(first);
        }
        let source = self.source_for(any_of(remote), remote)?;
        let at = |ip: IpAddr| {
            let is = |listener: &&SocketAddr| listener.ip() == ip;
            self.listeners.iter().find(is).copied()
        };
        let under_any =
            || at(any_of(remote)).map(|listener| SocketAddr::new(source, listener.port()));
        Ok(at(source).or_else(under_any).unwrap_or(first))
    }

    /// Whether that is a listener, or an address under a listener on all addresses.
    fn listens_on(&self, local: SocketAddr) -> bool {
        let any = any_of(local);
        let is_it = |listener: &SocketAddr| listener.ip() == local.ip() || listener.ip() == any;
        let mut listeners = self.listeners.iter();
        local.ip() != any
            && listeners.any(|listener| listener.port() == local.port() && is_it(listener))
    }

    /// The address that a packet to `remote` leaves from when it is to leave from `from`.
    fn source_for(&mut self, from: IpAddr, remote: SocketAddr) -> Result<IpAddr, Unreachable> {
        let now = Instant::now();
        let way = [from, remote.ip()];
        if let Some((source, until)) = self.sources.get(&way)
            && now < *until
        {
            return Ok(*source);
        }
        let source = ask_kernel(from, remote)?;
        if self.sources.len() >= REMEMBERED {
            self.sources.clear();
        }
        self.sources.insert(way, (source, now + FRESH));
        Ok(source)
    }
}

/// Whether a packet to that address goes to one socket, and not to everybody or nobody.
pub(crate) fn is_of_one_machine(remote: SocketAddr) -> bool {
    remote.port() != 0 && Scope::of(remote.ip()) != Scope::NotOneMachine
}

/// An IPv4 address in the form IPv6 has for it (RFC 4291 §2.5.5.2) is an IPv4 address.
pub(crate) fn unmapped(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        ip @ IpAddr::V4(_) => SocketAddr::new(ip, address.port()),
        IpAddr::V6(_) => address,
    }
}

/// Connecting a UDP socket sends nothing, and makes the kernel choose the address it would
/// send from, or refuse: an address it does not have, loopback to somewhere else.
fn ask_kernel(from: IpAddr, remote: SocketAddr) -> Result<IpAddr, Unreachable> {
    let ask = || {
        let probe = UdpSocket::bind((from, 0))?;
        probe.connect(remote)?;
        probe.local_addr()
    };
    let found: std::io::Result<SocketAddr> = ask();
    found
        .map(|address| address.ip())
        .map_err(|e| match e.kind() {
            // A broadcast address of a network that this machine is on.
            ErrorKind::PermissionDenied => Unreachable::NotOneMachine(remote),
            _ => Unreachable::NoRoute { remote, error: e },
        })
}

/// All addresses of the family.
fn any_of(address: SocketAddr) -> IpAddr {
    match address {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_of_peers_has_a_bound() -> Result<(), Unreachable> {
        let mut routes = KernelRoutes::new(vec![SocketAddr::from(([0, 0, 0, 0], 5060))]);
        for number in 0..REMEMBERED as u32 + 10 {
            let ip = Ipv4Addr::from(u32::from(Ipv4Addr::LOCALHOST) + number);
            routes.local_for(SocketAddr::from((ip, 5060)), None)?;
            assert!(routes.sources.len() <= REMEMBERED);
        }
        Ok(())
    }
}
