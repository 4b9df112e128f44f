//! The command-line flags of a server that asks for passwords.

use clap::{Args, ValueEnum};
use sip_digest::{Offer, Qop};
use sip_tables::Subscribers;

use crate::authorize::Auth;
use crate::given::GivenNonces;
use crate::nonce::{KeyedNonces, NonceKey};
use crate::settings::Settings;

/// The flags of a server that asks for passwords.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct Flags {
    /// The realm of every challenge [default: the domain of the user who is asked].
    #[arg(long, value_name = "NAME", value_parser = realm)]
    pub realm: Option<String>,

    /// What challenges offer: auth counts the uses of a nonce, none is for phones that only know
    /// RFC 2069.
    #[arg(long, value_enum, default_value_t = OfferedQop::Auth)]
    pub qop: OfferedQop,

    /// How long a challenge can be answered, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = Settings::default().nonce_lifetime, value_parser = clap::value_parser!(u32).range(1..))]
    pub nonce_lifetime: u32,

    /// Send 100 for every REGISTER at once, as the texts do; RFC 4320 forbids it over UDP, and some
    /// phones do not expect it.
    #[arg(long)]
    pub provisional_register: bool,

    /// The next nonces, before the server's own: a stage replays with them what a text prints.
    /// Everybody knows them, so no server is started with this.
    #[arg(long, hide = true, value_name = "TEXT")]
    pub replay_nonce: Vec<String>,

    /// The algorithms offered; a chapter with a flag for it sets it ([`Flags::offering`]).
    #[arg(skip)]
    offer: Offer,
}

/// The values of `--qop`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OfferedQop {
    /// `qop="auth"`
    Auth,
    /// No qop.
    None,
}

impl Flags {
    /// The same, with these algorithms in the challenges.
    pub fn offering(&self, offer: Offer) -> Self {
        let flags = self.clone();
        Self { offer, ..flags }
    }

    /// Asks for the passwords of `subscribers` as these flags say. Its nonces are proven with
    /// `secret`, so that they stay good over a restart, and numbered from `first_serial`, which
    /// is to be random ([`KeyedNonces::new`]).
    pub fn auth(
        &self,
        secret: [u8; 16],
        first_serial: u64,
        subscribers: impl Subscribers + 'static,
    ) -> Auth {
        let nonces = KeyedNonces::new(NonceKey::new(secret), first_serial);
        if self.replay_nonce.is_empty() {
            return Auth::new(self.settings(), nonces, subscribers);
        }
        let nonces = GivenNonces::new(self.replay_nonce.clone(), nonces);
        Auth::new(self.settings(), nonces, subscribers)
    }

    /// The settings that these flags mean.
    pub fn settings(&self) -> Settings {
        let qop = match self.qop {
            OfferedQop::Auth => Some(Qop::Auth),
            OfferedQop::None => None,
        };
        Settings {
            realm: self.realm.clone(),
            qop,
            offer: self.offer,
            nonce_lifetime: self.nonce_lifetime,
            provisional_register: self.provisional_register,
        }
    }
}

/// A realm fits between quotes in a header field; a host name is written in lower case.
fn realm(text: &str) -> Result<String, String> {
    let printable = |c: char| !c.is_control() && c != '"' && c != '\\';
    if text.is_empty() || !text.chars().all(printable) {
        return Err("a realm must be text without quotes, backslashes or line ends".to_owned());
    }
    Ok(sip_digest::realm(text).into_owned())
}
