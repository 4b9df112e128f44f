//! Where a request is to go.

use std::net::SocketAddr;

use crate::arrival::Flow;

/// One member of a target set (RFC 3261 §16.5): where a request is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The URI that becomes the Request-URI, as it was registered.
    pub uri: String,
    /// The way to it when a connection is known (a TCP phone is called over the connection it
    /// registered on); `None` sends to the URI's own host and port.
    pub flow: Option<Flow>,
    /// The address of ours that the phone registered at. It is called from there: firewalls and
    /// phones drop what comes from elsewhere. `None` leaves the choice to the network.
    pub local: Option<SocketAddr>,
    /// The preference in thousandths, 0 to 1000.
    pub q: u16,
}

impl Target {
    /// A target that is reached by its URI alone.
    pub fn new(uri: impl Into<String>) -> Self {
        Self {
            uri: uri.into(),
            flow: None,
            local: None,
            q: 1000,
        }
    }
}
