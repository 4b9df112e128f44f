//! The flow that leads to a hop: where this server may send to, and from which address.

use std::net::SocketAddr;
use std::slice;

use sip_message::{Flow, Transport};

use super::destinations::PrivateTargets;
use super::hops::{Destination, Hop};
use super::names::Found;
use crate::account::Account;
use crate::myself::Myself;
use crate::network::Network;
use crate::unreachable::Unreachable;

/// Which ways this server takes.
#[derive(Debug, Clone)]
pub struct Ways {
    /// Who the server is: a call never leads back to it.
    pub(crate) myself: Myself,
    /// Which private addresses it sends to.
    pub(crate) private_targets: PrivateTargets,
}

impl Ways {
    /// The ways of a server with these addresses, to these targets.
    pub fn new(myself: Myself, private_targets: PrivateTargets) -> Self {
        Self {
            myself,
            private_targets,
        }
    }

    /// The flow to each hop of a request that came by `from`, in the order of the hops; `found`
    /// holds the addresses of their names. Connections that must be opened count for `account`.
    pub fn find(
        &self,
        hops: &[Hop],
        found: &Found,
        from: &Flow,
        account: Account,
        network: &mut dyn Network,
    ) -> Vec<Result<Flow, Unreachable>> {
        let mut asking = Asking {
            ways: self,
            from,
            account,
            network,
        };
        let hops = hops.iter().enumerate();
        hops.map(|(at, hop)| asking.flow_of_hop(hop, found.of(at)))
            .collect()
    }

    /// A call leads to a phone: a packet from one of our own addresses could be trusted more than
    /// the one it was made from.
    fn unless_myself(&self, flow: Flow) -> Result<Flow, Unreachable> {
        if self.myself.is_to_myself(&flow) {
            return Err(Unreachable::Myself);
        }
        Ok(flow)
    }
}

/// One request whose ways are found.
struct Asking<'a> {
    ways: &'a Ways,
    from: &'a Flow,
    account: Account,
    network: &'a mut dyn Network,
}

impl Asking<'_> {
    fn flow_of_hop(&mut self, hop: &Hop, found: &[SocketAddr]) -> Result<Flow, Unreachable> {
        if let Some(flow) = hop.over.and_then(|it| self.network.flow_of(it)) {
            return if hop.is_in_dialog {
                self.ways.unless_myself(flow)
            } else {
                Ok(flow)
            };
        }
        let (transport, addresses) = match &hop.to {
            Destination::Address(transport, address) => (*transport, slice::from_ref(address)),
            Destination::Name(transport, ..) => (*transport, found),
            Destination::Nowhere(why) => return Err(Unreachable::Nowhere(why)),
        };
        let mut flow = None;
        for address in addresses {
            let way = self.flow_to(hop, transport, *address);
            let is_found = way.is_ok();
            flow = Some(way);
            if is_found {
                break;
            }
        }
        flow.unwrap_or_else(|| {
            let name = match &hop.to {
                Destination::Name(_, name, _) => Some(name.to_string()),
                _ => None,
            };
            Err(Unreachable::NoAddress(name))
        })
    }

    /// The flow to an address, from where the hop is to leave if that is still one of ours.
    fn flow_to(
        &mut self,
        hop: &Hop,
        transport: Transport,
        remote: SocketAddr,
    ) -> Result<Flow, Unreachable> {
        let myself = &self.ways.myself;
        let local = hop.local.filter(|local| myself.listens_on(*local));
        // A socket of another server, or of one before a restart, says nothing about this one.
        let side = local.unwrap_or(self.from.local).ip();
        self.ways.private_targets.check(remote.ip(), side)?;
        if hop.is_in_dialog {
            // By the address the system would send from: a wildcard knows itself by that alone.
            let straight = self.network.flow_to(Transport::Udp, remote, self.account)?;
            self.ways.unless_myself(straight)?;
        }
        match local {
            Some(local) => self
                .network
                .flow_from(local, transport, remote, self.account),
            None => self.network.flow_to(transport, remote, self.account),
        }
    }
}
