//! A network that records what is sent, and peers to send from.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use sip_message::{Connection, Flow, Frame, Framer, Transport, fixture};
use sip_server::{Account, Event, Lookup, Network, Outgoing, Unreachable};

/// A peer, by its way to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) Flow);

/// Where the server listens, UDP and TCP.
pub(crate) const SERVER: &str = "192.0.2.1:5060";

/// A second address that it listens at.
pub(crate) const SECOND: &str = "192.0.2.2:5080";

/// A third one, for what is on its own machine.
pub(crate) const LOOPBACK: &str = "127.0.0.1:5060";

/// The peer at that address, over UDP.
pub(crate) fn udp(address: &str) -> Peer {
    peer(Transport::Udp, SERVER, address, None)
}

/// The peer at that address, over a TCP connection of that number.
pub(crate) fn tcp(address: &str, connection: u64) -> Peer {
    peer(Transport::Tcp, SERVER, address, Some(connection))
}

pub(crate) fn peer(
    transport: Transport,
    local: &str,
    remote: &str,
    connection: Option<u64>,
) -> Peer {
    Peer(Flow {
        transport,
        connection: connection.map(Connection),
        ..fixture::flow(local, remote)
    })
}

/// One message the server sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) flow: Flow,
    pub(crate) text: String,
}

impl Sent {
    /// Request line or status line.
    pub(crate) fn start(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    /// The values of all header fields of that name, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        let fields = head.lines().filter_map(|line| line.split_once(": "));
        fields.filter(|(n, _)| *n == name).map(|(_, v)| v).collect()
    }

    /// The value of the first header field of that name.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.all(name).first().copied().unwrap_or_default()
    }

    /// The branch of the top Via.
    pub(crate) fn branch(&self) -> &str {
        let via = self.header("Via");
        let branch = via.split("branch=").nth(1).unwrap_or_default();
        branch.split(';').next().unwrap_or_default()
    }

    /// Whether it went to that peer.
    pub(crate) fn is_to(&self, peer: Peer) -> bool {
        self.flow == peer.0
    }
}

/// The messages a peer cuts these bytes of a stream into.
fn frames(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut framer = Framer::default();
    framer.push(bytes);
    let mut frames = Vec::new();
    while let Some(Frame::Message(message)) = framer.next_frame().expect("a stream that is read") {
        frames.push(message);
    }
    frames
}

/// A network that keeps what is sent.
#[derive(Debug, Default)]
pub(crate) struct Recorded {
    pub(crate) sent: Vec<Sent>,
    /// Connections that are open, by their number.
    pub(crate) connections: HashMap<u64, Flow>,
    /// What names lead to; others are unknown.
    pub(crate) hosts: HashMap<String, Vec<SocketAddr>>,
    /// How long connections are kept, by their number.
    pub(crate) kept: HashMap<u64, Duration>,
    /// Connections that were hung up, by their number.
    pub(crate) hung_up: Vec<u64>,
    /// Peers nothing leads to.
    pub(crate) unreachable: HashSet<SocketAddr>,
}

impl Recorded {
    fn record(&mut self, flow: &Flow, bytes: &[u8]) {
        assert!(!bytes.is_empty(), "no message");
        if flow.transport == Transport::Tcp {
            assert_eq!(frames(bytes), [bytes], "what is sent is one message");
        }
        let text = String::from_utf8_lossy(bytes).into_owned();
        self.sent.push(Sent { flow: *flow, text });
    }
}

impl Network for Recorded {
    fn poll_events(&mut self, _: &mut Context<'_>, _: &mut Vec<Event>) -> Poll<()> {
        Poll::Pending
    }

    fn flow_to(
        &mut self,
        transport: Transport,
        remote: SocketAddr,
        _: Account,
    ) -> Result<Flow, Unreachable> {
        if self.unreachable.contains(&remote) {
            return Err(Unreachable::NotOneMachine(remote));
        }
        let local = match remote {
            SocketAddr::V4(_) => SERVER,
            SocketAddr::V6(_) => "[2001:db8::1]:5060",
        };
        let connection = match transport {
            Transport::Udp => None,
            Transport::Tcp => Some(Connection(u64::from(remote.port()))),
        };
        let flow = Flow {
            transport,
            local: local.parse().unwrap(),
            remote,
            connection,
        };
        if let Some(Connection(number)) = connection {
            self.connections.insert(number, flow);
        }
        Ok(flow)
    }

    fn flow_from(
        &mut self,
        local: SocketAddr,
        transport: Transport,
        remote: SocketAddr,
        account: Account,
    ) -> Result<Flow, Unreachable> {
        let straight = self.flow_to(transport, remote, account)?;
        let flow = Flow { local, ..straight };
        if let Some(Connection(number)) = flow.connection {
            self.connections.insert(number, flow);
        }
        Ok(flow)
    }

    fn flow_of(&self, connection: Connection) -> Option<Flow> {
        self.connections.get(&connection.0).copied()
    }

    fn send_all(&mut self, out: &mut Outgoing) {
        for (flow, bytes) in out.messages() {
            self.record(flow, bytes);
        }
        let kept = out.keeps().iter();
        self.kept
            .extend(kept.map(|(connection, time)| (connection.0, *time)));
        let hung_up = out.hang_ups().iter();
        self.hung_up.extend(hung_up.map(|connection| connection.0));
        out.clear();
    }

    fn resolve(&self, host: &str, _: u16, _: Account) -> Lookup {
        let addresses = self.hosts.get(host).cloned();
        Box::pin(async move {
            tokio::task::yield_now().await;
            let unknown = || std::io::Error::from(std::io::ErrorKind::NotFound);
            addresses.ok_or_else(unknown)
        })
    }
}
