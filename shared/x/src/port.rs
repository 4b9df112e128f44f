//! Which port the servers of a page listen on.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};

/// A port nobody listens on. The servers of a page start one after the other, so it lies below
/// those that the system gives to sockets that ask for any.
pub(crate) fn free_port() -> Option<u16> {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    let mine = u16::try_from(std::process::id() % 500).ok()? * 20;
    (0..10_000).find_map(|_| {
        let port = 20_000 + mine.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed)) % 10_000;
        let everywhere = (Ipv4Addr::UNSPECIFIED, port);
        let is_free = TcpListener::bind(everywhere).is_ok() && UdpSocket::bind(everywhere).is_ok();
        is_free.then_some(port)
    })
}
