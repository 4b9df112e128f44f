//! A name that was hashed, so that nobody on the way can read it (RFC 7616 §3.4.4).

use sip_digest::Algorithm;

use super::case::Case;
use super::named::users;

/// Whether the header field says that its username is a hash.
pub(crate) fn is_hashed(case: &Case<'_>) -> bool {
    let userhash = case.answer.params.value("userhash");
    userhash.is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// The user whose name and realm hash to the username, of those that the text and the caller
/// name.
pub(crate) fn owner(case: &Case<'_>, user: Option<&str>) -> Option<String> {
    let value = |name| case.answer.params.value(name);
    let (hash, realm) = (value("username")?, value("realm")?);
    let algorithm = value("algorithm").map_or(Some(Algorithm::Md5), Algorithm::from_token)?;
    if hash.len() != algorithm.hash(b"").len() {
        return None;
    }
    let named = users(case);
    let users = user.into_iter().chain(named.iter().map(String::as_str));
    let with_realm = |user: &str| [user.to_owned(), format!("{user}@{realm}")];
    let mut users = users.flat_map(with_realm);
    users.find(|user| is_hash_of(hash, algorithm, user, realm))
}

/// Whether this is the hash of a user in a realm.
fn is_hash_of(hash: &str, algorithm: Algorithm, user: &str, realm: &str) -> bool {
    let right = algorithm.hash(format!("{user}:{realm}").as_bytes());
    right.eq_ignore_ascii_case(hash)
}
