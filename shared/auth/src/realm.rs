//! The realm in which a server asks.

use std::fmt;

use sip_message::Host;

/// The realm of a challenge: the one of `--realm`, or the domain in a request, which a phone may
/// write in any case. It is written as [`sip_digest::realm`] writes it.
#[derive(Clone, Copy)]
pub(crate) enum Realm<'a> {
    Given(&'a str),
    Domain(Host<'a>),
}

impl Realm<'_> {
    /// Whether the text is the realm as it is written.
    pub(crate) fn is_written(self, text: &str) -> bool {
        match self {
            Self::Given(realm) => text == realm,
            Self::Domain(Host::Name(name)) => {
                let lower = name.bytes().map(|byte| byte.to_ascii_lowercase());
                lower.eq(text.bytes())
            }
            // It has only one spelling, and reading it takes less time than writing it.
            Self::Domain(Host::V4(address)) => text.parse() == Ok(address),
            Self::Domain(host @ Host::V6(_)) => text == host.to_string(),
        }
    }
}

impl fmt::Display for Realm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(realm) => f.write_str(realm),
            Self::Domain(Host::Name(name)) => f.write_str(&sip_digest::realm(name)),
            Self::Domain(host) => host.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_realm_is_ours_in_the_spelling_of_the_challenge() {
        for (host, ours, other) in [
            ("a.example", "a.example", "A.example"),
            ("A.EXAMPLE", "a.example", "A.EXAMPLE"),
            ("192.168.1.15", "192.168.1.15", "192.168.01.15"),
            ("[2001:DB8::1]", "[2001:db8::1]", "[2001:DB8::1]"),
        ] {
            let realm = Realm::Domain(Host::parse(host).unwrap());
            assert_eq!(realm.to_string(), ours);
            assert!(realm.is_written(ours), "{ours}");
            assert!(!realm.is_written(other), "{other}");
        }
        let given = Realm::Given("SIP Steps");
        assert!(given.is_written("SIP Steps") && !given.is_written("sip steps"));
    }
}
