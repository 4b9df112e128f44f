//! One branch of a relayed request, made ready to leave (RFC 3261 §16.6).

use sip_message::{Flow, Name, Request};

use super::Core;
use super::hops::{Hop, Next};
use crate::network::{Network, Unreachable};
use crate::record_route::record_routes;
use crate::text::push_host_port;

/// What all branches of a request share.
pub(crate) struct Outline {
    /// Whether the script asked to stay on the path.
    pub(crate) record_route: bool,
}

impl Core {
    /// The flow a hop is sent on.
    pub(crate) fn flow_of_hop(
        &self,
        next: &Next,
        network: &mut dyn Network,
    ) -> Result<Flow, Unreachable> {
        match next {
            Next::Flow(flow, otherwise) => match flow.connection {
                Some(connection) => match network.flow_of(connection) {
                    Some(flow) => Ok(flow),
                    None => self.flow_of_hop(otherwise, network),
                },
                None if self.names.listens_on(flow.local) => Ok(*flow),
                // Kept from before a restart with other addresses.
                None => network.flow_to(flow.transport, flow.remote),
            },
            Next::Address(transport, address) => network.flow_to(*transport, *address),
            Next::Name(_, name, _) => Err(Unreachable(format!("{name} has no address"))),
            Next::Nowhere(why) => Err(Unreachable((*why).to_owned())),
        }
    }

    /// The bytes of a branch: Request-URI, Route, Record-Route and Via as this hop needs them,
    /// everything else as it came. The message is left with the Request-URI of the branch.
    pub(crate) fn branch_bytes(
        &self,
        message: &mut Request,
        outline: &Outline,
        hop: &Hop,
        flow: &Flow,
        branch: &str,
    ) -> Vec<u8> {
        if hop.strict {
            let mut message = strictly_routed(message, hop);
            return self.headed(&mut message, outline, flow, branch);
        }
        if hop.uri != message.uri_text() {
            message.set_uri(&hop.uri);
        }
        self.headed(message, outline, flow, branch)
    }

    /// Prints the message with our Record-Route and Via before all else.
    fn headed(
        &self,
        message: &mut Request,
        outline: &Outline,
        flow: &Flow,
        branch: &str,
    ) -> Vec<u8> {
        let routes = match outline.record_route {
            true => record_routes(&self.names, message, &message.arrival().flow, flow),
            false => Vec::new(),
        };
        for value in &routes {
            message.push_front(Name::RecordRoute, value);
        }
        let mut via = String::with_capacity(112);
        via.extend(["SIP/2.0/", flow.transport.as_str(), " "]);
        push_host_port(&mut via, flow.local);
        via.extend([";branch=", branch]);
        message.push_front(Name::Via, &via);
        let bytes = message.to_bytes();
        message.remove_first(Name::Via);
        for _ in &routes {
            message.remove_first(Name::RecordRoute);
        }
        bytes
    }
}

/// §16.6 step 6: a strict router wants itself in the Request-URI, and what belongs there as the
/// last Route.
fn strictly_routed(message: &Request, hop: &Hop) -> Request {
    let mut message = message.clone();
    let router = message.routes().flatten().next();
    if let Some(router) = router.map(|route| route.uri.to_owned()) {
        message.remove_first(Name::Route);
        message.push_back(Name::Route, &format!("<{}>", hop.uri));
        message.set_uri(&router);
    }
    message
}
