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
    let at = lower.find("digest ").or_else(|| lower.find("digest,"))?;
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

/// Whether a text ends in the name of such a parameter.
pub(super) fn is_param_name(text: &str) -> bool {
    let text = text.trim_end();
    let letters = text.bytes().rev().take_while(u8::is_ascii_alphanumeric);
    let name = &text[text.len() - letters.count()..];
    NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether a parameter's name was cut in two: `respon` at the end of a value, `se="…` on the next
/// line.
pub(super) fn completes_name(value: &str, more: &str) -> bool {
    let start = value.rfind([' ', ',']).map_or(0, |at| at + 1);
    let letters = more.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (rest, after) = more.split_at(letters);
    let is_cut = start < value.len() && letters > 0 && after.trim_start().starts_with('=');
    is_cut
        && NAMES.contains(
            &format!("{}{rest}", &value[start..])
                .to_ascii_lowercase()
                .as_str(),
        )
}

/// Whether a text has a parameter of a digest header field.
pub(super) fn is_params(text: &str) -> bool {
    first_param(text).is_some()
}

/// Where the first parameter of a digest header field begins.
pub(super) fn first_param(text: &str) -> Option<usize> {
    let equals = text.match_indices('=').map(|(at, _)| at);
    equals.into_iter().find_map(|at| {
        let before = text[..at].trim_end();
        let letters = before.bytes().rev().take_while(u8::is_ascii_alphanumeric);
        let start = before.len() - letters.count();
        is_param_name(before).then_some(start)
    })
}

/// Parameters without what a log writes between them and the message that follows.
pub(super) fn without_noise(before: &str) -> &str {
    match before.rfind('"') {
        Some(quote) if is_params(before) && !before[quote..].contains('=') => &before[..=quote],
        _ => before,
    }
}
