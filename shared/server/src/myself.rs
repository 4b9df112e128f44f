//! Who this server is: its addresses, its domains, its realms and its secret.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use sip_message::{Flow, Host, SipUri, Uri};
use siphasher::sip::SipHasher24;

/// A key that only this server has. Kept in the database from chapter 2 on, so that what it
/// signed stays good over a restart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret(pub [u8; 16]);

impl Secret {
    /// A keyed fingerprint of the parts (SipHash-2-4, a message authentication code for short
    /// texts), for what nobody else can make: tags, signed Routes.
    pub fn sign(&self, purpose: &str, parts: &[&[u8]]) -> u64 {
        // One piece is faster than many writes.
        let mut text = Vec::with_capacity(256);
        let mut push = |part: &[u8]| {
            text.extend_from_slice(&(part.len() as u32).to_ne_bytes());
            text.extend_from_slice(part);
        };
        push(purpose.as_bytes());
        for part in parts {
            push(part);
        }
        SipHasher24::new_with_key(&self.0).hash(&text)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Who "myself" is (`uri == myself` of the texts): the addresses listened on and the domains
/// served, all one domain to the registrar. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Myself {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    listeners: Vec<SocketAddr>,
    domains: Vec<String>,
    realms: Vec<String>,
    secret: Secret,
}

impl Myself {
    /// A server: where it listens (a wildcard means whatever address a packet came to), the domains of `--domain`, and its secret.
    pub fn new(listeners: Vec<SocketAddr>, domains: Vec<String>, secret: Secret) -> Self {
        Self::on_machine(listeners, domains, secret, &[])
    }

    /// As [`Myself::new`], on a machine with these addresses.
    pub fn on_machine(
        listeners: Vec<SocketAddr>,
        domains: Vec<String>,
        secret: Secret,
        machine: &[IpAddr],
    ) -> Self {
        let addresses = listeners.iter().flat_map(|listener| {
            let any = listener.ip().is_unspecified();
            let of_machine = machine.iter().copied();
            let meant = of_machine.filter(move |ip| any && ip.is_ipv4() == listener.is_ipv4());
            meant.chain((!any).then_some(listener.ip()))
        });
        let realms = addresses.map(|ip| match ip {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!("[{v6}]"),
        });
        let realms = realms.chain(domains.iter().cloned()).collect();
        Self {
            inner: Arc::new(Inner {
                listeners,
                domains,
                realms,
                secret,
            }),
        }
    }

    /// The realms this server asks in where it is given none: a user's domain, which is one of the
    /// domains served or an address listened on. A wildcard means the addresses that the
    /// machine had when the server started.
    pub fn realms(&self) -> &[String] {
        &self.inner.realms
    }

    /// The addresses listened on, as configured.
    pub fn listeners(&self) -> &[SocketAddr] {
        &self.inner.listeners
    }

    /// Whether packets can leave from this address: it is listened on, by itself or by a
    /// wildcard of its family.
    pub fn listens_on(&self, local: SocketAddr) -> bool {
        self.inner.listeners.iter().any(|listener| {
            let any = listener.ip().is_unspecified() && listener.is_ipv4() == local.is_ipv4();
            listener.port() == local.port() && (any || listener.ip() == local.ip())
        })
    }

    /// The domains served besides the addresses.
    pub fn domains(&self) -> &[String] {
        &self.inner.domains
    }

    /// The server's secret.
    pub fn secret(&self) -> &Secret {
        &self.inner.secret
    }

    /// Whether a URI names this server, for a request that came by `flow`: one of its domains
    /// at any port, or one of its addresses at a port it listens on.
    pub fn is_myself(&self, uri: &Uri<'_>, flow: &Flow) -> bool {
        uri.sip().is_some_and(|uri| self.is_my_host(uri, flow))
    }

    /// Whether a request to a URI would come here: it names this server, at a port it listens on.
    /// A domain of ours at another port is a phone or a gateway that has the address, too.
    pub(crate) fn leads_here(&self, uri: &Uri<'_>, flow: &Flow) -> bool {
        let port = uri.sip().map(SipUri::port_or_default);
        let mut listeners = self.inner.listeners.iter();
        listeners.any(|listener| Some(listener.port()) == port) && self.is_myself(uri, flow)
    }

    /// Whether what is sent on a flow comes to this server itself, whatever name led to it. A
    /// wildcard means every address of the machine: the kernel sends to one of these from
    /// the same one, or from loopback to loopback.
    pub(crate) fn is_to_myself(&self, flow: &Flow) -> bool {
        let (ip, local) = (flow.remote.ip(), flow.local.ip());
        let is_of_this_machine = ip == local || ip.is_loopback();
        self.inner.listeners.iter().any(|listener| {
            let any = listener.ip().is_unspecified() && listener.is_ipv4() == ip.is_ipv4();
            let is_it = listener.ip() == ip || any && is_of_this_machine;
            is_it && listener.port() == flow.remote.port()
        })
    }

    /// Whether a URI was sent here for its `maddr`: that names this server, at a port it
    /// listens on (RFC 3261 §16.4).
    pub(crate) fn is_my_maddr(&self, uri: &SipUri<'_>, flow: &Flow) -> bool {
        let maddr = uri.params.value("maddr");
        let maddr = maddr.and_then(|maddr| Host::parse(maddr).ok());
        let is_here = uri.port_or_default() == flow.local.port();
        is_here && maddr.is_some_and(|host| self.is_my_host(&SipUri { host, ..*uri }, flow))
    }

    fn is_my_host(&self, uri: &SipUri<'_>, flow: &Flow) -> bool {
        let is_my_domain = |domain: &String| Host::parse(domain).is_ok_and(|d| d == uri.host);
        let is_my_address = |ip: IpAddr| {
            let port = uri.port_or_default();
            self.inner.listeners.iter().any(|listener| {
                let is_any = listener.ip().is_unspecified() && listener.is_ipv4() == ip.is_ipv4();
                let is_it = listener.ip() == ip || is_any && flow.local.ip() == ip;
                is_it && listener.port() == port
            })
        };
        uri.host.ip().is_some_and(is_my_address) || self.inner.domains.iter().any(is_my_domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_sends_to_itself_at_every_address_of_the_machine() {
        let is_to_myself = |listener: &str, local: &str, remote: &str| {
            let [listener, local, remote] = [listener, local, remote].map(|a| a.parse().unwrap());
            let flow = Flow::udp(local, remote);
            Myself::new(vec![listener], Vec::new(), Secret([0; 16])).is_to_myself(&flow)
        };
        for (listener, local, remote, expected) in [
            ("192.0.2.1:5060", "192.0.2.1:5060", "192.0.2.1:5060", true),
            ("192.0.2.1:5060", "192.0.2.1:5060", "192.0.2.1:5070", false),
            ("192.0.2.1:5060", "192.0.2.1:5060", "127.0.0.1:5060", false),
            ("0.0.0.0:5060", "192.0.2.1:5060", "192.0.2.1:5060", true),
            ("0.0.0.0:5060", "127.0.0.1:5060", "127.9.9.9:5060", true),
            ("0.0.0.0:5060", "192.0.2.1:5060", "192.0.2.1:5070", false),
            ("0.0.0.0:5060", "192.0.2.1:5060", "192.0.2.11:5060", false),
            (
                "[::]:5060",
                "[2001:db8::1]:5060",
                "[2001:db8::1]:5060",
                true,
            ),
            ("[::]:5060", "127.0.0.1:5060", "127.0.0.1:5060", false),
        ] {
            let found = is_to_myself(listener, local, remote);
            assert_eq!(found, expected, "{listener} {local} {remote}");
        }
    }

    #[test]
    fn a_wildcard_asks_in_the_realms_of_its_family() {
        let [v4, v6, any, named] = ["192.0.2.1", "2001:db8::1", "0.0.0.0", "192.0.2.9"]
            .map(|ip| ip.parse::<IpAddr>().unwrap());
        let domains = vec!["example.com".to_owned()];
        let listeners = [any, named].map(|ip| SocketAddr::new(ip, 5060)).to_vec();
        let myself = Myself::on_machine(listeners, domains, Secret([0; 16]), &[v4, v6]);
        assert_eq!(myself.realms(), ["192.0.2.1", "192.0.2.9", "example.com"]);
        let listeners = vec!["[::]:5060".parse().unwrap()];
        let myself = Myself::on_machine(listeners, Vec::new(), Secret([0; 16]), &[v4, v6]);
        assert_eq!(myself.realms(), ["[2001:db8::1]"]);
    }

    #[test]
    fn every_byte_of_a_long_text_counts_in_a_signature() {
        let secret = Secret(*b"sixteen bytes ok");
        for lengths in [
            [10, 20, 30],
            [100, 150, 1],
            [100, 300, 100],
            [256, 256, 256],
        ] {
            let mut parts = lengths.map(|length| vec![b'x'; length]);
            let sign = |parts: &[Vec<u8>; 3]| {
                secret.sign("test", &parts.each_ref().map(|part| part.as_slice()))
            };
            let before = sign(&parts);
            for (part, length) in lengths.into_iter().enumerate() {
                for byte in 0..length {
                    parts[part][byte] = b'y';
                    assert_ne!(sign(&parts), before, "byte {byte} of part {part}");
                    parts[part][byte] = b'x';
                }
            }
        }
    }
}
