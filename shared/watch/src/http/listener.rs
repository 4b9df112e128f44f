//! Which connections are served: those of this user. The control socket is for its owner alone, so
//! what comes from it is too, on a machine that others use as well.

use std::net::SocketAddr;

use axum::serve::Listener;
use nix::unistd::Uid;
use tokio::net::{TcpListener, TcpStream};

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
    let sockets = procfs::net::tcp().into_iter().chain(procfs::net::tcp6());
    let mut sockets = sockets.flatten();
    // A socket of both families shows an address of IPv4 in IPv6.
    let same = |one: SocketAddr, other: SocketAddr| {
        one.port() == other.port() && one.ip().to_canonical() == other.ip().to_canonical()
    };
    let theirs = sockets.find(|it| same(it.local_address, peer) && same(it.remote_address, local));
    theirs.map(|it| Uid::from_raw(it.uid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_of_a_connection_is_found() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let local = listener.local_addr().unwrap();
        let stream = std::net::TcpStream::connect(local).unwrap();
        let peer = stream.local_addr().unwrap();
        assert_eq!(owner(peer, local), Some(Uid::effective()));
        let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
        assert_eq!(owner(nobody, local), None);
    }
}
