//! One branch of a relayed request, made ready to leave (RFC 3261 §16.6).

use std::net::SocketAddr;

use sip_message::{Flow, HeaderName, MAX_MESSAGE, Request, Transport};

use super::Core;
use super::hops::{Hop, Next};
use crate::account::Account;
use crate::network::{Network, Unreachable};
use crate::record_route::RecordRoute;
use crate::text::push_host_port;

/// Whose request is sent on: where it came in, and what it counts for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker {
    pub(crate) flow: Flow,
    pub(crate) account: Account,
}

impl Core {
    /// The flow a hop of a request of `from` is sent on.
    pub(crate) fn flow_of_hop(
        &self,
        hop: &Hop,
        from: &Asker,
        network: &mut dyn Network,
    ) -> Result<Flow, Unreachable> {
        self.flow_of_next(hop, &hop.next, from, network)
    }

    fn flow_of_next(
        &self,
        hop: &Hop,
        next: &Next,
        from: &Asker,
        network: &mut dyn Network,
    ) -> Result<Flow, Unreachable> {
        match next {
            Next::Flow(flow, otherwise) => match flow.connection {
                Some(connection) => match network.flow_of(connection) {
                    Some(flow) if hop.is_in_dialog => self.unless_myself(flow),
                    Some(flow) => Ok(flow),
                    None => self.flow_of_next(hop, otherwise, from, network),
                },
                None => self.flow_to(hop, from, flow.transport, flow.remote, network),
            },
            Next::Address(transport, address) => {
                self.flow_to(hop, from, *transport, *address, network)
            }
            Next::FirstOf(transport, addresses) => {
                let mut flow = Err(Unreachable("it has no address".to_owned()));
                for address in addresses {
                    flow = self.flow_to(hop, from, *transport, *address, network);
                    if flow.is_ok() {
                        break;
                    }
                }
                flow
            }
            Next::Name(_, name, _) => Err(Unreachable(format!("{name} has no address"))),
            Next::Nowhere(why) => Err(Unreachable((*why).to_owned())),
        }
    }

    /// The flow to an address, from where the hop is to leave if that is still one of ours.
    fn flow_to(
        &self,
        hop: &Hop,
        from: &Asker,
        transport: Transport,
        remote: SocketAddr,
        network: &mut dyn Network,
    ) -> Result<Flow, Unreachable> {
        let local = hop.local.filter(|local| self.myself.listens_on(*local));
        // A socket of another server, or of one before a restart, says nothing about this one.
        let side = local.unwrap_or(from.flow.local).ip();
        self.private_targets.check(remote.ip(), side)?;
        if hop.is_in_dialog {
            // By the address the system would send from: a wildcard knows itself by that alone.
            let straight = network.flow_to(Transport::Udp, remote, from.account)?;
            self.unless_myself(straight)?;
        }
        match local {
            Some(local) => network.flow_from(local, transport, remote, from.account),
            None => network.flow_to(transport, remote, from.account),
        }
    }

    /// A call leads to a phone: what comes from an address of this server may be believed more
    /// than what it was made of.
    fn unless_myself(&self, flow: Flow) -> Result<Flow, Unreachable> {
        if self.myself.is_to_myself(&flow) {
            return Err(Unreachable("it is this server itself".to_owned()));
        }
        Ok(flow)
    }

    /// The bytes of a branch: Request-URI, Route, Record-Route and Via as this hop needs them,
    /// everything else as it came. The message is left with the Request-URI of the branch.
    pub(crate) fn branch_bytes(
        &self,
        message: &mut Request,
        routes: &[RecordRoute],
        hop: &Hop,
        flow: &Flow,
        branch: &str,
    ) -> Vec<u8> {
        if let Some(router) = &hop.router {
            let message = strictly_routed(message, router, &hop.uri);
            return headed(&message, routes, flow, branch);
        }
        if hop.uri != message.uri_text() {
            message.set_uri(&hop.uri);
        }
        headed(message, routes, flow, branch)
    }
}

/// The longest message that can leave on a flow, in bytes: a datagram counts its UDP header, and
/// over IPv4 that of the packet, among its 65,535.
pub(crate) fn longest(flow: &Flow) -> usize {
    match flow.transport {
        Transport::Udp if flow.remote.is_ipv4() => MAX_MESSAGE - 28,
        Transport::Udp => MAX_MESSAGE - 8,
        Transport::Tcp => MAX_MESSAGE,
    }
}

/// Prints the message with our Via and Record-Route before all other header fields.
fn headed(message: &Request, routes: &[RecordRoute], flow: &Flow, branch: &str) -> Vec<u8> {
    let mut head = String::with_capacity(256);
    head.extend(["Via: SIP/2.0/", flow.transport.as_str(), " "]);
    push_host_port(&mut head, flow.local);
    head.extend([";branch=", branch, "\r\n"]);
    for route in routes.iter().rev() {
        head.extend(["Record-Route: ", &route.text, "\r\n"]);
    }
    let mut bytes = head.into_bytes();
    let head = bytes.len();
    message.print(flow.transport, &mut bytes);
    let start_line = bytes[head..].iter().position(|byte| *byte == b'\n');
    let start_line = start_line.map_or(0, |end| end + 1);
    bytes[..head + start_line].rotate_left(head);
    bytes
}

/// §16.6 step 6: a strict router wants itself in the Request-URI, and what belongs there as the
/// last Route.
fn strictly_routed(message: &Request, router: &str, uri: &str) -> Request {
    let mut message = message.clone();
    message.remove_first(HeaderName::Route);
    message.push_back(HeaderName::Route, &format!("<{uri}>"));
    message.set_uri(router);
    message
}
