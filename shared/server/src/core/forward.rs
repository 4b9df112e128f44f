//! One branch of a relayed request, made ready to leave (RFC 3261 §16.6).

use sip_message::{Flow, Name, Request, Transport};

use super::Core;
use super::hops::{Hop, Next};
use super::via::host_port;
use crate::network::{Network, Unreachable};
use crate::record_route::record_routes;

/// What all branches of a request share.
pub(crate) struct Outline {
    /// Whether the script asked to stay on the path.
    pub(crate) record_route: bool,
    /// The Max-Breadth each branch gets, when the request forks or came with one.
    pub(crate) breadth: Option<u32>,
}

impl Core {
    /// The flow a hop is sent on.
    pub(crate) fn flow_of_hop(next: &Next, network: &mut dyn Network) -> Result<Flow, Unreachable> {
        match next {
            Next::Flow(flow, otherwise) => match flow.connection {
                Some(connection) => match network.flow_of(connection) {
                    Some(flow) => Ok(flow),
                    None => Self::flow_of_hop(otherwise, network),
                },
                None => Ok(*flow),
            },
            Next::Address(transport, address) => network.flow_to(*transport, *address),
            Next::Name(_, name, _) => Err(Unreachable(format!("{name} has no address"))),
            Next::Nowhere(why) => Err(Unreachable((*why).to_owned())),
        }
    }

    /// The bytes of a branch: Request-URI, Route, Record-Route, Max-Breadth and Via as this hop
    /// needs them, everything else as it came.
    pub(crate) fn branch_bytes(
        &self,
        request: &Request,
        outline: &Outline,
        hop: &Hop,
        flow: &Flow,
        branch: &str,
    ) -> Vec<u8> {
        let mut message = request.clone();
        let first_route = message
            .routes()
            .flatten()
            .map(|route| route.uri.to_owned())
            .next();
        match first_route {
            Some(strict_router) if hop.strict => {
                message.remove_first(Name::Route);
                message.push_back(Name::Route, &format!("<{}>", hop.uri));
                message.set_uri(&strict_router);
            }
            _ if hop.uri != message.uri_text() => message.set_uri(&hop.uri),
            _ => {}
        }
        if let Some(breadth) = outline.breadth {
            message.set(Name::MaxBreadth, &breadth.to_string());
        }
        if outline.record_route {
            for value in record_routes(&self.names, request, &request.arrival().flow, flow) {
                message.push_front(Name::RecordRoute, &value);
            }
        }
        let transport = match flow.transport {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
        };
        let sent_by = host_port(flow.local);
        message.push_front(
            Name::Via,
            &format!("SIP/2.0/{transport} {sent_by};branch={branch}"),
        );
        message.to_bytes()
    }
}
