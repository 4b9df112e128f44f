//! Where a request may be sent. A Contact, a Request-URI, a Route, a `maddr` and a name are all
//! chosen by somebody outside, and must not lead them through this server to what they could not
//! reach without it: the services of its own machine, and those of its link.

use std::net::IpAddr;

use ipnet::IpNet;
use sip_message::Scope;

use crate::unreachable::Unreachable;

/// Which private addresses (RFC 1918, RFC 6598, fc00::/7) requests may be sent to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum PrivateTargets {
    /// All: phones are on a local network.
    #[default]
    All,
    /// Those of these networks; of no network, none.
    Only(Vec<IpNet>),
}

impl PrivateTargets {
    /// Checks a destination before anything is sent there. `side` is the address of ours at
    /// which it was chosen: where its phone registered, where the other end of the call is, else
    /// where the request came in. To loopback leads loopback alone, and to a link that link.
    ///
    /// # Errors
    /// Why nothing is sent there. No port is tried, so an open one looks like a closed one.
    pub(crate) fn check(&self, remote: IpAddr, side: IpAddr) -> Result<(), Unreachable> {
        let scope = Scope::of(remote);
        let is_allowed = match scope {
            Scope::NotOneMachine => false,
            Scope::Loopback | Scope::LinkLocal => Scope::of(side) == scope,
            Scope::Private => self.include(remote.to_canonical()),
            Scope::Global => true,
        };
        if is_allowed {
            return Ok(());
        }
        Err(Unreachable::Forbidden { remote, scope })
    }

    fn include(&self, remote: IpAddr) -> bool {
        match self {
            Self::All => true,
            Self::Only(networks) => networks.iter().any(|network| network.contains(&remote)),
        }
    }
}
