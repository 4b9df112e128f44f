//! Which program has a port, and which port is free.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File};
use std::io::BufReader;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::path::Path;

use procfs_core::net::{TcpNetEntries, TcpState, UdpNetEntries};
use procfs_core::{ExplicitSystemInfo, FromBufReadSI};
use sip_message::Transport;

/// What procfs-core has to know of a machine. In the tables of sockets only the byte order matters.
const MACHINE: ExplicitSystemInfo = ExplicitSystemInfo {
    boot_time_secs: 0,
    ticks_per_second: 0,
    page_size: 0,
    is_little_endian: cfg!(target_endian = "little"),
};

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
    let sockets = sockets(transport, address)?;
    let own = i32::try_from(std::process::id()).ok();
    let folders = fs::read_dir("/proc").ok()?.flatten();
    let processes = folders.filter_map(|it| it.file_name().to_str()?.parse().ok());
    let mut others = processes.filter(|process: &i32| Some(*process) != own);
    let process = others.find(|process| has_one_of(*process, &sockets))?;
    let name = fs::read_to_string(format!("/proc/{process}/comm")).ok()?;
    let name = name.trim_end().to_owned();
    Some(Holder { name, process })
}

/// The sockets at this address, or at all addresses with this port, as /proc/PID/fd names them.
fn sockets(transport: Transport, address: SocketAddr) -> Option<HashSet<String>> {
    let is_in_the_way = |other: SocketAddr| {
        let is_any = |ip: IpAddr| ip.is_unspecified();
        let same_ip = other.ip() == address.ip() || is_any(other.ip()) || is_any(address.ip());
        other.port() == address.port() && same_ip
    };
    let named = |inode: u64| format!("socket:[{inode}]");
    Some(match transport {
        Transport::Udp => {
            let (v4, v6) = (table("udp")?, table("udp6"));
            let all = [Some(v4), v6].into_iter().flatten();
            let all = all.flat_map(|UdpNetEntries(entries)| entries);
            let all = all.filter(|it| is_in_the_way(it.local_address));
            all.map(|it| named(it.inode)).collect()
        }
        Transport::Tcp => {
            let (v4, v6) = (table("tcp")?, table("tcp6"));
            let all = [Some(v4), v6].into_iter().flatten();
            let all = all.flat_map(|TcpNetEntries(entries)| entries);
            let all = all.filter(|it| it.state == TcpState::Listen);
            let all = all.filter(|it| is_in_the_way(it.local_address));
            all.map(|it| named(it.inode)).collect()
        }
    })
}

/// A table of sockets below /proc/net (proc_net(5)).
fn table<T: FromBufReadSI>(name: &str) -> Option<T> {
    let file = File::open(Path::new("/proc/net").join(name)).ok()?;
    T::from_buf_read(BufReader::new(file), &MACHINE).ok()
}

fn has_one_of(process: i32, sockets: &HashSet<String>) -> bool {
    let open = fs::read_dir(format!("/proc/{process}/fd"));
    let links = open.into_iter().flatten().flatten();
    let mut links = links.filter_map(|it| fs::read_link(it.path()).ok());
    links.any(|it| it.to_str().is_some_and(|it| sockets.contains(it)))
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
