//! Opens the UDP socket and the TCP listener of one address, or says why not and what to do.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, UdpSocket};

use sip_message::Transport;
use socket2::{Domain, Protocol, SockRef, Socket, Type};

/// What a burst of datagrams may fill while the server works; the kernel gives what it allows.
const UDP_BUFFER: usize = 4 << 20;
/// What the kernel holds for one connection in either direction: without it, a peer that does
/// not read costs megabytes.
const TCP_BUFFER: usize = 128 << 10;
/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;
/// How often a port that TCP was given is tried on UDP, where it may be taken.
const PORT_ATTEMPTS: usize = 16;

/// Opens both protocols on one port. Port 0 asks for any that is free on both.
pub(crate) fn open(address: SocketAddr) -> io::Result<(UdpSocket, TcpListener)> {
    let mut attempts = if address.port() == 0 {
        PORT_ATTEMPTS
    } else {
        1
    };
    loop {
        attempts -= 1;
        let tcp = open_tcp(address).map_err(|e| explain(e, Transport::Tcp, address))?;
        let port = tcp.local_addr()?.port();
        match open_udp(SocketAddr::new(address.ip(), port)) {
            Ok(udp) => return Ok((udp, tcp)),
            Err(e) if e.kind() == ErrorKind::AddrInUse && attempts > 0 => {}
            Err(e) => return Err(explain(e, Transport::Udp, address)),
        }
    }
}

fn open_udp(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = open_socket(address, Type::DGRAM, Protocol::UDP)?;
    // Smaller buffers lose packets in a burst, which retransmission repairs.
    let _ = socket.set_recv_buffer_size(UDP_BUFFER);
    let _ = socket.set_send_buffer_size(UDP_BUFFER);
    socket.bind(&address.into())?;
    Ok(socket.into())
}

fn open_tcp(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = open_socket(address, Type::STREAM, Protocol::TCP)?;
    // A restart must not wait until the kernel has forgotten the connections before it.
    socket.set_reuse_address(true)?;
    bound_buffers(&SockRef::from(&socket));
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn open_socket(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    if address.is_ipv6() {
        // An IPv4 peer would else appear as ::ffff:a.b.c.d, which nobody may write into a Via.
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Bounds what the kernel holds for a connection; accepted ones inherit it from the listener.
pub(crate) fn bound_buffers(socket: &SockRef<'_>) {
    // A system that refuses keeps its own bounds.
    let _ = socket.set_recv_buffer_size(TCP_BUFFER);
    let _ = socket.set_send_buffer_size(TCP_BUFFER);
}

fn explain(source: io::Error, transport: Transport, address: SocketAddr) -> io::Error {
    let kind = source.kind();
    let error = CannotListen {
        transport,
        address,
        source,
    };
    io::Error::new(kind, error)
}

/// Why a server does not listen at an address. The error that [`crate::Sockets::bind`] returns
/// contains it.
#[derive(Debug)]
pub struct CannotListen {
    /// UDP or TCP.
    pub transport: Transport,
    /// The address that was asked for.
    pub address: SocketAddr,
    /// What the system said.
    pub source: io::Error,
}

impl fmt::Display for CannotListen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            transport,
            address,
            source,
        } = self;
        write!(f, "cannot listen on {transport} {address}: ")?;
        match source.kind() {
            ErrorKind::AddrInUse => {
                f.write_str("another program has this port; stop it, or listen on another port")
            }
            ErrorKind::PermissionDenied => {
                f.write_str("ports below 1024 are for privileged users; listen on a higher port")
            }
            ErrorKind::AddrNotAvailable => {
                let any = if address.is_ipv4() { "0.0.0.0" } else { "[::]" };
                write!(
                    f,
                    "this machine has no such address; listen on one it has, or on {any} for all"
                )
            }
            _ => source.fmt(f),
        }
    }
}

impl Error for CannotListen {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_for_privileged_users_is_named_with_what_to_do() {
        let address = SocketAddr::from(([127, 0, 0, 1], 80));
        let error = explain(ErrorKind::PermissionDenied.into(), Transport::Udp, address);
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        assert_eq!(
            error.to_string(),
            "cannot listen on UDP 127.0.0.1:80: ports below 1024 are for privileged users; \
             listen on a higher port"
        );
    }
}
