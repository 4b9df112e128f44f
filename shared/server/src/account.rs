//! Who pays: what a request uses counts for where it came from and, where a password has shown
//! it, for the user who sent it.

use std::net::IpAddr;

use sip_message::{Method, Request};

use crate::myself::Secret;

/// Where something comes from: an IPv4 address, or an IPv6 network of 64 bits, as one subscriber
/// has that much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source(u64);

impl Source {
    /// The source that an address belongs to.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            // ::ffff:0:0/96 in the upper half, which no IPv6 network has there (RFC 4291 §2.4).
            IpAddr::V4(ip) => Self(0xffff << 32 | u64::from(u32::from(ip))),
            IpAddr::V6(ip) => Self((u128::from(ip) >> 64) as u64),
        }
    }
}

/// The source of a request, and its user where the user is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    source: Source,
    user: Option<u64>,
}

/// One of the parties of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Party {
    Source(Source),
    User(u64),
}

impl Account {
    /// The account of a peer known by its address alone.
    pub fn at(address: IpAddr) -> Self {
        Self {
            source: Source::of(address),
            user: None,
        }
    }

    /// The account of a request: of its user, too, once a script has asked for the password
    /// ([`Request::verified_user`]).
    pub(crate) fn of(request: &Request, secret: &Secret) -> Self {
        let account = Self::at(request.arrival().flow.remote.ip());
        match request.verified_user() {
            Some(user) => account.with_user(secret.sign("user", &[user.as_bytes()])),
            None => account,
        }
    }

    /// The same, for a user of that number, too.
    pub(crate) fn with_user(self, number: u64) -> Self {
        let user = Some(number);
        Self { user, ..self }
    }

    pub(crate) fn source(self) -> Source {
        self.source
    }

    pub(crate) fn has_user(self) -> bool {
        self.user.is_some()
    }

    /// Its parties: one or two.
    pub(crate) fn parties(self) -> impl Iterator<Item = Party> {
        let source = Party::Source(self.source);
        std::iter::once(source).chain(self.user.map(Party::User))
    }
}

/// How much of a limit a request may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rank {
    /// All but the reserve.
    Ordinary,
    /// The reserve, too: what ends a call, confirms it or keeps a phone reachable. Refusing those
    /// would leave more to do, not less.
    Reserved,
}

impl Rank {
    pub(crate) fn of(method: &Method) -> Self {
        match method {
            Method::Ack | Method::Bye | Method::Cancel | Method::Register => Self::Reserved,
            _ => Self::Ordinary,
        }
    }
}
