//! `%XX` escapes of URIs (RFC 3261 §19.1.2).

use std::borrow::Cow;
use std::fmt::Write;

/// The bytes of a text, with escapes read as their bytes; the flag says whether a byte was escaped.
/// A `%` that does not begin an escape is an ordinary byte.
pub(crate) fn unescape(text: &str) -> impl Iterator<Item = (u8, bool)> {
    let mut rest = text.as_bytes();
    std::iter::from_fn(move || match rest {
        [b'%', high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            rest = after;
            let hex = |digit: u8| (digit as char).to_digit(16).unwrap_or_default() as u8;
            Some((hex(*high) << 4 | hex(*low), true))
        }
        [byte, after @ ..] => {
            rest = after;
            Some((*byte, false))
        }
        [] => None,
    })
}

/// The bytes as §19.1.4 compares them: an escape equals its character, except in the reserved set,
/// whose escapes are different (their values are above 255).
pub(crate) fn comparable(text: &str) -> impl Iterator<Item = u16> {
    unescape(text).map(|(byte, escaped)| {
        let differs = escaped && (is_reserved(byte) || byte == b'%');
        u16::from(byte) | if differs { 0x100 } else { 0 }
    })
}

/// §25.1 reserved.
fn is_reserved(byte: u8) -> bool {
    matches!(
        byte,
        b';' | b'/' | b'?' | b':' | b'@' | b'&' | b'=' | b'+' | b'$' | b','
    )
}

/// One spelling for all that mean the same: printable characters unescaped, everything else
/// (control bytes, bytes outside UTF-8, the per cent sign) as `%XX` in upper case, so that two
/// different users never get the same name.
pub(crate) fn canonical(text: &str) -> Cow<'_, str> {
    if !text.contains('%') && !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let bytes: Vec<u8> = unescape(text).map(|(byte, _)| byte).collect();
    let mut out = String::with_capacity(text.len());
    let escape = |out: &mut String, bytes: &[u8]| {
        for byte in bytes {
            let _ = write!(out, "%{byte:02X}"); // writing to a String cannot fail
        }
    };
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() || c == '%' {
                escape(&mut out, c.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                out.push(c);
            }
        }
        escape(&mut out, chunk.invalid());
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_one_spelling() {
        for (text, canonical_form) in [
            ("1000", "1000"),
            ("%31%30%30%30", "1000"),
            ("sips%3Auser%40example.com", "sips:user@example.com"),
            ("j%C3%BCrgen", "jürgen"),
            ("jürgen", "jürgen"),
            ("100%25", "100%25"),
            ("100%", "100%25"),
            ("%zz", "%25zz"),
            ("%ff%25FF", "%FF%25FF"),
            ("a%00b", "a%00b"),
            ("%0d%0a", "%0D%0A"),
        ] {
            assert_eq!(canonical(text), canonical_form, "{text}");
            assert_eq!(canonical(&canonical(text)), canonical_form, "{text} twice");
        }
    }
}
