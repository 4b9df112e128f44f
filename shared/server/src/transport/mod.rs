//! Real sockets: UDP and TCP on the same ports.

mod connection;
mod connections;
mod keepalive;
mod kernel_routes;
mod limits;
mod link;
mod listener;
mod outbox;
mod pace;
mod refusal;
mod resolve;
#[cfg(target_os = "linux")]
mod singles;
mod tcp;
mod udp;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use sip_message::{Connection, Flow, Transport};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant};

use crate::Clock;
use crate::account::Account;
use crate::entropy::Entropy;
use crate::network::{Event, Lookup, Network};
use crate::outgoing::Outgoing;
use crate::unreachable::Unreachable;

use connection::Conversation;
use connections::{Connections, Place};
use kernel_routes::{KernelRoutes, unmapped};
pub use limits::TransportLimits;
use link::{Flushed, Link, Queued};
pub use listener::CannotListen;
use outbox::Outbox;
use resolve::Resolver;
use tcp::Door;
use udp::{Batch, Datagrams};

/// Events given in one call, about.
const BATCH: usize = 64;
/// Events of all TCP connections that wait; a connection reads on when its own has found room.
const INBOX: usize = 128;
/// Events of TCP, and connections accepted, in one call.
const SHARE: usize = 32;

/// The sockets of a server: each address listened on has a UDP socket and a TCP listener.
///
/// What the server sends in one turn is gathered, and leaves when events are asked for next: one
/// write to each TCP peer, as few as can be to all UDP peers. Dropping closes everything, after a
/// last attempt to write.
pub struct Sockets {
    datagrams: Vec<Datagrams>,
    doors: Vec<Door>,
    routes: KernelRoutes,
    connections: Arc<Connections>,
    resolver: Resolver,
    batch: Batch,
    /// Which of the sources of events is asked first, in turn.
    turn: usize,
    inbox: mpsc::Receiver<Event>,
    events: mpsc::Sender<Event>,
    /// Flows on which sending failed at once.
    lost: Vec<Flow>,
    /// What the server has sent in this turn.
    outbox: Outbox,
    tasks: JoinSet<()>,
    clock: Clock,
    limits: TransportLimits,
}

impl Sockets {
    /// Opens both protocols on every address, which port 0 asks for any free port. Must be
    /// called inside a tokio runtime that has I/O and time.
    ///
    /// # Errors
    /// When an address cannot be listened on; the text names it and says what to do.
    pub fn bind(
        listeners: &[SocketAddr],
        clock: Clock,
        entropy: &mut dyn Entropy,
        limits: TransportLimits,
    ) -> io::Result<Self> {
        let mut datagrams = Vec::with_capacity(listeners.len());
        let mut doors = Vec::with_capacity(listeners.len());
        for address in listeners {
            let (udp, tcp) = listener::open(*address)?;
            datagrams.push(Datagrams::new(udp)?);
            doors.push(Door::new(tcp)?);
        }
        let (events, inbox) = mpsc::channel(INBOX);
        Ok(Self {
            routes: KernelRoutes::new(datagrams.iter().map(Datagrams::local).collect()),
            datagrams,
            doors,
            connections: Connections::new(&limits, entropy),
            resolver: Resolver::new(limits.resolve),
            batch: Batch::default(),
            turn: 0,
            inbox,
            events,
            lost: Vec::new(),
            outbox: Outbox::default(),
            tasks: JoinSet::new(),
            clock,
            limits,
        })
    }

    /// The addresses listened on, with their real ports, in the order given.
    pub fn listeners(&self) -> &[SocketAddr] {
        self.routes.listeners()
    }

    /// Accepts who waits. True when more may wait.
    fn accept(&mut self, context: &mut Context<'_>) -> bool {
        let mut more = false;
        for at in 0..self.doors.len() {
            for accepted in 1..=SHARE {
                let Poll::Ready(caller) = self.doors[at].poll_accept(context) else {
                    break;
                };
                more |= accepted == SHARE;
                // One too many is closed by being dropped.
                if let Some((link, place)) = self.connections.enter(caller.local, caller.remote) {
                    link.connected(caller.stream);
                    let conversation = self.conversation(link, place);
                    self.run(conversation.accepted());
                }
            }
        }
        more
    }

    fn conversation(&self, link: Arc<Link>, place: Place) -> Conversation {
        Conversation {
            link,
            place,
            events: self.events.clone(),
            clock: self.clock,
            limits: self.limits,
            was_asked: false,
        }
    }

    fn run(&mut self, conversation: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(conversation);
    }

    /// The flow to a peer, from one of our addresses where one is asked for.
    fn flow(
        &mut self,
        from: Option<SocketAddr>,
        transport: Transport,
        remote: SocketAddr,
        account: Account,
    ) -> Result<Flow, Unreachable> {
        if transport == Transport::Tcp
            && let Some(flow) = self.connections.flow_to(remote)
        {
            return Ok(flow);
        }
        let local = self.routes.local_for(remote, from)?;
        if transport == Transport::Udp {
            return Ok(Flow::udp(local, remote));
        }
        let entered = self.connections.enter_on_behalf(account, local, remote);
        let (link, place) = entered.ok_or(Unreachable::TooManyConnections(remote))?;
        let flow = *link.flow();
        let conversation = self.conversation(link, place);
        self.run(conversation.connecting());
        Ok(flow)
    }

    /// Sends what was gathered; a peer that does not read is left to its connection's task.
    fn send_gathered(&mut self) {
        let longest = self.datagrams.iter().map(Datagrams::longest_run).min();
        let (datagrams, connections) = (&self.datagrams, &self.connections);
        let bound = self.limits.waiting_bytes;
        let mut lost = std::mem::take(&mut self.lost);
        let (mut lost_streams, mut gathered) = (Vec::new(), Vec::new());
        self.outbox.drain(
            longest.unwrap_or(1),
            |local, parcel| match datagrams.iter().find(|it| it.serves(local)) {
                Some(socket) => socket.send(parcel, &mut lost),
                None => lost.extend(parcel.datagrams().map(|(flow, _)| flow)),
            },
            |flow, bytes| {
                let Some(link) = flow.connection.and_then(|it| connections.link(it)) else {
                    return lost_streams.push(*flow);
                };
                link.note_use();
                match link.queue(bytes, bound) {
                    Queued::First => gathered.push(link),
                    Queued::Behind => {}
                    Queued::Full => link.closing.notify_one(),
                }
            },
        );
        self.lost = lost;
        self.lost.append(&mut lost_streams);
        for link in gathered {
            if !matches!(link.flush(), Ok(Flushed::All)) {
                link.blocked.notify_one();
            }
        }
    }

    /// Lets a connection be silent for so long from now; others are closed before it.
    pub fn keep(&mut self, connection: Connection, time: Duration) {
        if let Some(link) = self.connections.link(connection) {
            link.keep(Instant::now() + time);
        }
    }

    /// Closes a connection once what it was sent has left.
    pub fn hang_up(&mut self, connection: Connection) {
        if let Some(link) = self.connections.link(connection) {
            link.hanging_up.notify_one();
        }
    }
}

impl Network for Sockets {
    fn poll_events(&mut self, context: &mut Context<'_>, events: &mut Vec<Event>) -> Poll<()> {
        self.send_gathered();
        // A connection that has ended keeps its memory until its task is joined.
        while let Poll::Ready(Some(_)) = self.tasks.poll_join_next(context) {}
        let before = events.len();
        events.extend(self.lost.drain(..).map(|flow| Event::Failed { flow }));
        let sources = self.datagrams.len() + 1;
        self.turn = (self.turn + 1) % sources;
        let mut more = false;
        for source in self.turn..self.turn + sources {
            if events.len() - before >= BATCH {
                break;
            }
            let polled = match self.datagrams.get(source % sources) {
                Some(datagrams) => {
                    datagrams.poll_receive(context, &mut self.batch, &self.clock, events)
                }
                None => self
                    .inbox
                    .poll_recv_many(context, events, SHARE)
                    .map(|_| ()),
            };
            more |= polled.is_ready();
        }
        more |= self.accept(context);
        if events.len() > before {
            return Poll::Ready(());
        }
        if more {
            // Only keepalives came, or connections: others on this thread go first.
            context.waker().wake_by_ref();
        }
        Poll::Pending
    }

    fn flow_to(
        &mut self,
        transport: Transport,
        remote: SocketAddr,
        account: Account,
    ) -> Result<Flow, Unreachable> {
        self.flow(None, transport, unmapped(remote), account)
    }

    fn flow_from(
        &mut self,
        local: SocketAddr,
        transport: Transport,
        remote: SocketAddr,
        account: Account,
    ) -> Result<Flow, Unreachable> {
        self.flow(Some(local), transport, unmapped(remote), account)
    }

    fn flow_of(&self, connection: Connection) -> Option<Flow> {
        self.connections.flow_of(connection)
    }

    fn send_all(&mut self, out: &mut Outgoing) {
        let is_full = self.outbox.take(out);
        for (connection, time) in out.keeps() {
            self.keep(*connection, *time);
        }
        for connection in out.hang_ups() {
            self.hang_up(*connection);
        }
        out.clear();
        if is_full {
            self.send_gathered();
        }
    }

    fn resolve(&self, host: &str, port: u16, account: Account) -> Lookup {
        self.resolver.resolve(host, port, account)
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        self.send_gathered();
        for link in self.connections.all() {
            link.say_goodbye();
        }
    }
}

impl fmt::Debug for Sockets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sockets")
            .field("listeners", &self.listeners())
            .finish_non_exhaustive()
    }
}
