//! What a socket knows of a message: its path and its time.

use std::fmt;
use std::net::SocketAddr;
use std::time::SystemTime;

/// The transport protocols that are served (RFC 3261 §18), as a Via names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Datagrams: one message each, retransmitted by the transaction layer.
    Udp,
    /// Streams: framed by Content-Length (§18.3).
    Tcp,
}

impl Transport {
    /// The token of a Via header field: `UDP`, `TCP`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
        }
    }

    /// Reads a token of any case; `None` for a transport that is not served.
    pub fn from_token(token: &str) -> Option<Self> {
        [Self::Udp, Self::Tcp]
            .into_iter()
            .find(|t| t.as_str().eq_ignore_ascii_case(token))
    }

    /// Whether the transport itself ensures delivery, so that nothing is retransmitted (§17).
    pub fn is_reliable(self) -> bool {
        self == Self::Tcp
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The number of a TCP connection; a server never uses one twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Connection(pub u64);

/// A way to a peer and back: both ends of a datagram's path, or one connection (a flow of
/// RFC 5626 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flow {
    /// The protocol.
    pub transport: Transport,
    /// Our end: the address that the packet was sent to, never a wildcard.
    pub local: SocketAddr,
    /// The peer's end: where the packet came from.
    pub remote: SocketAddr,
    /// The connection, if the transport has connections.
    pub connection: Option<Connection>,
}

impl Flow {
    /// The flow of datagrams between our address `local` and a peer's.
    pub fn udp(local: SocketAddr, remote: SocketAddr) -> Self {
        Self {
            transport: Transport::Udp,
            local,
            remote,
            connection: None,
        }
    }
}

/// What the socket knows of a message: its flow, and when it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Where it came from and to. Answers go only there, whatever the message says.
    pub flow: Flow,
    /// When it came, by the server's clock.
    pub at: SystemTime,
}
