//! One branch of a relayed request, made ready to leave (RFC 3261 §16.6).

use sip_message::{Flow, HeaderName, MAX_MESSAGE, Request, Transport};

use crate::record_route::RecordRoute;
use crate::text::push_host_port;
use crate::way::Hop;

/// The bytes of a branch: Request-URI, Route, Record-Route and Via as this hop needs them,
/// everything else as it came. The message is left with the Request-URI of the branch.
pub(crate) fn branch_bytes(
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
