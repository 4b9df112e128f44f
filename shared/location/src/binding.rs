//! What one binding is, as it is shown and kept.

use std::net::SocketAddr;

use sip_message::{Flow, Params, Q, Transport};

/// One complete binding: a line of `ul.dump`, a row of Kamailio's table `location`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The record's unique id (Kamailio's name for it), which stays the same while the binding
    /// lives. Ours are `sip-` and 16 hex digits; a binding that Kamailio wrote keeps its own.
    pub ruid: String,
    /// The address-of-record ([`crate::address_of_record`]).
    pub aor: String,
    /// The Contact URI as it came.
    pub contact: String,
    /// The Contact's other parameters as they came, with the first semicolon, without `expires`.
    pub params: String,
    /// The preference; 1 where the phone gave none.
    pub q: Q,
    /// When it ends, in seconds since 1970; `u32::MAX` means never, which another program may
    /// have written.
    pub expires: u32,
    /// When it was last registered, in seconds since 1970.
    pub modified: u32,
    /// The Call-ID it was last registered with.
    pub call_id: String,
    /// The CSeq number it was last registered with.
    pub cseq: u32,
    /// The phone's User-Agent.
    pub user_agent: String,
    /// Our end of the path it registered over, as Kamailio writes it: `udp:192.0.2.15:5060`;
    /// empty if unknown.
    pub socket: String,
    /// The way back to the phone if its Contact URI does not lead there: the
    /// connection of a TCP phone, the source address of a phone behind a NAT.
    pub flow: Option<Flow>,
}

impl Binding {
    /// The phone's `+sip.instance`, with its quotes and angle brackets (RFC 5626 §4.1).
    pub fn instance(&self) -> Option<&str> {
        instance(&self.params)
    }

    /// The phone's `reg-id` (RFC 5626 §4.2), which counts its flows from 1.
    pub fn reg_id(&self) -> Option<u32> {
        reg_id(&self.params)
    }

    /// The q value, if the phone gave one.
    pub fn given_q(&self) -> Option<Q> {
        Params::new(&self.params).has("q").then_some(self.q)
    }

    /// The source address of the phone, if it is called there instead of at its Contact.
    pub fn received(&self) -> Option<SocketAddr> {
        self.flow
            .filter(|flow| flow.transport == Transport::Udp)
            .map(|flow| flow.remote)
    }

    /// Whether it has ended by `now`, in seconds since 1970.
    pub fn has_expired(&self, now: u32) -> bool {
        self.expires <= now
    }
}

pub(crate) fn instance(params: &str) -> Option<&str> {
    let value = Params::new(params).value("+sip.instance");
    value.filter(|value| !value.is_empty())
}

pub(crate) fn reg_id(params: &str) -> Option<u32> {
    Params::new(params).value("reg-id")?.parse().ok()
}
