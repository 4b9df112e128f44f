//! Whether a right answer is strong enough (chapter 8).

use sip_digest::Algorithm;

use crate::authorize::Verified;

/// Whether the algorithm of the user's answer is good enough for this user. A user whom an
/// administrator has moved to SHA-256 may have answered a challenge of MD5, because the server did
/// not know yet who asks.
pub fn check_algorithm(user: &Verified) -> bool {
    user.algorithm == Algorithm::Sha256 || user.offer.has(user.algorithm)
}
