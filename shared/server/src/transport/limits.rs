//! How much the transport holds, and for how long.

use std::time::Duration;

/// What the sockets hold and wait for at most.
#[derive(Debug, Clone, Copy)]
pub struct TransportLimits {
    /// TCP connections in total; fewer where the system allows fewer open files. A peer (an IPv4
    /// address, or an IPv6 network of 64 bits) may have as many as are free for all others.
    pub connections: usize,
    /// How long a connection over which a message came may stay silent, unless a binding or a
    /// call needs it ([`crate::Outgoing::keeps`]). Longer than a call may ring.
    pub idle: Duration,
    /// How long a peer that connected may take for its first message, and any peer for the
    /// rest of a message it has begun.
    pub patience: Duration,
    /// How long a peer may read nothing of what waits for it.
    pub stall: Duration,
    /// Bytes that wait for a peer to read them.
    pub waiting_bytes: usize,
    /// Bytes that wait for all peers together; beyond its share, a peer that has not read what
    /// waits for it and is sent more is closed.
    pub waiting_bytes_in_all: usize,
    /// Bytes kept of the messages that are not whole, of all peers together; beyond its share, a
    /// peer inside one that does not come in a few packets is closed.
    pub unfinished_bytes_in_all: usize,
    /// How long connecting may take.
    pub connect: Duration,
    /// How long looking a name up may take.
    pub resolve: Duration,
}

impl Default for TransportLimits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            idle: Duration::from_secs(15 * 60),
            patience: Duration::from_secs(30),
            stall: Duration::from_secs(30),
            waiting_bytes: 256 << 10,
            waiting_bytes_in_all: 32 << 20,
            unfinished_bytes_in_all: 32 << 20,
            connect: Duration::from_secs(5),
            resolve: Duration::from_secs(5),
        }
    }
}
