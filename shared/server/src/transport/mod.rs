//! Real sockets: UDP and TCP on the same ports.

/// The sockets of a server.
#[derive(Debug)]
pub struct Sockets;
