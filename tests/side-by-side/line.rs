//! How a host reaches the server: by datagrams, or over a TCP connection.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use whole_system::{address, text};

/// The time a server may take to notice that a connection has ended.
const PATIENCE: Duration = Duration::from_secs(10);

/// The socket of a host.
pub enum Line {
    /// A UDP socket.
    Datagrams(UdpSocket),
    /// A TCP connection, and the bytes of an incomplete message.
    Connection(TcpStream, Vec<u8>),
}

impl Line {
    /// A UDP socket of a host.
    pub fn datagrams(host: u8) -> Self {
        let socket = address::socket(host);
        socket.set_nonblocking(true).expect("a socket can");
        Self::Datagrams(socket)
    }

    /// A connection of a host to the server, from the host's own address, by which the server
    /// knows it.
    pub fn connection(host: u8, server: SocketAddr) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("room for a socket");
        let at = SocketAddr::new(address::loopback(host), 0);
        socket.bind(&at.into()).expect("a free port");
        socket.connect(&server.into()).expect("a listener");
        let stream = TcpStream::from(socket);
        stream.set_nodelay(true).expect("a connection can");
        stream.set_nonblocking(true).expect("a socket can");
        Self::Connection(stream, Vec::new())
    }

    /// Ends a connection, and waits until the server has ended it, too.
    pub fn close(self) {
        if let Self::Connection(mut stream, _) = self {
            stream.set_nonblocking(false).expect("a socket can");
            stream.set_read_timeout(Some(PATIENCE)).expect("not zero");
            stream.shutdown(Shutdown::Write).expect("it is open");
            while stream.read(&mut [0; 4096]).expect("an end") > 0 {}
        }
    }

    /// The host's end.
    pub fn at(&self) -> SocketAddr {
        match self {
            Self::Datagrams(socket) => socket.local_addr(),
            Self::Connection(stream, _) => stream.local_addr(),
        }
        .expect("a bound socket")
    }

    /// Whether the transport is reliable, so that nothing is sent twice.
    pub fn is_reliable(&self) -> bool {
        matches!(self, Self::Connection(..))
    }

    /// The transport's name in Via.
    pub fn transport(&self) -> &'static str {
        match self {
            Self::Datagrams(_) => "UDP",
            Self::Connection(..) => "TCP",
        }
    }

    /// The transport parameter of the host's own URIs.
    pub fn uri_parameter(&self) -> &'static str {
        match self {
            Self::Datagrams(_) => "",
            Self::Connection(..) => ";transport=tcp",
        }
    }

    /// Sends a message to the server. If the server was killed, the message is lost.
    pub fn send(&self, message: &str, server: SocketAddr) {
        let _ = match self {
            Self::Datagrams(socket) => socket.send_to(message.as_bytes(), server).map(drop),
            Self::Connection(stream, _) => { stream }.write_all(message.as_bytes()),
        };
    }

    /// The next message, if a complete one has arrived.
    pub fn receive(&mut self) -> Option<String> {
        let mut buffer = [0; 65_536];
        match self {
            // An error means nothing yet, or that an earlier datagram went to a killed server.
            Self::Datagrams(socket) => {
                let (length, _) = socket.recv_from(&mut buffer).ok()?;
                Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
            }
            Self::Connection(stream, came) => {
                if let Ok(length) = stream.read(&mut buffer) {
                    came.extend_from_slice(&buffer[..length]);
                }
                take_message(came)
            }
        }
    }
}

/// A message of a stream is as long as its Content-Length says (RFC 3261 §18.3).
fn take_message(came: &mut Vec<u8>) -> Option<String> {
    let head = came.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&came[..head]).into_owned();
    let body = text::header(&text, "Content-Length").and_then(|length| length.parse().ok());
    let end = head + body.unwrap_or(0);
    if came.len() < end {
        return None;
    }
    let message = came.drain(..end).collect::<Vec<u8>>();
    Some(String::from_utf8_lossy(&message).into_owned())
}
