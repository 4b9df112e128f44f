//! What a client transaction begins with.

use sip_message::{Flow, Method};

use crate::account::Account;
use crate::keys::ClientKey;

/// A request about to leave in a client transaction of its own.
pub(crate) struct Sending {
    pub(crate) key: ClientKey,
    pub(crate) method: Method,
    pub(crate) flow: Flow,
    pub(crate) bytes: Vec<u8>,
    pub(crate) account: Account,
}
