//! What a script decides: answer a request, relay it, or say nothing.

use sip_message::{Reply, Target};

/// What a script decides for a request.
#[derive(Debug)]
pub enum Action {
    /// Answer it (`sl_send_reply` of the texts).
    Reply(Reply),
    /// Send it to every target at once and answer with the best response (`t_relay`).
    Relay(Vec<Target>),
    /// Send it on inside its call, where its Route or its Request-URI points.
    RelayInDialog,
    /// Say nothing.
    Drop,
}

impl Action {
    /// Whether the request goes on to somebody else.
    pub fn is_relay(&self) -> bool {
        match self {
            Self::Relay(_) | Self::RelayInDialog => true,
            Self::Reply(_) | Self::Drop => false,
        }
    }
}

/// Relays the request to its targets, statefully (RFC 3261 §16.6, `t_relay` of the texts).
pub fn relay(targets: Vec<Target>) -> Action {
    Action::Relay(targets)
}

/// Relays a request for which [`crate::Request::loose_route`] held (§16.12.1).
pub fn relay_in_dialog() -> Action {
    Action::RelayInDialog
}

impl From<Reply> for Action {
    fn from(reply: Reply) -> Self {
        Self::Reply(reply)
    }
}
