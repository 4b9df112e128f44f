//! Free ports on loopback addresses.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU16, Ordering};

use crate::process::STARTS;

/// Below the ports a system hands out by itself, so that no passing socket takes one between
/// our look and its use.
const PORTS: std::ops::Range<u16> = 6300..7000;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// The loopback address 127.0.0.`host`.
pub fn loopback(host: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, host))
}

/// A UDP socket at any port of 127.0.0.`host`.
pub fn socket(host: u8) -> UdpSocket {
    UdpSocket::bind((loopback(host), 0)).expect("a free port")
}

/// A port of 127.0.0.`host` free for UDP and TCP, not given out by this process before.
pub fn free(host: u8) -> SocketAddr {
    free_at(loopback(host))
}

/// The same for any address of this machine, such as `::1`.
pub fn free_at(ip: IpAddr) -> SocketAddr {
    let _tried = STARTS.lock().unwrap_or_else(PoisonError::into_inner);
    let span = PORTS.end - PORTS.start;
    // Test processes that run at the same time begin their search at different places.
    let start = (std::process::id() % u32::from(span)) as u16;
    for _ in 0..span {
        let offset = NEXT.fetch_add(1, Ordering::Relaxed) % span;
        let port = PORTS.start + (start + offset) % span;
        let address = SocketAddr::new(ip, port);
        if UdpSocket::bind(address).is_ok() && TcpListener::bind(address).is_ok() {
            return address;
        }
    }
    panic!("no free port in {PORTS:?} on {ip}");
}
