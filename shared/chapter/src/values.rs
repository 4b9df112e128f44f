//! The values of flags, read and checked.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::IpNet;
use sip_message::{Host, MAX_MESSAGE};
use sip_server::PrivateTargets;

/// The port of SIP where none is given (RFC 3261 §19.1.2).
const SIP_PORT: u16 = 5060;

/// `127.0.0.1:5060`, `127.0.0.1`, `[::1]:5060`, `[::1]` or `::1`.
pub(crate) fn listen_address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    if let Ok(ip) = bare.unwrap_or(text).parse::<IpAddr>() {
        return Ok(SocketAddr::new(ip, SIP_PORT));
    }
    let any = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), SIP_PORT);
    Err(format!(
        "expected an IP address, with or without a port, such as 192.168.1.15:5060, \
         [::1]:5060 or {any} (every IPv4 address of this machine); a name goes to --domain"
    ))
}

/// A host name or an IP address, as phones write it behind the `@`.
pub(crate) fn domain(text: &str) -> Result<String, String> {
    Host::parse(text).map(|_| text.to_owned()).map_err(|_| {
        "expected a bare name such as example.com, without sip: and without a port".to_owned()
    })
}

/// `all`, `none`, or networks with commas between them; an address is a network of its own.
pub(crate) fn private_targets(text: &str) -> Result<PrivateTargets, String> {
    let network = |text: &str| {
        let address = || text.parse::<IpAddr>().map(IpNet::from).ok();
        let network = text.parse().ok().or_else(address);
        network.ok_or_else(|| {
            format!(
                "{text:?} is not a network: write all, none, or networks such as \
                 192.168.1.0/24,10.0.0.5"
            )
        })
    };
    match text {
        "all" => Ok(PrivateTargets::All),
        "none" => Ok(PrivateTargets::Only(Vec::new())),
        networks => {
            let networks = networks.split(',').map(str::trim).map(network);
            networks.collect::<Result<_, _>>().map(PrivateTargets::Only)
        }
    }
}

pub(crate) fn message_length(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|bytes| (1..=MAX_MESSAGE).contains(bytes))
        .ok_or(format!("expected a number from 1 to {MAX_MESSAGE}"))
}

/// Kamailio's and RFC 3261's expiry is an unsigned number of 32 bits; 0 would unregister.
pub(crate) fn seconds() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..)
}

/// A registrar may refuse an expiry as too brief only below an hour (RFC 3261 §10.3 step 7).
pub(crate) fn shortest() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=3600)
}
