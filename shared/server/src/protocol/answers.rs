//! Where an answer goes (RFC 3261 §18.2.2, RFC 3581 §4).

use std::net::SocketAddr;

use sip_message::{Flow, Request, Scope, Transport, Via};

/// The port of a Via that names none (RFC 3261 §18.2.2).
const SIP_PORT: u16 = 5060;

/// A request, and where it is answered.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Request,
    pub(crate) flow: Flow,
}

/// The flow on which a request with that top Via is answered: over TCP its connection, over UDP
/// back to the address it came from, and to no other. What a client writes chooses a port there,
/// never an address: else anybody could have this server send to a third party. So a `maddr`
/// counts for nothing.
pub(crate) fn answer_flow(via: &Via<'_>, mut came_by: Flow) -> Flow {
    if came_by.transport == Transport::Udp {
        let port = answer_port(via, came_by.remote);
        came_by.remote.set_port(port);
    }
    came_by
}

/// The port of the source where the client asks for it (`rport`), else that of the Via: phones
/// without `rport` may send from one port and listen at another. A private address in the Via of
/// a packet from elsewhere is behind a NAT, which lets an answer through to the source port alone.
fn answer_port(via: &Via<'_>, source: SocketAddr) -> u16 {
    let port = match via.port.unwrap_or(SIP_PORT) {
        0 => return source.port(), // nobody can listen there
        port if port == source.port() => return port,
        port => port,
    };
    let is_elsewhere = |ip: &std::net::IpAddr| ip.to_canonical() != source.ip().to_canonical();
    let named = via.host.ip().filter(is_elsewhere);
    let is_behind_nat = named.is_some_and(|named| Scope::of(named) == Scope::Private);
    if is_behind_nat || via.params.has("rport") {
        return source.port();
    }
    port
}
