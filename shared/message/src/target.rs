//! One place a request can go.

use std::net::SocketAddr;

use crate::arrival::Flow;
use crate::q::Q;

/// One member of a target set (RFC 3261 §16.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The URI that becomes the Request-URI, as it was registered.
    pub uri: String,
    /// The way to it, if a connection is known: a TCP phone is called over the connection it
    /// registered on. `None` means the host and port of the URI.
    pub flow: Option<Flow>,
    /// Our address at which the phone registered. It is called from there, because firewalls and
    /// phones drop packets from other addresses. `None` leaves the choice to the network.
    pub local: Option<SocketAddr>,
    /// The preference; targets of a higher one are tried first.
    pub q: Q,
}

impl Target {
    /// A target that is reached through its URI only.
    pub fn new(uri: impl Into<String>) -> Self {
        Self {
            uri: uri.into(),
            flow: None,
            local: None,
            q: Q::ONE,
        }
    }
}
