//! How datagrams to many peers leave on Linux: together, in one system call.

use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::os::fd::AsRawFd;

use nix::cmsg_space;
use nix::libc;
use nix::sys::socket::{ControlMessage, MsgFlags, MultiHeaders, SockaddrStorage, sendmmsg};
use sip_message::Flow;
use tokio::net::UdpSocket;

/// Where a datagram goes, and its bytes.
pub(crate) type Single<'o> = (&'o Flow, &'o [u8]);

/// Sends datagrams in this order, from `source` where the socket is bound to all addresses. `failed`
/// gets the flow of each that did not leave, and why; the others leave all the same.
pub(crate) fn send_each(
    socket: &UdpSocket,
    source: Option<IpAddr>,
    singles: &[Single<'_>],
    mut failed: impl FnMut(&Flow, io::Error),
) {
    let peers = singles.iter().map(|(flow, _)| Some(flow.remote.into()));
    let peers: Vec<Option<SockaddrStorage>> = peers.collect();
    let bytes = singles.iter().map(|(_, bytes)| [IoSlice::new(bytes)]);
    let bytes: Vec<[IoSlice<'_>; 1]> = bytes.collect();
    let source = source.map(Source::new);
    let control: Option<ControlMessage<'_>> = source.as_ref().map(Source::control);
    let room = source.as_ref().map(Source::room);
    let mut headers = MultiHeaders::preallocate(singles.len(), room);

    // The system stops at the first that does not leave, and the next call says why (sendmmsg(2)).
    let mut next = 0;
    while let Some((flow, _)) = singles.get(next) {
        let sent = sendmmsg(
            socket.as_raw_fd(),
            &mut headers,
            &bytes[next..],
            &peers[next..],
            control.as_slice(),
            MsgFlags::empty(),
        );
        match sent {
            Ok(sent) => next += sent.count().max(1),
            Err(error) => {
                failed(flow, error.into());
                next += 1;
            }
        }
    }
}

/// The address a datagram is to come from (RFC 3542 §6, ip(7)).
enum Source {
    V4(libc::in_pktinfo),
    V6(libc::in6_pktinfo),
}

impl Source {
    fn new(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(libc::in_pktinfo {
                ipi_ifindex: 0,
                ipi_spec_dst: libc::in_addr {
                    s_addr: u32::from_ne_bytes(address.octets()),
                },
                ipi_addr: libc::in_addr { s_addr: 0 },
            }),
            IpAddr::V6(address) => Self::V6(libc::in6_pktinfo {
                ipi6_ifindex: 0,
                ipi6_addr: libc::in6_addr {
                    s6_addr: address.octets(),
                },
            }),
        }
    }

    fn control(&self) -> ControlMessage<'_> {
        match self {
            Self::V4(source) => ControlMessage::Ipv4PacketInfo(source),
            Self::V6(source) => ControlMessage::Ipv6PacketInfo(source),
        }
    }

    /// Room for the control message of one datagram.
    fn room(&self) -> Vec<u8> {
        match self {
            Self::V4(_) => cmsg_space!(libc::in_pktinfo),
            Self::V6(_) => cmsg_space!(libc::in6_pktinfo),
        }
    }
}
