//! Which connections are served: those of this user. The control socket is for its owner alone, so
//! what comes from it is too, on a machine that others use as well.

use std::fs;
use std::net::SocketAddr;

use axum::serve::Listener;
use nix::unistd::Uid;
use tokio::net::{TcpListener, TcpStream};

/// Where Linux lists TCP sockets with their owners.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// A listener that closes connections of other users.
#[derive(Debug)]
pub(super) struct OwnConnections(TcpListener);

impl OwnConnections {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self(listener)
    }
}

impl Listener for OwnConnections {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        let Self(listener) = self;
        loop {
            let (stream, peer) = Listener::accept(listener).await;
            let local = stream.local_addr();
            let owner = local.ok().and_then(|local| owner(peer, local));
            if owner.is_none_or(|owner| owner == Uid::effective() || owner.is_root()) {
                return (stream, peer);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// The user whose socket at `peer` is connected to `local`; `None` if the system does not say.
fn owner(peer: SocketAddr, local: SocketAddr) -> Option<Uid> {
    let tables = TABLES
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok());
    let rows: Vec<String> = tables.collect();
    rows.iter().find_map(|table| owner_in(table, peer, local))
}

/// `sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid ...`
fn owner_in(table: &str, peer: SocketAddr, local: SocketAddr) -> Option<Uid> {
    // Ports say enough: this server has one address, and each of its peers a port of its own.
    let (from, to) = (
        format!(":{:04X}", peer.port()),
        format!(":{:04X}", local.port()),
    );
    let uid = |row: &str| {
        let fields: Vec<&str> = row.split_ascii_whitespace().collect();
        let is_it = fields.get(1)?.ends_with(&from) && fields.get(2)?.ends_with(&to);
        let uid = fields.get(7)?.parse().ok()?;
        is_it.then(|| Uid::from_raw(uid))
    };
    table.lines().skip(1).find_map(uid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_of_a_connection_is_found_by_its_ports() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n   \
            0: 0100007F:1F7C 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 1\n   \
            1: 0100007F:C350 0100007F:1F7C 01 00000000:00000000 00:00000000 00000000  1001 0 2\n";
        let at = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
        assert_eq!(
            owner_in(table, at(50_000), at(8_060)),
            Some(Uid::from_raw(1001))
        );
        assert_eq!(owner_in(table, at(50_001), at(8_060)), None);
    }

    #[test]
    fn our_own_connection_is_ours() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let local = listener.local_addr().unwrap();
        let stream = std::net::TcpStream::connect(local).unwrap();
        assert_eq!(
            owner(stream.local_addr().unwrap(), local),
            Some(Uid::effective())
        );
    }
}
