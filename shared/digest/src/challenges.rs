//! Several challenges in one header field value.

use crate::params::{is_space, is_token};

/// The challenges of a `WWW-Authenticate` or `Proxy-Authenticate` value, each as it came.
/// SIP puts each into its own header field (RFC 3261 §7.3.1); HTTP joins them with commas
/// (RFC 7235 §4.1), and so do some SIP servers.
pub fn challenges(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = value;
    let parts = std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (first, after) = rest.split_at(end_of_first(rest));
        rest = after.strip_prefix(',').unwrap_or_default();
        Some(first.trim())
    });
    parts.filter(|part| !part.is_empty())
}

/// Where the comma before the second challenge is, or the end.
fn end_of_first(value: &str) -> usize {
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            b',' if !is_quoted && begins_challenge(&value[at + 1..]) => return at,
            _ => {}
        }
    }
    value.len()
}

/// Whether a scheme and a parameter come next (`Digest realm=`), rather than only a parameter.
fn begins_challenge(text: &str) -> bool {
    let text = text.trim_start_matches(|c| u8::try_from(c).is_ok_and(is_space));
    let scheme = text.bytes().take_while(|byte| is_token(*byte)).count();
    let after = &text.as_bytes()[scheme..];
    let spaces = after.iter().take_while(|byte| is_space(**byte)).count();
    scheme > 0 && spaces > 0 && after.get(spaces).is_some_and(|byte| is_token(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(value: &str) -> Vec<&str> {
        challenges(value).collect()
    }

    #[test]
    fn one_challenge_stays_whole() {
        for value in [
            "Digest realm=\"a\", nonce=\"b\", qop=\"auth,auth-int\"",
            "Digest realm = \"a, Digest b\" , nonce = \"c\"",
            "Digest realm=\"a\\\", Digest b\", nonce=\"c\"",
            "Basic realm=\"a\"",
            "Digest realm=\"a\" , stale = true",
        ] {
            assert_eq!(split(value), [value]);
        }
        assert_eq!(split(""), [""; 0]);
    }

    #[test]
    fn challenges_joined_by_commas_are_separated() {
        let value = "Digest realm=\"a\", nonce=\"b\",Basic  realm=\"c\" ,\tDigest realm=\"d\"";
        let expected = [
            "Digest realm=\"a\", nonce=\"b\"",
            "Basic  realm=\"c\"",
            "Digest realm=\"d\"",
        ];
        assert_eq!(split(value), expected);
    }
}
