//! Which program has a port, and which port is free.

use std::collections::HashSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};

use procfs::ProcResult;
use procfs::net::{TcpState, tcp, tcp6, udp, udp6};
use procfs::process::{FDTarget, Process, all_processes};
use sip_message::Transport;

/// How many ports above a taken one are tried.
const TRIED: u16 = 100;

/// A program that has a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    /// Its name, at most 15 characters of it.
    pub(crate) name: String,
    pub(crate) process: i32,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (process {})", self.name, self.process)
    }
}

/// The program that has this port, as /proc shows it. `None` for a program of another user.
pub(crate) fn holder(transport: Transport, address: SocketAddr) -> Option<Holder> {
    let sockets = sockets(transport, address).ok()?;
    let own = i32::try_from(std::process::id()).ok();
    let processes = all_processes().ok()?.flatten();
    let mut others = processes.filter(|process| Some(process.pid) != own);
    let process = others.find(|process| has_one_of(process, &sockets))?;
    Some(Holder {
        name: process.stat().ok()?.comm,
        process: process.pid,
    })
}

/// The inodes of the sockets at this address, or at all addresses with this port.
fn sockets(transport: Transport, address: SocketAddr) -> ProcResult<HashSet<u64>> {
    let is_in_the_way = |other: SocketAddr| {
        let is_any = |ip: IpAddr| ip.is_unspecified();
        let same_ip = other.ip() == address.ip() || is_any(other.ip()) || is_any(address.ip());
        other.port() == address.port() && same_ip
    };
    Ok(match transport {
        Transport::Udp => udp()?
            .into_iter()
            .chain(udp6().unwrap_or_default())
            .filter(|it| is_in_the_way(it.local_address))
            .map(|it| it.inode)
            .collect(),
        Transport::Tcp => tcp()?
            .into_iter()
            .chain(tcp6().unwrap_or_default())
            .filter(|it| it.state == TcpState::Listen && is_in_the_way(it.local_address))
            .map(|it| it.inode)
            .collect(),
    })
}

fn has_one_of(process: &Process, sockets: &HashSet<u64>) -> bool {
    let Ok(open) = process.fd() else {
        return false;
    };
    open.flatten().any(|it| match it.target {
        FDTarget::Socket(inode) => sockets.contains(&inode),
        _ => false,
    })
}

/// The same address with the next port that is free for UDP and TCP.
pub(crate) fn free_beside(address: SocketAddr) -> Option<SocketAddr> {
    let ports = (1..=TRIED).filter_map(|more| address.port().checked_add(more));
    let mut addresses = ports.map(|port| SocketAddr::new(address.ip(), port));
    addresses.find(|it| UdpSocket::bind(it).is_ok() && TcpListener::bind(it).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_of_this_very_program_has_no_other_holder() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        assert_eq!(holder(Transport::Udp, address), None);
        assert_eq!(sockets(Transport::Udp, address).unwrap().len(), 1);
        let free = free_beside(address).unwrap();
        assert!(free.port() > address.port(), "{free}");
    }
}
