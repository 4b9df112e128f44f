//! Who may register and who may call: the functions of the texts, one file for each chapter.
//!
//! | function of the texts | here | chapter |
//! |---|---|---|
//! | `www_authorize`, `www_challenge` | [`Auth::www_authorize`], [`Auth::www_challenge`] | 3 |
//! | `check_to` | [`check_to`] | 4 |
//! | `proxy_authorize`, `proxy_challenge` | [`Auth::proxy_authorize`], [`Auth::proxy_challenge`] | 5 |
//! | `check_from` | [`check_from`] | 5 |
//! | `consume_credentials` | [`Auth::consume_credentials`] | 6 |
//! | `allow_source_address` | [`Addresses::allow_source_address`] | 7 |
//! | the `$ua` of `route[REQINIT]` | [`is_scanner`] | 7 |
//! | `auth_challenge` with flag 8, of Kamailio | [`Auth::www_challenge_again`], [`check_algorithm`] | 8 |
//!
//! A right answer gives a [`Verified`] user. `check_to` and `check_from` need one, so they cannot be
//! called in the wrong order. `consume_credentials` needs none, so that no path can skip it.
//!
//! An *answer* in this crate is always the credentials that answer a challenge; a server's response
//! is a *reply*.

mod accounts;
mod addresses;
mod algorithm;
mod answer;
mod answers;
mod asked;
mod authorize;
mod challenge;
mod consume;
mod failed;
mod flags;
mod given;
mod groups;
mod guesses;
mod identity;
mod judge;
mod known;
mod network;
mod nonce;
mod own;
mod pieces;
mod realm;
mod room;
mod scanner;
mod settings;
mod uses;

pub use addresses::{Addresses, Reloaded};
pub use algorithm::check_algorithm;
pub use asked::Asked;
pub use authorize::{Auth, Verified};
pub use flags::{Flags, OfferedQop};
pub use identity::{check_from, check_to};
pub use nonce::{KeyedNonces, Nonce, NonceKey, Nonces, Reading};
pub use scanner::is_scanner;
pub use settings::Settings;
pub use sip_digest::Offer;
pub use sip_tables::{Address, AddressError, AddressRow, AddressTable, Group, TableError};
