//! Digest authentication as SIP uses it (RFC 3261 §22.4, RFC 2617 §3, RFC 7616, RFC 8760):
//! the syntax of challenges and credentials, and the arithmetic between them.
//!
//! Everything is hashed as the bytes between the quotes on the wire. A phone that writes
//! `sip:192.168.1.15;transport=UDP` into `uri` has hashed exactly that text; a server that
//! normalizes it before hashing locks the phone out.

mod algorithm;
mod calculation;
mod challenge;
mod challenges;
mod credentials;
mod error;
mod offer;
mod params;
mod password;
mod qop;
mod realm;
mod unusable;

pub use algorithm::Algorithm;
pub use calculation::{Calculation, Secret, Step, ha1, is_right, responses_match};
pub use challenge::Challenge;
pub use challenges::challenges;
pub use credentials::{Credentials, Protected};
pub use error::SyntaxError;
pub use offer::{Offer, OfferError};
pub use params::{Param, params};
pub use password::{Columns, Ha1, Hashes, Password, Plain};
pub use qop::Qop;
pub use realm::realm;
pub use unusable::Unusable;
