//! How datagrams to many peers leave: as many as can in one system call.

use std::io;

#[cfg(target_os = "linux")]
use std::io::IoSlice;
#[cfg(target_os = "linux")]
use std::os::fd::AsFd;

#[cfg(target_os = "linux")]
use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, SocketAddrAny, sendmmsg};
use sip_message::Flow;
use socket2::SockRef;
use tokio::net::UdpSocket;

/// Where a datagram goes, and its bytes.
pub(crate) type Single<'o> = (&'o Flow, &'o [u8]);

/// Sends datagrams in this order from a socket that is bound to one address. `failed` gets the
/// flow of each that did not leave, and why; the others leave all the same.
#[cfg(target_os = "linux")]
pub(crate) fn send_each(
    socket: &UdpSocket,
    singles: &[Single<'_>],
    mut failed: impl FnMut(&Flow, io::Error),
) {
    if let [(flow, bytes)] = singles {
        return send_one(socket, flow, bytes).unwrap_or_else(|error| failed(flow, error));
    }
    let peers = singles
        .iter()
        .map(|(flow, _)| SocketAddrAny::from(flow.remote));
    let peers: Vec<SocketAddrAny> = peers.collect();
    let bytes = singles.iter().map(|(_, bytes)| [IoSlice::new(bytes)]);
    let bytes: Vec<[IoSlice<'_>; 1]> = bytes.collect();
    let mut controls: Vec<SendAncillaryBuffer<'_, '_, '_>> = Vec::new();
    controls.resize_with(singles.len(), SendAncillaryBuffer::default);
    let parts = peers.iter().zip(&bytes).zip(&mut controls);
    let messages = parts.map(|((peer, bytes), none)| MMsgHdr::new_with_addr(peer, bytes, none));
    let mut messages: Vec<MMsgHdr<'_>> = messages.collect();

    // The system stops at the first that does not leave, and the next call says why (sendmmsg(2)).
    let mut next = 0;
    while let Some((flow, _)) = singles.get(next) {
        match sendmmsg(socket.as_fd(), &mut messages[next..], SendFlags::empty()) {
            Ok(sent) => next += sent.max(1),
            Err(error) => {
                failed(flow, error.into());
                next += 1;
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn send_each(
    socket: &UdpSocket,
    singles: &[Single<'_>],
    mut failed: impl FnMut(&Flow, io::Error),
) {
    for (flow, bytes) in singles {
        send_one(socket, flow, bytes).unwrap_or_else(|error| failed(flow, error));
    }
}

fn send_one(socket: &UdpSocket, flow: &Flow, bytes: &[u8]) -> io::Result<()> {
    let sent = SockRef::from(socket).send_to(bytes, &flow.remote.into());
    sent.map(drop)
}
