//! Why a peer cannot be reached.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};

use sip_message::Scope;

/// Why a peer cannot be reached. [`Display`](fmt::Display) says it for a log line.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unreachable {
    /// The system has no route to it. The system's error is the source.
    NoRoute {
        /// The peer.
        remote: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// The address belongs to a group, or to nobody.
    NotOneMachine(SocketAddr),
    /// The server does not listen on any address of the peer's family.
    NoListener(SocketAddr),
    /// No more connections may be open, in all or of one peer.
    TooManyConnections(SocketAddr),
    /// Nothing is sent to an address of this scope, or not from where the request came.
    Forbidden {
        /// The address of the peer.
        remote: IpAddr,
        /// Its scope.
        scope: Scope,
    },
    /// The two ends have addresses of different families.
    Families {
        /// The address to send from.
        local: SocketAddr,
        /// The peer.
        remote: SocketAddr,
    },
    /// The way leads back to the server.
    Myself,
    /// A name, where there is one, without any address.
    NoAddress(Option<String>),
    /// A URI that leads nowhere, and why.
    Nowhere(&'static str),
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoute { remote, error } => write!(f, "no way to {remote}: {error}"),
            Self::NotOneMachine(remote) => {
                write!(f, "no way to {remote}: it is not an address of one machine")
            }
            Self::NoListener(remote) => {
                let family = if remote.is_ipv4() { "IPv4" } else { "IPv6" };
                write!(
                    f,
                    "no way to {remote}: the server listens on no {family} address"
                )
            }
            Self::TooManyConnections(remote) => write!(
                f,
                "no way to {remote}: as many connections are open as there may be, in all or of \
                 one peer"
            ),
            Self::Forbidden { remote, scope } => write!(f, "{remote} is {}", kind(*scope)),
            Self::Families { local, remote } => {
                write!(f, "{local} and {remote} are of two address families")
            }
            Self::Myself => f.write_str("it is this server itself"),
            Self::NoAddress(Some(name)) => write!(f, "{name} has no address"),
            Self::NoAddress(None) => f.write_str("it has no address"),
            Self::Nowhere(why) => f.write_str(why),
        }
    }
}

fn kind(scope: Scope) -> &'static str {
    match scope {
        Scope::Loopback => "a loopback address, for what comes from this machine alone",
        Scope::LinkLocal => "a link-local address, for what comes from that link alone",
        Scope::Private => "a private address, and not one of --private-targets",
        Scope::NotOneMachine | Scope::Global => "not an address of one machine",
    }
}

impl Error for Unreachable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoRoute { error, .. } => Some(error),
            _ => None,
        }
    }
}
