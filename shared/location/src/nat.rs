//! When a phone is called at its source address instead of its Contact URI.

use std::net::IpAddr;

use sip_message::{Flow, HeaderName, Host, Request, Scope, SipUri, Transport};

/// The way back to the phone that sent this REGISTER, if its Contact URI does not lead there.
///
/// Over TCP it is the phone's own connection: the server cannot open one through a NAT, and the
/// Contact often names a port without a listener (RFC 5626 §5.3). It is used for a Contact that
/// names the sender, by the host in its Via or by its source address. A Contact may also name another
/// phone (§10.2.1), which is then called at that Contact.
///
/// Over UDP it is the source of the packet, and only if the phone is clearly behind a NAT: Via and
/// Contact name the same address, which is unreachable from outside, and the packet came from
/// another. A REGISTER for someone else's phone (§10.2, third party) names its sender in Via, so it
/// never diverts calls to the sender. Kamailio's `nat_uac_test` has the same checks as tests 1 and
/// 2, but needs only one of them.
///
/// A REGISTER through another proxy has no way back here: its source is not the phone.
pub(crate) fn way_back(request: &Request, contact: &SipUri<'_>) -> Option<Flow> {
    let flow = request.arrival().flow;
    let named = host(contact);
    let is_way_back = match flow.transport {
        Transport::Tcp => is_same(named, flow.remote.ip()) || is_in_via(request, named),
        Transport::Udp => is_behind_nat(request, named, flow.remote.ip()),
    };
    let is_direct = || request.list(HeaderName::Via).nth(1).is_none();
    (is_way_back && is_direct()).then_some(flow)
}

/// The host that a Contact leads to: `maddr` overrides the host part (§19.1.1).
fn host<'a>(contact: &SipUri<'a>) -> Host<'a> {
    let maddr = contact.params.value("maddr");
    let maddr = maddr.and_then(|maddr| Host::parse(maddr).ok());
    maddr.unwrap_or(contact.host)
}

fn is_behind_nat(request: &Request, named: Host<'_>, source: IpAddr) -> bool {
    named.ip().is_some_and(is_meaningless_elsewhere)
        && !is_same(named, source)
        && is_in_via(request, named)
}

fn is_in_via(request: &Request, named: Host<'_>) -> bool {
    let via = request.top_via();
    via.is_ok_and(|via| via.host == named || via.host.ip().is_some_and(|ip| is_same(named, ip)))
}

/// Whether a host is that address, in any form.
fn is_same(host: Host<'_>, address: IpAddr) -> bool {
    let ip = host.ip().map(|ip| ip.to_canonical());
    ip == Some(address.to_canonical())
}

/// Whether an address only has a meaning near its owner, or none at all.
fn is_meaningless_elsewhere(address: IpAddr) -> bool {
    match Scope::of(address) {
        Scope::Private | Scope::LinkLocal => true,
        Scope::NotOneMachine => address.to_canonical().is_unspecified(),
        Scope::Loopback | Scope::Global => false,
    }
}
