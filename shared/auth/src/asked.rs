//! Which network was challenged, and by what: a nonce is good there and nowhere else.

use std::net::IpAddr;

use sip_message::Request;

use crate::answer::Asking;
use crate::network::network;

/// How many bits of an IPv6 address are one customer's network. Phones may change the rest at any
/// time (RFC 8981) without being asked again.
const PREFIX: u8 = 64;

/// The network a request came from, and whether a registrar or a proxy asks it for a password.
///
/// Over UDP a source can be forged, but the forger does not receive the reply. An answer to a nonce
/// that was given to the same network shows that someone there received the challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Asked {
    network: IpAddr,
    asking: Asking,
}

impl Asked {
    pub(crate) fn new(request: &Request, asking: Asking) -> Self {
        let source = request.arrival().flow.remote.ip();
        Self::at(source, asking)
    }

    pub(crate) fn at(source: IpAddr, asking: Asking) -> Self {
        Self {
            network: network(source, PREFIX),
            asking,
        }
    }

    /// As bytes, different for each value: the network, padded with zeros, then its kind and the
    /// asker.
    pub(crate) fn bytes(self) -> [u8; 18] {
        let mut bytes = [0; 18];
        match self.network {
            IpAddr::V4(v4) => {
                bytes[..4].copy_from_slice(&v4.octets());
                bytes[16] = 4;
            }
            IpAddr::V6(v6) => {
                bytes[..16].copy_from_slice(&v6.octets());
                bytes[16] = 6;
            }
        }
        bytes[17] = match self.asking {
            Asking::Server => 1,
            Asking::Proxy => 2,
        };
        bytes
    }
}
