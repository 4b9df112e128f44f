//! Whose name a hashed username is (RFC 7616 §3.4.4).

use sip_digest::Algorithm;

use super::case::Case;
use super::named::users;

/// Whether the header field says that its username is a hash.
pub(crate) fn is_hashed(case: &Case<'_>) -> bool {
    let userhash = case.answered("userhash");
    userhash.is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// The user whose name and realm hash to the username. Only the users that the text and the caller
/// name are tried.
pub(crate) fn owner(case: &Case<'_>, user: Option<&str>) -> Option<String> {
    let hash = case.answered("username")?;
    let realm = case.answered("realm")?;
    let algorithm = case
        .answered("algorithm")
        .map_or(Some(Algorithm::Md5), Algorithm::from_token)?;
    if hash.len() != algorithm.hash(b"").len() {
        return None;
    }
    let named = users(case);
    let users = user.into_iter().chain(named.iter().map(String::as_str));
    let with_realm = |user: &str| [user.to_owned(), format!("{user}@{realm}")];
    let mut users = users.flat_map(with_realm);
    users.find(|user| {
        let right = algorithm.hash(format!("{user}:{realm}").as_bytes());
        right.eq_ignore_ascii_case(hash)
    })
}
