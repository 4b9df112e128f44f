//! What the `call` parameter of our Record-Routes says, and how it is signed.
//!
//! `call=01121abe09c8.a.0c2f9e5b7d61a834.5fadb2d6a902d62f` has four parts: when the call began
//! (milliseconds since 1970), whose requests it carries, the place they go to, and the
//! signature over these three, the call, and the rest of the way. All but the time are keyed
//! hashes, so a phone can copy them and cannot make them.

use std::net::IpAddr;

use sip_message::{Connection, Flow, Host, Scope, Uri};

use crate::keys::{CallKey, DialogKey, PlaceKey};
use crate::myself::Secret;
use crate::text::{push_hex, push_time};

/// An end of a call. A Route carries the requests of one of them, to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Who sent the request that began the call.
    Caller,
    /// Who answered it.
    Callee,
}

impl Side {
    /// The other end.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Caller => Self::Callee,
            Self::Callee => Self::Caller,
        }
    }
}

/// What a Record-Route of ours says, apart from its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// When the call began, in milliseconds since 1970.
    pub(crate) since: u64,
    /// Whether the call was entered in the table of calls when it began.
    pub(crate) is_kept: bool,
    /// Whose requests it carries.
    pub(crate) side: Side,
    /// Where they go: [`place`] of the other end's Contact.
    pub(crate) target: PlaceKey,
}

/// The first step from here to an end of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FirstHop {
    /// The connection it takes, on a stream.
    pub(crate) over: Option<Connection>,
    nearness: &'static [u8],
}

impl FirstHop {
    /// A step over a connection, if any, from an address of ours, if that is known. Of the address it is
    /// signed whether it is loopback or on a link: nobody may lead a call there by writing such an address
    /// into the Route. Other addresses may change, as a NAT in front of us may do that.
    pub(crate) fn new(over: Option<Connection>, from: Option<IpAddr>) -> Self {
        let nearness: &[u8] = match from.map(Scope::of) {
            Some(Scope::Loopback) => b"loopback",
            Some(Scope::LinkLocal) => b"link",
            _ => b"",
        };
        Self { over, nearness }
    }

    /// The step that a flow is.
    pub(crate) fn of(flow: &Flow) -> Self {
        Self::new(flow.connection, Some(flow.local.ip()))
    }
}

/// Between the parts.
const DOT: u8 = b'.';

impl Token {
    /// How long the text is: 12 digits of time reach 8,900 years.
    pub(crate) const LENGTH: usize = 12 + 1 + 1 + 1 + 16 + 1 + 16;

    /// Signs the token for a call ([`call_key`]), for the first step of its way and for the Routes behind
    /// ours.
    pub(crate) fn sign(
        &self,
        secret: &Secret,
        call: CallKey,
        step: FirstHop,
        behind: &[&str],
    ) -> u64 {
        let mut signed = Vec::with_capacity(32 + 8 * behind.len());
        signed.extend(call.0.to_be_bytes());
        signed.extend(self.since.to_be_bytes());
        signed.push(self.letter());
        signed.extend(self.target.0.to_be_bytes());
        signed.push(step.over.is_some().into());
        let number = step.over.map_or(0, |Connection(number)| number);
        signed.extend(number.to_be_bytes());
        for uri in behind {
            signed.extend(place(secret, uri).0.to_be_bytes());
        }
        secret.sign("route", &[&signed, step.nearness])
    }

    /// Writes the parameter's value.
    pub(crate) fn push(&self, out: &mut String, signature: u64) {
        let dot = char::from(DOT);
        push_time(out, self.since);
        out.extend([dot, char::from(self.letter()), dot]);
        push_hex(out, self.target.0);
        out.push(dot);
        push_hex(out, signature);
    }

    /// Reads the parameter's value: the token, and the signature that is to be checked.
    pub(crate) fn parse(text: &str) -> Option<(Self, u64)> {
        let text: &[u8; Self::LENGTH] = text.as_bytes().try_into().ok()?;
        if [text[12], text[14], text[31]] != [DOT; 3] {
            return None;
        }
        let (is_kept, side) = match text[13] {
            b'a' => (true, Side::Caller),
            b'b' => (true, Side::Callee),
            b'c' => (false, Side::Caller),
            b'd' => (false, Side::Callee),
            _ => return None,
        };
        let token = Self {
            since: hex(&text[..12])?,
            is_kept,
            side,
            target: PlaceKey(hex(&text[15..31])?),
        };
        Some((token, hex(&text[32..])?))
    }

    fn letter(&self) -> u8 {
        match (self.is_kept, self.side) {
            (true, Side::Caller) => b'a',
            (true, Side::Callee) => b'b',
            (false, Side::Caller) => b'c',
            (false, Side::Callee) => b'd',
        }
    }
}

/// The value of hexadecimal digits in lower case, which is how [`push_hex`] writes them.
fn hex(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |value, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(value << 4 | u64::from(digit))
    })
}

/// A call, by what is the same in all of its requests: its Call-ID and the caller's tag.
pub(crate) fn call_key(secret: &Secret, id: &str, callers_tag: &str) -> CallKey {
    CallKey(secret.sign("call", &[id.as_bytes(), callers_tag.as_bytes()]))
}

/// A dialog of a call: each phone that answers a forked INVITE has a tag of its own.
pub(crate) fn dialog_key(secret: &Secret, call: CallKey, callees_tag: &str) -> DialogKey {
    DialogKey(secret.sign("dialog", &[&call.0.to_be_bytes(), callees_tag.as_bytes()]))
}

/// What of a URI says where a request goes: user, host, port and `maddr`. Phones may drop other
/// parameters of a Contact or Record-Route when they write it into a request.
pub(crate) fn place(secret: &Secret, uri: &str) -> PlaceKey {
    let Ok(Uri::Sip(sip)) = Uri::parse(uri) else {
        return PlaceKey(secret.sign("other place", &[uri.as_bytes()]));
    };
    let user = sip.unescaped_user().unwrap_or_default();
    let port = sip.port_or_default().to_be_bytes();
    let maddr = sip.params.value("maddr").unwrap_or_default();
    let sign = |purpose, host: &[u8]| {
        let parts = [user.as_bytes(), host, &port, maddr.as_bytes()];
        PlaceKey(secret.sign(purpose, &parts))
    };
    match sip.host {
        Host::Name(name) => sign("place by name", name.to_ascii_lowercase().as_bytes()),
        Host::V4(address) => sign("place", &address.octets()),
        Host::V6(address) => sign("place", &address.octets()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: Token = Token {
        since: 0x0112_1abe_09c8,
        is_kept: true,
        side: Side::Callee,
        target: PlaceKey(7),
    };

    #[test]
    fn a_token_is_read_as_it_was_written() {
        for (is_kept, side) in [
            (true, Side::Caller),
            (true, Side::Callee),
            (false, Side::Caller),
            (false, Side::Callee),
        ] {
            let token = Token {
                is_kept,
                side,
                ..TOKEN
            };
            let mut text = String::new();
            token.push(&mut text, 9);
            assert_eq!(text.len(), Token::LENGTH);
            assert_eq!(Token::parse(&text), Some((token, 9)), "{text}");
        }
    }

    #[test]
    fn every_part_of_a_token_is_signed() {
        let secret = Secret([7; 16]);
        let none = FirstHop::new(None, None);
        let sign = |token: Token| token.sign(&secret, CallKey(1), none, &[]);
        let good = sign(TOKEN);
        assert_ne!(good, sign(Token { since: 1, ..TOKEN }));
        assert_ne!(
            good,
            sign(Token {
                is_kept: false,
                ..TOKEN
            })
        );
        assert_ne!(
            good,
            sign(Token {
                side: Side::Caller,
                ..TOKEN
            })
        );
        assert_ne!(
            good,
            sign(Token {
                target: PlaceKey(8),
                ..TOKEN
            })
        );
        let over = FirstHop::new(Some(Connection(0)), None);
        assert_ne!(good, TOKEN.sign(&secret, CallKey(2), none, &[]));
        assert_ne!(good, TOKEN.sign(&secret, CallKey(1), over, &[]));
        assert_ne!(
            good,
            TOKEN.sign(&secret, CallKey(1), none, &["sip:192.0.2.9;lr"])
        );
        assert_ne!(good, TOKEN.sign(&Secret([8; 16]), CallKey(1), none, &[]));
        for near in ["127.0.0.1", "169.254.0.1"] {
            let step = FirstHop::new(None, near.parse().ok());
            assert_ne!(good, TOKEN.sign(&secret, CallKey(1), step, &[]));
        }
    }

    #[test]
    fn a_name_and_an_address_of_the_same_bytes_are_two_places() {
        let secret = Secret([7; 16]);
        let place = |uri| place(&secret, uri);
        assert_ne!(place("sip:abcd"), place("sip:97.98.99.100"));
        assert_eq!(
            place("sip:b@EXAMPLE.com"),
            place("sip:%62@example.com:5060;ob")
        );
    }
}
