//! How phones differ in the way they write.

use sip_message::Transport;

use crate::account::Account;

/// How a phone writes its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// Port and `rport` in the Via, Max-Forwards early: most phones today.
    #[default]
    Plain,
    /// The Grandstream BT110 of the OpenSER paper: neither port nor `rport`, its name in User-Agent,
    /// Max-Forwards late.
    Grandstream,
}

impl Style {
    pub(crate) fn sent_by(self, account: &Account) -> String {
        match self {
            Self::Plain => account.local.to_string(),
            Self::Grandstream => account.local.ip().to_string(),
        }
    }

    pub(crate) fn contact(self, account: &Account) -> String {
        let transport = match account.transport {
            Transport::Udp => "",
            Transport::Tcp => ";transport=tcp",
        };
        format!("sip:{}@{}{transport}", account.user, self.sent_by(account))
    }
}
