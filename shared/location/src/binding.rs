use std::net::SocketAddr;

use sip_message::{Flow, Params, Transport};

/// One binding, whole: a line of `ul.dump`, a row of Kamailio's table `location`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The record's unique id, the same as long as the binding lives (Kamailio's name for it).
    /// Ours are `sip-` and 16 hex digits; one that Kamailio wrote keeps its own.
    pub ruid: String,
    /// The address-of-record ([`crate::address_of_record`]).
    pub aor: String,
    /// The Contact URI as it came.
    pub contact: String,
    /// The Contact's other parameters as they came, first semicolon included, without `expires`.
    pub params: String,
    /// The preference in thousandths, 0 to 1000; 1000 where the phone named none.
    pub q: u16,
    /// When it ends, in seconds since 1970; `u32::MAX` is never, which another program may have
    /// written.
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
    /// empty when nobody knows.
    pub socket: String,
    /// The way back to the phone where its Contact URI alone does not lead there: the
    /// connection of a TCP phone, the source address of a phone behind a NAT.
    pub flow: Option<Flow>,
}

impl Binding {
    /// The phone's `+sip.instance`, quotes and angle brackets kept (RFC 5626 §4.1).
    pub fn instance(&self) -> Option<&str> {
        instance(&self.params)
    }

    /// The phone's `reg-id` (RFC 5626 §4.2), which counts its flows from 1.
    pub fn reg_id(&self) -> Option<u32> {
        reg_id(&self.params)
    }

    /// The q value the phone named, in thousandths.
    pub fn given_q(&self) -> Option<u16> {
        Params::new(&self.params).has("q").then_some(self.q)
    }

    /// The address the phone sent from, where it is called there rather than at its Contact.
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
