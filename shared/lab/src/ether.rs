//! The network of a stage: everybody's inbox, the connections, the losses, and the recorder.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use sip_message::{Arrival, Connection, Flow, Transport};
use sip_server::{Event, Lookup, Network, Unreachable};
use tokio::time::{Instant, Sleep};

use crate::recording::{Entry, Fate, Node, Recorded};

/// How long a message travels, so that a ladder has an order.
const LATENCY: Duration = Duration::from_millis(1);

/// The most an exchange may record; more is a loop somewhere.
const MOST_ENTRIES: usize = 10_000;

/// The first port of connections that somebody opens.
const FIRST_EPHEMERAL: u16 = 40_001;

/// The air between the nodes: a cheap handle to what they share.
#[derive(Clone)]
pub(crate) struct Ether {
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    began: Instant,
    epoch: SystemTime,
    nodes: Vec<Place>,
    connections: Vec<Link>,
    hosts: Vec<(String, IpAddr)>,
    /// First words of messages to lose: a method or a status code.
    losses: VecDeque<String>,
    explanations: VecDeque<String>,
    entries: Vec<Entry>,
    overflowed: bool,
}

struct Place {
    node: Node,
    listens: bool,
    inbox: VecDeque<Delivery>,
    waker: Option<Waker>,
}

struct Delivery {
    due: Instant,
    event: Event,
    /// Which entry recorded it.
    entry: Option<usize>,
}

/// A connection: who opened it, from where, and to whom.
struct Link {
    opener: usize,
    opener_address: SocketAddr,
    acceptor: Option<usize>,
    acceptor_address: SocketAddr,
    open: bool,
}

impl Link {
    /// The flow as one end sees it. Who opened it counts as speaking from where it listens,
    /// as [`sip_server::Sockets`] does: that is the address a Via shall name.
    fn flow_of(&self, node: usize, connection: Connection, listens_at: SocketAddr) -> Flow {
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

    /// Whose end the other is.
    fn other_end(&self, node: usize) -> Option<usize> {
        match self.opener == node {
            true => self.acceptor,
            false => Some(self.opener),
        }
    }
}

impl Ether {
    pub(crate) fn new(epoch: SystemTime) -> Self {
        let shared = Shared {
            began: Instant::now(),
            epoch,
            nodes: Vec::new(),
            connections: Vec::new(),
            hosts: Vec::new(),
            losses: VecDeque::new(),
            explanations: VecDeque::new(),
            entries: Vec::new(),
            overflowed: false,
        };
        Self {
            shared: Arc::new(Mutex::new(shared)),
        }
    }

    fn with<T>(&self, run: impl FnOnce(&mut Shared) -> T) -> T {
        run(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts somebody on the stage.
    pub(crate) fn join(&self, name: &str, address: SocketAddr) -> StageNetwork {
        let node = self.with(|shared| {
            shared.nodes.push(Place {
                node: Node {
                    name: name.to_owned(),
                    address,
                },
                listens: true,
                inbox: VecDeque::new(),
                waker: None,
            });
            shared.nodes.len() - 1
        });
        self.network_of(node)
    }

    /// A network for somebody who is on the stage already: a server that starts again.
    pub(crate) fn network_of(&self, node: usize) -> StageNetwork {
        StageNetwork {
            ether: self.clone(),
            node,
            alarm: None,
        }
    }

    pub(crate) fn nodes(&self) -> Vec<Node> {
        self.with(|shared| shared.nodes.iter().map(|p| p.node.clone()).collect())
    }

    /// Starts or stops listening. Who stops loses what is under way to it, and its connections.
    pub(crate) fn set_listening(&self, node: usize, listens: bool) {
        self.with(|shared| {
            let Some(place) = shared.nodes.get_mut(node) else {
                return;
            };
            place.listens = listens;
            let lost: Vec<usize> = place.inbox.drain(..).filter_map(|d| d.entry).collect();
            for entry in lost {
                if let Some(Entry::Message(message)) = shared.entries.get_mut(entry) {
                    message.fate = Fate::Lost;
                }
            }
            let mut links = shared.connections.iter_mut();
            links
                .by_ref()
                .filter(|link| link.opener == node || link.acceptor == Some(node))
                .for_each(|link| link.open = false);
        });
    }

    /// Puts who lives at an address on the network or takes it off.
    pub(crate) fn set_reachable(&self, address: SocketAddr, reachable: bool) {
        let node = self.with(|shared| shared.dweller(address));
        if let Some(node) = node {
            self.set_listening(node, reachable);
        }
    }

    pub(crate) fn name_host(&self, host: &str, ip: IpAddr) {
        self.with(|shared| shared.hosts.push((host.to_ascii_lowercase(), ip)));
    }

    pub(crate) fn lose(&self, what: String) {
        self.with(|shared| shared.losses.push_back(what));
    }

    pub(crate) fn explain(&self, text: &str) {
        self.with(|shared| shared.explanations.push_back(text.to_owned()));
    }

    pub(crate) fn scene(&self, text: &str) {
        self.with(|shared| {
            let (at, text) = (shared.began.elapsed(), text.to_owned());
            shared.record(Entry::Scene { at, text });
        });
    }

    pub(crate) fn view(&self, title: &str, text: String) {
        self.with(|shared| {
            let (at, title) = (shared.began.elapsed(), title.to_owned());
            shared.record(Entry::View { at, title, text });
        });
    }

    pub(crate) fn log(&self, text: &str) {
        self.with(|shared| {
            let (at, text) = (shared.began.elapsed(), text.to_owned());
            shared.record(Entry::Log { at, text });
        });
    }

    /// What happened, and whether more happened than was recorded.
    pub(crate) fn take_entries(&self) -> (Vec<Entry>, bool) {
        self.with(|shared| (std::mem::take(&mut shared.entries), shared.overflowed))
    }
}

impl Shared {
    fn record(&mut self, entry: Entry) -> Option<usize> {
        if self.entries.len() == MOST_ENTRIES {
            self.overflowed = true;
            return None;
        }
        self.entries.push(entry);
        Some(self.entries.len() - 1)
    }

    /// Who listens at this address.
    fn listener(&self, address: SocketAddr) -> Option<usize> {
        let mut nodes = self.nodes.iter();
        nodes.position(|place| place.listens && place.node.address == address)
    }

    /// Who lives at this address, listening or not.
    fn dweller(&self, address: SocketAddr) -> Option<usize> {
        let exact = self.nodes.iter().position(|p| p.node.address == address);
        let same_ip = |p: &Place| p.node.address.ip() == address.ip();
        exact.or_else(|| self.nodes.iter().position(same_ip))
    }

    fn link(&self, connection: Connection) -> Option<&Link> {
        self.connections.get(connection.0.checked_sub(1)? as usize)
    }

    fn flow_to(
        &mut self,
        node: usize,
        transport: Transport,
        remote: SocketAddr,
    ) -> Result<Flow, Unreachable> {
        let local = self.nodes[node].node.address;
        if local.is_ipv4() != remote.is_ipv4() {
            let why = format!("{local} and {remote} are of two address families");
            return Err(Unreachable(why));
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

    /// Opens a connection; where nobody listens it is closed from the beginning.
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

    fn send(&mut self, node: usize, flow: &Flow, bytes: &[u8]) {
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
            // A closed connection tells its sender so; a lost datagram does not.
            None if flow.connection.is_some() => {
                self.deliver(node, due, Event::Failed { flow: *flow }, None);
            }
            _ => {}
        }
    }

    /// Who a message on this flow reaches, when anybody.
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

    /// The flow as its receiver sees it.
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

    /// Moves what is due into `events`; gives when the next is due.
    fn collect(&mut self, node: usize, events: &mut Vec<Event>, waker: &Waker) -> Option<Instant> {
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

/// Somebody's place in the network of a stage.
pub struct StageNetwork {
    ether: Ether,
    node: usize,
    alarm: Option<std::pin::Pin<Box<Sleep>>>,
}

impl Network for StageNetwork {
    fn poll_events(&mut self, context: &mut Context<'_>, events: &mut Vec<Event>) -> Poll<()> {
        loop {
            let before = events.len();
            let node = self.node;
            let due = self
                .ether
                .with(|shared| shared.collect(node, events, context.waker()));
            if events.len() > before {
                return Poll::Ready(());
            }
            let Some(due) = due else {
                return Poll::Pending;
            };
            let alarm = self.alarm.insert(Box::pin(tokio::time::sleep_until(due)));
            if alarm.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
        }
    }

    fn flow_to(&mut self, transport: Transport, remote: SocketAddr) -> Result<Flow, Unreachable> {
        let node = self.node;
        self.ether
            .with(|shared| shared.flow_to(node, transport, remote))
    }

    fn flow_of(&self, connection: Connection) -> Option<Flow> {
        self.ether.with(|shared| {
            let link = shared.link(connection).filter(|link| link.open)?;
            let listens_at = shared.nodes[self.node].node.address;
            Some(link.flow_of(self.node, connection, listens_at))
        })
    }

    fn send(&mut self, flow: &Flow, bytes: &[u8]) {
        self.ether
            .with(|shared| shared.send(self.node, flow, bytes));
    }

    fn resolve(&self, host: &str, port: u16) -> Lookup {
        let host = host.to_ascii_lowercase();
        let found: Vec<SocketAddr> = self.ether.with(|shared| {
            let known = shared.hosts.iter().filter(|(name, _)| *name == host);
            known.map(|(_, ip)| SocketAddr::new(*ip, port)).collect()
        });
        let answer = if found.is_empty() {
            let text = format!("no host {host} on this stage");
            Err(io::Error::new(io::ErrorKind::NotFound, text))
        } else {
            Ok(found)
        };
        Box::pin(std::future::ready(answer))
    }
}
