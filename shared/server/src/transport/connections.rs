//! The table of open TCP connections: by number, and by the peer's address.
//!
//! Not by an address the peer only says it has, such as the port of its Via: a host that shares
//! an address with a phone, behind one NAT, could name the phone's port and get its calls (RFC 5923
//! authenticates the peer before it does so). Phones need none of it: a binding and the Route of
//! a call name their connection.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nix::sys::resource::{Resource, getrlimit};
use sip_message::{Connection, Flow, Transport};
use tokio::time::{Duration, Instant};

use super::limits::TransportLimits;
use super::link::Link;
use crate::account::{Account, Rank};
use crate::entropy::Entropy;
use crate::myself::Secret;
use crate::shares::{Share, Shares};
use crate::table::shrink;

/// Open files left for all else: the database, the control socket, look-ups.
const RESERVED_FILES: usize = 64;
/// How long a connection that nothing needs must have been silent to be closed for another.
const IDLE: Duration = Duration::from_secs(5);
/// Looking for those takes a moment, so it finds many, and is not done more often than this.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const FOUND_AT_ONCE: usize = 64;

/// The open connections of a server.
#[derive(Debug)]
pub(crate) struct Connections {
    table: Mutex<Table>,
    places: Shares,
    /// What waits to be written, and what was read of messages that are not whole.
    waiting: Shares,
    unfinished: Shares,
    secret: Secret,
}

#[derive(Debug)]
struct Table {
    next: u64,
    open: HashMap<Connection, Arc<Link>>,
    /// Those that end: they still get answers, and are called no more.
    retired: HashMap<Connection, Arc<Link>>,
    by_remote: HashMap<SocketAddr, Connection>,
    /// Those that nothing needs, silent for the longest time first, as they were found last.
    idle: VecDeque<Connection>,
    looked: Option<Instant>,
}

/// A connection's place in the table; dropping it takes the connection out and makes room.
#[derive(Debug)]
pub(crate) struct Place {
    connections: Arc<Connections>,
    connection: Connection,
    remote: SocketAddr,
    account: Account,
    _share: Share,
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
                open: HashMap::new(),
                retired: HashMap::new(),
                by_remote: HashMap::new(),
                idle: VecDeque::new(),
                looked: None,
            }),
            places: Shares::new(limits.connections.min(allowed_by_system())),
            waiting: Shares::new(limits.waiting_bytes_in_all),
            unfinished: Shares::new(limits.unfinished_bytes_in_all),
            secret: Secret(key),
        })
    }

    /// Makes a place for a connection that a peer has opened; `None` when it has its share, or
    /// when there are too many and all are needed.
    pub(crate) fn enter(
        self: &Arc<Self>,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Option<(Arc<Link>, Place)> {
        let account = Account::at(remote.ip());
        self.enter_for(account, Rank::Ordinary, local, remote)
    }

    /// Makes a place for a connection that the server opens on behalf of an account. It may use
    /// the reserve: else peers that take every place would keep the server from calling phones.
    pub(crate) fn enter_on_behalf(
        self: &Arc<Self>,
        account: Account,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Option<(Arc<Link>, Place)> {
        self.enter_for(account, Rank::Reserved, local, remote)
    }

    fn enter_for(
        self: &Arc<Self>,
        account: Account,
        rank: Rank,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Option<(Arc<Link>, Place)> {
        let mut table = self.table();
        let share = match self.places.take(account, 1, rank) {
            Some(share) => share,
            None if !self.places.is_full(1) => return None,
            None => {
                table.close_idle(Instant::now())?;
                self.places.hold(account, 1) // the other gives its place back in a moment
            }
        };
        let connection = Connection(table.next);
        table.next = table.next.wrapping_add(1);
        let flow = Flow {
            transport: Transport::Tcp,
            local,
            remote,
            connection: Some(connection),
        };
        let link = Arc::new(Link::new(
            flow,
            self.waiting.hold(account, 0),
            Instant::now(),
        ));
        table.open.insert(connection, Arc::clone(&link));
        table.by_remote.insert(remote, connection);
        let place = Place {
            connections: Arc::clone(self),
            connection,
            remote,
            account,
            _share: share,
        };
        Some((link, place))
    }

    /// Every connection, as the server ends.
    pub(crate) fn all(&self) -> Vec<Arc<Link>> {
        let table = self.table();
        let all = table.open.values().chain(table.retired.values());
        all.cloned().collect()
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
    /// Closes the connection that has been silent for the longest time of those that nothing
    /// needs; `None` when all are needed.
    fn close_idle(&mut self, now: Instant) -> Option<()> {
        let is_idle = |link: &Link| {
            link.idle_since(now)
                .is_some_and(|since| now - since >= IDLE)
        };
        let may_look = self.looked.is_none_or(|at| now - at >= LOOK_EVERY);
        if self.idle.is_empty() && may_look {
            self.looked = Some(now);
            let silent = self.open.iter().filter(|(_, link)| is_idle(link));
            let mut silent: Vec<(Option<Instant>, u64)> = silent
                .map(|(connection, link)| (link.idle_since(now), connection.0))
                .collect();
            silent.sort_unstable();
            silent.truncate(FOUND_AT_ONCE);
            self.idle = silent.into_iter().map(|(_, it)| Connection(it)).collect();
        }
        while let Some(connection) = self.idle.pop_front() {
            if self.open.get(&connection).is_some_and(|link| is_idle(link)) {
                self.open.remove(&connection)?.hanging_up.notify_one();
                return Some(());
            }
        }
        None
    }

    fn take(&mut self, place: &Place) -> Option<Arc<Link>> {
        remove_own(&mut self.by_remote, place.remote, place.connection);
        let link = self.open.remove(&place.connection);
        shrink(&mut self.by_remote);
        shrink(&mut self.open);
        link
    }
}

impl Place {
    /// Its share of what may be kept of messages that are not whole.
    pub(crate) fn unfinished(&self) -> Share {
        self.connections.unfinished.hold(self.account, 0)
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
        shrink(&mut table.retired);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.withdraw();
    }
}

/// Removes the entry unless it names a newer connection.
fn remove_own(map: &mut HashMap<SocketAddr, Connection>, key: SocketAddr, own: Connection) {
    if map.get(&key) == Some(&own) {
        map.remove(&key);
    }
}

fn allowed_by_system() -> usize {
    let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE).unwrap_or((1024, 1024));
    let files = usize::try_from(soft).unwrap_or(usize::MAX);
    files.saturating_sub(RESERVED_FILES).max(1)
}
