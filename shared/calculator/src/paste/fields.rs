//! How a digest header field is known by its parameters.

/// Whether a header field of this name holds a challenge or an answer.
pub(super) fn is_digest_name(name: &str) -> bool {
    let names = super::CHALLENGES.iter().chain(&super::ANSWERS);
    names
        .into_iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// Where a line says `Digest` and a parameter.
pub(super) fn digest(line: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let at = lower.find("digest ")?;
    is_params(&line[at..]).then_some(at)
}

/// Parameters that only digest header fields have.
const NAMES: [&str; 13] = [
    "username",
    "realm",
    "nonce",
    "uri",
    "response",
    "algorithm",
    "cnonce",
    "opaque",
    "qop",
    "nc",
    "stale",
    "domain",
    "userhash",
];

/// Whether a text has a parameter of a digest header field.
pub(super) fn is_params(text: &str) -> bool {
    first_param(text).is_some()
}

/// Where the first parameter of a digest header field begins.
pub(super) fn first_param(text: &str) -> Option<usize> {
    let equals = text.match_indices('=').map(|(at, _)| at);
    equals.into_iter().find_map(|at| {
        let before = text[..at].trim_end();
        let name = |c: char| c.is_ascii_alphanumeric();
        let start = before.len() - before.chars().rev().take_while(|c| name(*c)).count();
        let known = |name| before[start..].eq_ignore_ascii_case(name);
        NAMES.into_iter().any(known).then_some(start)
    })
}

/// Parameters without what a log writes between them and the message that follows.
pub(super) fn without_noise(before: &str) -> &str {
    match before.rfind('"') {
        Some(quote) if is_params(before) && !before[quote..].contains('=') => &before[..=quote],
        _ => before,
    }
}
