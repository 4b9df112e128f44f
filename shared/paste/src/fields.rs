//! How challenges and credentials are recognised by their parameters.

/// The parameters of challenges and credentials (RFC 7616 §3.3, §3.4).
const PARAMETERS: [&str; 13] = [
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

/// Whether this is the name of a parameter, in any case.
fn is_parameter(name: &str) -> bool {
    PARAMETERS
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// Where a line has `Digest` and a parameter.
pub(crate) fn digest(line: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let at = lower.find("digest ").or_else(|| lower.find("digest,"))?;
    is_params(&line[at..]).then_some(at)
}

/// Whether a text ends in the name of a parameter.
pub(crate) fn is_param_name(text: &str) -> bool {
    let text = text.trim_end();
    let letters = text.bytes().rev().take_while(u8::is_ascii_alphanumeric);
    is_parameter(&text[text.len() - letters.count()..])
}

/// Whether a parameter's name was cut in two: `respon` at the end of a value, `se="…` on the next
/// line.
pub(crate) fn completes_name(value: &str, more: &str) -> bool {
    let start = value.rfind([' ', ',']).map_or(0, |at| at + 1);
    let letters = more.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (rest, after) = more.split_at(letters);
    let is_cut = start < value.len() && letters > 0 && after.trim_start().starts_with('=');
    is_cut && is_parameter(&format!("{}{rest}", &value[start..]))
}

/// Whether a text has a parameter.
pub(crate) fn is_params(text: &str) -> bool {
    first_param(text).is_some()
}

/// Where the first parameter begins.
pub(crate) fn first_param(text: &str) -> Option<usize> {
    let mut equals = text.match_indices('=').map(|(at, _)| at);
    equals.find_map(|at| {
        let before = text[..at].trim_end();
        let letters = before.bytes().rev().take_while(u8::is_ascii_alphanumeric);
        let start = before.len() - letters.count();
        is_parameter(&before[start..]).then_some(start)
    })
}

/// Parameters without what a log writes between them and the message that follows.
pub(crate) fn without_noise(before: &str) -> &str {
    match before.rfind('"') {
        Some(quote) if is_params(before) && !before[quote..].contains('=') => &before[..=quote],
        _ => before,
    }
}
