//! How messages travel on a stage: listeners, connections, losses, deliveries.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::task::Waker;
use std::time::{Duration, SystemTime};

use sip_control::watch::Decision;
use sip_message::{Arrival, Connection, Flow, Transport};
use sip_server::{Event, Unreachable};
use tokio::time::Instant;

use crate::recording::{Entry, Fate, Node, Recorded};

/// How long a message travels. Longer than nothing, so that a ladder has an order.
const LATENCY: Duration = Duration::from_millis(1);

/// The most entries an exchange may record. More means that there is a loop somewhere.
const MOST_ENTRIES: usize = 10_000;

/// The first port for connections that a node opens.
const FIRST_EPHEMERAL: u16 = 40_001;

/// The state of the network, which all nodes share.
pub(crate) struct Traffic {
    pub(crate) began: Instant,
    pub(crate) epoch: SystemTime,
    pub(crate) nodes: Vec<Place>,
    pub(crate) connections: Vec<Link>,
    pub(crate) hosts: Vec<(String, IpAddr)>,
    /// Which messages to lose, by method or status code.
    pub(crate) losses: VecDeque<String>,
    pub(crate) explanations: VecDeque<String>,
    pub(crate) entries: Vec<Entry>,
    /// What the script decided, and how many entries there were before.
    pub(crate) decisions: Vec<(usize, Decision)>,
    pub(crate) overflowed: bool,
}

pub(crate) struct Place {
    pub(crate) node: Node,
    /// A second address: of the other address family, or with another port.
    pub(crate) also: Option<SocketAddr>,
    pub(crate) listens: bool,
    pub(crate) inbox: VecDeque<Delivery>,
    pub(crate) waker: Option<Waker>,
}

impl Place {
    fn is_at(&self, address: SocketAddr) -> bool {
        self.node.address == address || self.also == Some(address)
    }

    /// Its address of the same family as this one, or else its first.
    fn address_for(&self, remote: SocketAddr) -> SocketAddr {
        let first = self.node.address;
        let is_alike = |address: &SocketAddr| address.is_ipv4() == remote.is_ipv4();
        let also = self.also.filter(|also| !is_alike(&first) && is_alike(also));
        also.unwrap_or(first)
    }
}

pub(crate) struct Delivery {
    due: Instant,
    event: Event,
    /// The entry that recorded it.
    pub(crate) entry: Option<usize>,
}

/// A connection: the node and the address at each end.
pub(crate) struct Link {
    pub(crate) opener: usize,
    opener_address: SocketAddr,
    pub(crate) acceptor: Option<usize>,
    acceptor_address: SocketAddr,
    pub(crate) open: bool,
}

impl Link {
    /// The flow as one end sees it. The side that opened it seems to speak from the address where
    /// it listens, as with [`sip_server::Sockets`]: a Via has to name that address.
    pub(crate) fn flow_of(
        &self,
        node: usize,
        connection: Connection,
        listens_at: SocketAddr,
    ) -> Flow {
        let (local, remote) = match self.opener == node {
            true => (listens_at, self.acceptor_address),
            false => (self.acceptor_address, self.opener_address),
        };
        Flow {
            transport: Transport::Tcp,
            local,
            remote,
            connection: Some(connection),
        }
    }

    /// The node at the other end.
    fn other_end(&self, node: usize) -> Option<usize> {
        match self.opener == node {
            true => self.acceptor,
            false => Some(self.opener),
        }
    }
}

impl Traffic {
    pub(crate) fn new(epoch: SystemTime) -> Self {
        Self {
            began: Instant::now(),
            epoch,
            nodes: Vec::new(),
            connections: Vec::new(),
            hosts: Vec::new(),
            losses: VecDeque::new(),
            explanations: VecDeque::new(),
            entries: Vec::new(),
            decisions: Vec::new(),
            overflowed: false,
        }
    }

    pub(crate) fn record(&mut self, entry: Entry) -> Option<usize> {
        if self.entries.len() == MOST_ENTRIES {
            self.overflowed = true;
            return None;
        }
        self.entries.push(entry);
        Some(self.entries.len() - 1)
    }

    /// The node that listens at this address.
    fn listener(&self, address: SocketAddr) -> Option<usize> {
        let mut nodes = self.nodes.iter();
        nodes.position(|place| place.listens && place.is_at(address))
    }

    /// The node at this address, listening or not.
    pub(crate) fn dweller(&self, address: SocketAddr) -> Option<usize> {
        let exact = self.nodes.iter().position(|p| p.is_at(address));
        let same_ip = |p: &Place| p.node.address.ip() == address.ip();
        exact.or_else(|| self.nodes.iter().position(same_ip))
    }

    pub(crate) fn link(&self, connection: Connection) -> Option<&Link> {
        self.connections.get(connection.0.checked_sub(1)? as usize)
    }

    pub(crate) fn flow_to(
        &mut self,
        node: usize,
        transport: Transport,
        remote: SocketAddr,
    ) -> Result<Flow, Unreachable> {
        let local = self.nodes[node].address_for(remote);
        if local.is_ipv4() != remote.is_ipv4() {
            return Err(Unreachable::Families { local, remote });
        }
        if transport == Transport::Udp {
            return Ok(Flow {
                transport,
                local,
                remote,
                connection: None,
            });
        }
        let known = self.connections.iter().position(|link| {
            let opened = link.opener == node && link.acceptor_address == remote;
            let accepted = link.acceptor == Some(node) && link.opener_address == remote;
            link.open && (opened || accepted)
        });
        let index = known.unwrap_or_else(|| self.open(node, remote));
        let connection = Connection(index as u64 + 1);
        Ok(self.connections[index].flow_of(node, connection, local))
    }

    /// Opens a connection. It is closed from the start if nothing listens there.
    fn open(&mut self, opener: usize, remote: SocketAddr) -> usize {
        let acceptor = self.listener(remote);
        let opened_before = self.connections.iter().filter(|l| l.opener == opener);
        let port = FIRST_EPHEMERAL.saturating_add(opened_before.count() as u16);
        self.connections.push(Link {
            opener,
            opener_address: SocketAddr::new(self.nodes[opener].node.address.ip(), port),
            acceptor,
            acceptor_address: remote,
            open: acceptor.is_some(),
        });
        self.connections.len() - 1
    }

    pub(crate) fn send(&mut self, node: usize, flow: &Flow, bytes: &[u8]) {
        if !self.nodes[node].listens {
            return; // unplugged
        }
        let receiver = self.receiver(node, flow);
        let lost = receiver.is_none() || self.loses(bytes);
        let explanation = self.explanations.pop_front();
        let entry = self.record(Entry::Message(Recorded {
            at: self.began.elapsed(),
            from: self.speaks_from(node, flow),
            to: flow.remote,
            sender: node,
            receiver: receiver.or_else(|| self.dweller(flow.remote)),
            transport: flow.transport,
            connection: flow.connection,
            bytes: bytes.to_vec(),
            fate: if lost { Fate::Lost } else { Fate::Delivered },
            explanation,
        }));
        if entry.is_none() {
            return;
        }
        let due = Instant::now() + LATENCY;
        match receiver {
            Some(receiver) if !lost => {
                let arrival = Arrival {
                    flow: self.flow_at(receiver, node, flow),
                    at: self.epoch + (due - self.began),
                };
                let bytes = bytes.to_vec();
                self.deliver(receiver, due, Event::Message { bytes, arrival }, entry);
            }
            // The sender learns of a closed connection, but not of a lost datagram.
            None if flow.connection.is_some() => {
                self.deliver(node, due, Event::Failed { flow: *flow }, None);
            }
            _ => {}
        }
    }

    /// The node that a message on this flow reaches, if there is one.
    fn receiver(&self, node: usize, flow: &Flow) -> Option<usize> {
        let Some(connection) = flow.connection else {
            return self.listener(flow.remote);
        };
        let link = self.link(connection).filter(|link| link.open)?;
        link.other_end(node)
    }

    /// The address a message on this flow really comes from.
    fn speaks_from(&self, node: usize, flow: &Flow) -> SocketAddr {
        match flow.connection.and_then(|c| self.link(c)) {
            Some(link) if link.opener == node => link.opener_address,
            _ => flow.local,
        }
    }

    /// The flow, as its receiver sees it.
    fn flow_at(&self, receiver: usize, sender: usize, flow: &Flow) -> Flow {
        match flow.connection.and_then(|c| Some((c, self.link(c)?))) {
            Some((connection, link)) => {
                link.flow_of(receiver, connection, self.nodes[receiver].node.address)
            }
            None => Flow {
                local: flow.remote,
                remote: self.speaks_from(sender, flow),
                ..*flow
            },
        }
    }

    fn loses(&mut self, bytes: &[u8]) -> bool {
        let text = String::from_utf8_lossy(bytes);
        let mut words = text.split(' ');
        let first = match words.next() {
            Some("SIP/2.0") => words.next(),
            method => method,
        };
        let at = self.losses.iter().position(|l| Some(l.as_str()) == first);
        at.and_then(|at| self.losses.remove(at)).is_some()
    }

    fn deliver(&mut self, node: usize, due: Instant, event: Event, entry: Option<usize>) {
        if let Some(place) = self.nodes.get_mut(node) {
            place.inbox.push_back(Delivery { due, event, entry });
            if let Some(waker) = place.waker.take() {
                waker.wake();
            }
        }
    }

    /// Moves what is due into `events`, and returns when the next is due.
    pub(crate) fn collect(
        &mut self,
        node: usize,
        events: &mut Vec<Event>,
        waker: &Waker,
    ) -> Option<Instant> {
        let now = Instant::now();
        let place = self.nodes.get_mut(node)?;
        while let Some(next) = place.inbox.front() {
            if next.due > now {
                break;
            }
            events.extend(place.inbox.pop_front().map(|delivery| delivery.event));
        }
        place.waker = Some(waker.clone());
        place.inbox.front().map(|delivery| delivery.due)
    }
}
