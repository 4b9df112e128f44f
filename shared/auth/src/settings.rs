//! How challenges are made.

use sip_digest::{Offer, Qop};

/// How challenges are made.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The realm, written as by [`sip_digest::realm`]. `None` takes the domain of To, or that of
    /// From when a proxy asks, as the texts do with an empty string.
    pub realm: Option<String>,
    /// The qop offered; `None` offers none, for phones that only know RFC 2069.
    pub qop: Option<Qop>,
    /// The algorithms offered.
    pub offer: Offer,
    /// For how many seconds a nonce can be answered.
    pub nonce_lifetime: u32,
    /// Whether a REGISTER gets a 100 before anything else, as in the texts.
    pub provisional_register: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            realm: None,
            qop: Some(Qop::Auth),
            offer: Offer::Md5,
            nonce_lifetime: 300,
            provisional_register: false,
        }
    }
}
