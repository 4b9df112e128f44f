//! What a phone's settings are.

use std::net::SocketAddr;

use sip_message::Transport;

/// A phone's settings.
#[derive(Debug, Clone)]
pub struct Account {
    /// The user part of its address-of-record: `10`.
    pub user: String,
    /// The domain of its address-of-record, as the user would write it: `192.168.1.15`.
    pub domain: String,
    /// Where it sends requests without a route of their own.
    pub server: SocketAddr,
    /// Its own address, as in Via and Contact.
    pub local: SocketAddr,
    /// The transport it prefers.
    pub transport: Transport,
}
