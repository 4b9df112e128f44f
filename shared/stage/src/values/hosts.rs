//! Where an exchange's networks are with new values.

use sip_server::Secret;

use super::way::Way;

/// The networks of the exchanges, by their first three numbers. 127.0.0.1 stays what it is.
const WRITTEN: [[u8; 3]; 8] = [
    [192, 168, 1],
    [10, 0, 1],
    [10, 0, 2],
    [10, 0, 3],
    [10, 0, 9],
    [10, 8, 0],
    [198, 51, 100],
    [192, 0, 2],
];

/// The phones' network, where an address with SIP's own port gets another port.
const OFFICE: usize = 0;

/// The server's number in that network. It keeps its port: a domain has none written.
const SERVER: u8 = 15;

const SIP_PORT: &str = "5060";

/// The beginning of the exchanges' IPv6 addresses (RFC 3849).
const WRITTEN_V6: &str = "2001:db8:";

/// How the networks of an exchange are replaced.
#[derive(Clone)]
pub(super) struct Hosts {
    sent: [[u8; 3]; WRITTEN.len()],
    /// How far the last number of an address moves.
    moved: u8,
    port: String,
    v6: String,
}

impl Hosts {
    /// Other networks: of 172.16.0.0/12 and fd00::/8, which nobody else has.
    pub(super) fn new(secret: Secret) -> Self {
        let number = |purpose| secret.sign(purpose, &[]);
        let (second, third) = (number("second") % 16, number("third") % 256);
        let mut sent = WRITTEN;
        for (at, network) in sent.iter_mut().enumerate() {
            // Odd steps, so that no two networks become one.
            let third = (third + 37 * at as u64) % 256;
            *network = [172, 16 + second as u8, third as u8];
        }
        let group = number("group") % 0xf00 + 0x100;
        Self {
            sent,
            moved: (number("moved") % 253 + 1) as u8,
            port: (5061 + number("port") % 900).to_string(),
            v6: format!("fd{:02x}:{group:x}:", number("v6") % 0xf0 + 0x10),
        }
    }

    /// What the IPv4 address at the beginning of a text becomes, port included, and how long it is
    /// in the text; `None` if there is none of ours.
    pub(super) fn v4(&self, text: &str, way: Way) -> Option<(usize, String)> {
        let length = text.find(|c: char| !c.is_ascii_digit() && c != '.');
        let quad = text[..length.unwrap_or(text.len())].trim_end_matches('.');
        let numbers: Vec<u8> = quad
            .split('.')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .ok()?;
        let [a, b, c, last] = numbers[..] else {
            return None;
        };
        let (from, to) = match way {
            Way::Out => (&WRITTEN, &self.sent),
            Way::In => (&self.sent, &WRITTEN),
        };
        let network = from.iter().position(|network| *network == [a, b, c])?;
        let host = self.host(last, way);
        let written_host = if way == Way::Out { last } else { host };
        let [a, b, c] = to[network];
        let mut new = format!("{a}.{b}.{c}.{host}");
        let mut length = quad.len();
        let is_phone = network == OFFICE && written_host != SERVER;
        if is_phone && let Some(port) = port_after(&text[length..]) {
            let (old, other) = match way {
                Way::Out => (SIP_PORT, self.port.as_str()),
                Way::In => (self.port.as_str(), SIP_PORT),
            };
            if port == old {
                new.push(':');
                new.push_str(other);
                length += 1 + port.len();
            }
        }
        Some((length, new))
    }

    /// The last number of an address: 1 to 254 change places, 0 is the network itself.
    fn host(&self, last: u8, way: Way) -> u8 {
        if last == 0 || last == 255 {
            return last;
        }
        let by = match way {
            Way::Out => u16::from(self.moved),
            Way::In => 254 - u16::from(self.moved),
        };
        ((u16::from(last) - 1 + by) % 254 + 1) as u8
    }

    /// What the beginning of an IPv6 address becomes, and how long it is in the text.
    pub(super) fn v6(&self, text: &str, way: Way) -> Option<(usize, String)> {
        let (from, to) = match way {
            Way::Out => (WRITTEN_V6, self.v6.as_str()),
            Way::In => (self.v6.as_str(), WRITTEN_V6),
        };
        let begins = text.get(..from.len())?.eq_ignore_ascii_case(from);
        begins.then(|| (from.len(), to.to_owned()))
    }
}

/// The port that follows an address.
fn port_after(text: &str) -> Option<&str> {
    let port = text.strip_prefix(':')?;
    let length = port
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(port.len());
    Some(&port[..length])
}
