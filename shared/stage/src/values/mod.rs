//! The values of an exchange: as it writes them, or new ones made from a seed, so that a script
//! cannot know them beforehand.

mod hosts;
mod rewrite;
mod users;
mod way;

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use sip_server::{Entropy, Secret};
use sip_user_agent::Wording;

use hosts::Hosts;
use rewrite::rewrite;
use way::Way;

/// How far from the exchange's own time a stage with new values starts, in seconds: three years.
const LATEST: u64 = 3 * 365 * 86_400;

/// The values of an exchange.
///
/// An exchange is written with fixed users, passwords, domains and addresses; the book shows them.
/// With a seed, other ones are sent: the phones write as ever, and their sockets replace every
/// name that leaves or arrives. Nonces, tags, branches and Call-IDs come from the seed, too.
#[derive(Clone, Default)]
pub struct Values(Option<Fresh>);

#[derive(Clone)]
struct Fresh {
    secret: Secret,
    /// Two digits that make a name another name: `10` becomes `4710`.
    salt: String,
    hosts: Hosts,
}

impl Values {
    /// The values that the exchange writes.
    pub fn as_written() -> Self {
        Self(None)
    }

    /// New values. The same seed makes the same ones.
    pub fn fresh(seed: u64) -> Self {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        let secret = Secret(bytes);
        Self(Some(Fresh {
            secret,
            salt: (20 + secret.sign("salt", &[]) % 80).to_string(),
            hosts: Hosts::new(secret),
        }))
    }

    /// Whether they are new, and given nonces, tags and Call-IDs are not used.
    pub fn are_fresh(&self) -> bool {
        self.0.is_some()
    }

    /// A user as it is sent: `10` is `4710`, `alice` is `alice47`.
    pub fn user(&self, user: &str) -> String {
        match &self.0 {
            Some(fresh) => users::sent(user, &fresh.salt),
            None => user.to_owned(),
        }
    }

    /// A password as a phone hashes it.
    pub fn password(&self, password: &str) -> String {
        match &self.0 {
            Some(fresh) => format!("{password}{}", fresh.salt),
            None => password.to_owned(),
        }
    }

    /// A text as it is sent: its addresses, its domains, its tags, and the users in its URIs replaced.
    pub fn text(&self, text: &str) -> String {
        self.rewritten(text, Way::Out)
    }

    /// A text that came, as the exchange writes it.
    pub(crate) fn as_exchange_writes(&self, text: &str) -> String {
        self.rewritten(text, Way::In)
    }

    fn rewritten(&self, text: &str, way: Way) -> String {
        match &self.0 {
            Some(fresh) => rewrite(text, way, &fresh.salt, &fresh.hosts),
            None => text.to_owned(),
        }
    }

    /// An address as it is on the wire.
    pub fn address(&self, address: SocketAddr) -> SocketAddr {
        let text = self.text(&address.to_string());
        text.parse().unwrap_or(address)
    }

    /// How much later than it writes the exchange starts.
    pub(crate) fn later(&self) -> Duration {
        let seconds = self
            .0
            .as_ref()
            .map(|it| it.secret.sign("start", &[]) % LATEST);
        Duration::from_secs(seconds.unwrap_or_default())
    }

    /// A number for a purpose; `written` is the one that an exchange as written has.
    pub fn number(&self, purpose: &str, written: u64) -> u64 {
        let number = self.0.as_ref().map(|it| it.secret.sign(purpose, &[]));
        number.unwrap_or(written)
    }

    /// The server's secret; `written` is the one that an exchange as written has.
    pub fn secret(&self, written: [u8; 16]) -> [u8; 16] {
        let Some(fresh) = &self.0 else {
            return written;
        };
        let half = |purpose| u128::from(fresh.secret.sign(purpose, &[]));
        (half("first half") << 64 | half("second half")).to_be_bytes()
    }

    /// Numbers that follow from the seed, for somebody of this name; `None` for values as written.
    pub(crate) fn numbers(&self, name: &str) -> Option<Numbers> {
        let secret = self.0.as_ref()?.secret;
        let name = name.to_owned();
        Some(Numbers {
            secret,
            name,
            count: 0,
        })
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.are_fresh() {
            "Values(fresh)"
        } else {
            "Values(as written)"
        })
    }
}

impl Wording for Values {
    fn user(&self, user: &str) -> String {
        Self::user(self, user)
    }

    fn password(&self, password: &str) -> String {
        Self::password(self, password)
    }

    fn text(&self, text: &str) -> String {
        Self::text(self, text)
    }
}

/// Numbers that follow from a seed.
#[derive(Debug, Clone)]
pub(crate) struct Numbers {
    secret: Secret,
    name: String,
    count: u64,
}

impl Entropy for Numbers {
    fn number(&mut self) -> u64 {
        self.count += 1;
        let count = self.count.to_be_bytes();
        self.secret.sign("number", &[self.name.as_bytes(), &count])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_comes_back_as_it_was_written() {
        let text = "INVITE sip:11@192.168.1.15 SIP/2.0\r\n\
            Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK-10-1;rport\r\n\
            Route: <sip:192.168.1.15;lr>, <sip:10.0.1.102;lr>\r\n\
            From: \"x\" <sip:alice@EXAMPLE.com>;tag=10\r\nTo: <sip:+41215500000@carrier.example>\r\n\
            Contact: <sip:10@[2001:db8::10]:5060>\r\nExpires: 10\r\n\
            Authorization: Digest username=\"10\", realm=\"192.168.1.15\", uri=\"sip:192.168.1.15\"\r\n";
        for seed in 0..200 {
            let values = Values::fresh(seed);
            let sent = values.text(text);
            for written in [
                "192.168.1.",
                "10.0.1.",
                "sip:11@",
                "sip:alice@",
                "EXAMPLE.com>",
                "2001:db8:",
            ] {
                assert!(!sent.contains(written), "{written} in {sent}");
            }
            assert!(
                sent.contains("Expires: 10\r\n") && !sent.contains("tag=10\r\n"),
                "{sent}"
            );
            assert_eq!(values.as_exchange_writes(&sent), text);
        }
    }

    #[test]
    fn addresses_of_one_network_stay_together() {
        let values = Values::fresh(1);
        let sent = |text: &str| values.address(text.parse().unwrap_or_else(|e| panic!("{e}")));
        let octets = |text: &str| match sent(text).ip() {
            std::net::IpAddr::V4(ip) => ip.octets(),
            std::net::IpAddr::V6(_) => panic!("an IPv4 address"),
        };
        assert_eq!(
            octets("192.168.1.10:5060")[..3],
            octets("192.168.1.66:5060")[..3]
        );
        assert_ne!(
            octets("192.168.1.10:5060")[..3],
            octets("10.0.1.10:5060")[..3]
        );
        assert_eq!(octets("10.0.2.0:1")[3], 0, "a network stays one");
        assert_ne!(sent("192.168.1.10:5060").port(), 5060);
        assert_eq!(
            sent("192.168.1.15:5060").port(),
            5060,
            "the server stays at SIP's own port"
        );
        assert_eq!(sent("127.0.0.1:6379").to_string(), "127.0.0.1:6379");
    }

    #[test]
    fn values_as_written_change_nothing() {
        let values = Values::as_written();
        assert_eq!(values.text("sip:10@192.168.1.15"), "sip:10@192.168.1.15");
        assert_eq!(values.number("serial", 1), 1);
    }
}
