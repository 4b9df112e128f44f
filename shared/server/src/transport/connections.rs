//! The table of open TCP connections: by number, and by the peer's address.
//!
//! Not by an address the peer only says it has, such as the port of its Via: whoever shares an
//! address with a phone, behind one NAT, could say the phone's and get its calls (RFC 5923
//! authenticates the peer before it does so). Phones need none of it: a binding and the Route of
//! a call name their connection.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nix::sys::resource::{Resource, getrlimit};
use sip_message::{Connection, Flow, Transport};

use super::limits::TransportLimits;
use super::link::Link;
use super::share::{Bound, Share};
use crate::entropy::Entropy;
use crate::names::Secret;

/// Open files left for all else: the database, the control socket, look-ups.
const RESERVED_FILES: usize = 64;

/// The open connections of a server.
#[derive(Debug)]
pub(crate) struct Connections {
    table: Mutex<Table>,
    /// What waits to be written, and what was read of messages that are not whole.
    waiting: Arc<Bound>,
    unfinished: Arc<Bound>,
    most: usize,
    most_per_peer: usize,
    secret: Secret,
}

#[derive(Debug)]
struct Table {
    next: u64,
    /// Places taken; a connection that takes its leave still has one.
    taken: usize,
    open: HashMap<Connection, Arc<Link>>,
    /// Those whose peer has closed its side: it still gets answers, and is called no more.
    retired: HashMap<Connection, Arc<Link>>,
    by_remote: HashMap<SocketAddr, Connection>,
    per_peer: HashMap<IpAddr, usize>,
}

/// A connection's place in the table; dropping it takes the connection out and makes room.
#[derive(Debug)]
pub(crate) struct Place {
    connections: Arc<Connections>,
    connection: Connection,
    remote: SocketAddr,
}

impl Connections {
    /// An empty table. Numbers begin somewhere nobody can guess, so that one from before a
    /// restart does not name another connection after it.
    pub(crate) fn new(limits: &TransportLimits, entropy: &mut dyn Entropy) -> Arc<Self> {
        let mut key = [0; 16];
        key[..8].copy_from_slice(&entropy.number().to_ne_bytes());
        key[8..].copy_from_slice(&entropy.number().to_ne_bytes());
        Arc::new(Self {
            table: Mutex::new(Table {
                next: entropy.number(),
                taken: 0,
                open: HashMap::new(),
                retired: HashMap::new(),
                by_remote: HashMap::new(),
                per_peer: HashMap::new(),
            }),
            waiting: Bound::new(limits.waiting_bytes_in_all),
            unfinished: Bound::new(limits.unfinished_bytes_in_all),
            most: limits.connections.min(allowed_by_system()),
            most_per_peer: limits.connections_per_peer,
            secret: Secret(key),
        })
    }

    /// Makes a place for a connection; `None` when there are too many, in total or of this
    /// peer.
    pub(crate) fn enter(
        self: &Arc<Self>,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Option<(Arc<Link>, Place)> {
        let mut table = self.table();
        let full = table.taken >= self.most;
        let count = table.per_peer.entry(peer(remote)).or_default();
        if full || *count >= self.most_per_peer {
            if *count == 0 {
                table.per_peer.remove(&peer(remote));
            }
            return None;
        }
        *count += 1;
        table.taken += 1;
        let connection = Connection(table.next);
        table.next = table.next.wrapping_add(1);
        let flow = Flow {
            transport: Transport::Tcp,
            local,
            remote,
            connection: Some(connection),
        };
        let link = Arc::new(Link::new(flow, Share::of(&self.waiting)));
        table.open.insert(connection, Arc::clone(&link));
        table.by_remote.insert(remote, connection);
        let place = Place {
            connections: Arc::clone(self),
            connection,
            remote,
        };
        Some((link, place))
    }

    /// The connection of that number, to answer over.
    pub(crate) fn link(&self, connection: Connection) -> Option<Arc<Link>> {
        let table = self.table();
        let link = table.open.get(&connection);
        link.or_else(|| table.retired.get(&connection)).cloned()
    }

    /// The open connection to exactly that address.
    pub(crate) fn flow_to(&self, remote: SocketAddr) -> Option<Flow> {
        let table = self.table();
        let connection = table.by_remote.get(&remote)?;
        table.open.get(connection).map(|link| *link.flow())
    }

    /// The flow of the connection of that number.
    pub(crate) fn flow_of(&self, connection: Connection) -> Option<Flow> {
        self.table().open.get(&connection).map(|link| *link.flow())
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // Each change is whole before the next begins; a panic leaves at worst one entry stale.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn take(&mut self, place: &Place) -> Option<Arc<Link>> {
        remove_own(&mut self.by_remote, place.remote, place.connection);
        self.open.remove(&place.connection)
    }
}

impl Place {
    /// Its share of what may be kept of messages that are not whole.
    pub(crate) fn unfinished(&self) -> Share {
        Share::of(&self.connections.unfinished)
    }

    /// A To tag for what the peer is answered before a server sees it.
    pub(crate) fn tag(&self) -> String {
        let number = self.connection.0.to_ne_bytes();
        format!("{:016x}", self.connections.secret.sign("tag", &[&number]))
    }

    /// Leaves the connection to answers: nobody is called over it any more.
    pub(crate) fn retire(&self) {
        let mut table = self.connections.table();
        if let Some(link) = table.take(self) {
            table.retired.insert(self.connection, link);
        }
    }

    /// Takes the connection out of the table, so that nobody sends over it any more.
    pub(crate) fn withdraw(&self) {
        let mut table = self.connections.table();
        table.take(self);
        table.retired.remove(&self.connection);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.withdraw();
        let mut table = self.connections.table();
        table.taken -= 1;
        if let Some(count) = table.per_peer.get_mut(&peer(self.remote)) {
            *count -= 1;
            if *count == 0 {
                table.per_peer.remove(&peer(self.remote));
            }
        }
    }
}

/// Removes the entry unless it names a newer connection.
fn remove_own(map: &mut HashMap<SocketAddr, Connection>, key: SocketAddr, own: Connection) {
    if map.get(&key) == Some(&own) {
        map.remove(&key);
    }
}

/// Whom a connection counts for: an IPv6 peer has a network of 64 bits to itself.
fn peer(remote: SocketAddr) -> IpAddr {
    match remote.ip() {
        IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) >> 64 << 64).into()),
        ip @ IpAddr::V4(_) => ip,
    }
}

fn allowed_by_system() -> usize {
    let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE).unwrap_or((1024, 1024));
    let files = usize::try_from(soft).unwrap_or(usize::MAX);
    files.saturating_sub(RESERVED_FILES).max(1)
}
