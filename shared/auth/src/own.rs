//! Which realms are this server's own.

use std::borrow::Cow;
use std::net::IpAddr;

use sip_message::Host;

use crate::authorize::Auth;

/// Every realm of this server, for a message that came to one of its addresses.
pub(crate) struct OwnRealms<'a> {
    pub(crate) given: Option<&'a str>,
    pub(crate) names: &'a [String],
    /// The address of ours that the message came to, in its canonical form.
    pub(crate) local: IpAddr,
}

impl Auth {
    /// The realms of this server: the one of `--realm`, `names`, and the address that a message was
    /// sent to, which may be newer than the names.
    pub(crate) fn own_realms<'a>(&'a self, names: &'a [String], local: IpAddr) -> OwnRealms<'a> {
        OwnRealms {
            given: self.inner.settings.realm.as_deref(),
            names,
            local: local.to_canonical(),
        }
    }
}

impl OwnRealms<'_> {
    /// Whether one of the realms is this server's.
    pub(crate) fn has_any(&self, realms: &[&str]) -> bool {
        realms.iter().any(|realm| self.has(realm))
    }

    /// Whether a realm, as it came between its quotes, is this server's: in any case, and with or
    /// without its escapes (RFC 3261 §25.1, quoted-pair), because phones hash it either way.
    fn has(&self, realm: &str) -> bool {
        self.is(realm) || realm.contains('\\') && self.is(&unescaped(realm))
    }

    fn is(&self, realm: &str) -> bool {
        let is_named = |name: &str| name.eq_ignore_ascii_case(realm);
        if self.given.is_some_and(is_named) || self.names.iter().any(|name| is_named(name)) {
            return true;
        }
        // An IPv6 address can be written in many ways.
        let address = |text: &str| match Host::parse(text).ok().and_then(Host::ip) {
            None => text.parse::<IpAddr>().ok().map(|ip| ip.to_canonical()),
            ip => ip.map(|ip| ip.to_canonical()),
        };
        let Some(ip) = address(realm) else {
            return false;
        };
        ip == self.local || self.names.iter().any(|name| address(name) == Some(ip))
    }
}

/// A quoted string without its escapes.
fn unescaped(text: &str) -> Cow<'_, str> {
    let mut characters = text.chars();
    let mut read = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        match character {
            '\\' => read.extend(characters.next()),
            other => read.push(other),
        }
    }
    Cow::Owned(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_realm_is_ours_in_every_spelling() {
        let names = ["example.com", "192.0.2.15", "[2001:db8::15]"].map(str::to_owned);
        let own = OwnRealms {
            given: Some("SIP \\Steps"),
            names: &names,
            local: "198.51.100.15".parse().unwrap(),
        };
        for (realm, ours) in [
            ("example.com", true),
            ("EXAMPLE.com", true),
            (r"ex\ample.c\om", true),
            ("sip \\steps", true),
            ("192.0.2.15", true),
            ("198.51.100.15", true),
            ("[2001:DB8:0::15]", true),
            ("2001:db8::15", true),
            ("::ffff:192.0.2.15", true),
            ("an.example.com", false),
            ("example.co", false),
            ("192.0.2.1", false),
            ("[2001:db8::16]", false),
            ("", false),
        ] {
            assert_eq!(own.has(realm), ours, "{realm}");
        }
    }
}
