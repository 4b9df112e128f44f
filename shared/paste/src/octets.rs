//! Bytes that are not UTF-8, kept inside a `String`.
//!
//! A phone that writes names in Latin-1 sends such bytes and hashes them. Inside the program each
//! of them is a character of a private range, as in Python's `surrogateescape`. It becomes the
//! byte again when it is hashed or sent, and the letter of Latin-1 when it is shown.

use std::borrow::Cow;

/// The character of byte 0. Only those of 0x80 and above are used.
const FIRST: u32 = 0xf_f700;

/// The character for a byte of 0x80 or above.
pub fn from_byte(byte: u8) -> char {
    char::from_u32(FIRST + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The byte that a character represents, if it does.
fn byte_of(c: char) -> Option<u8> {
    let byte = u32::from(c).checked_sub(FIRST)?;
    u8::try_from(byte).ok().filter(|byte| *byte >= 0x80)
}

/// Bytes as a text. Those that are not UTF-8 are kept.
pub fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().copied().map(from_byte));
    }
    text
}

/// The bytes of a text, for a hash or a socket.
pub fn bytes(text: &str) -> Cow<'_, [u8]> {
    if !is_raw(text) {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match byte_of(c) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    Cow::Owned(bytes)
}

/// Whether a text holds bytes that are not UTF-8.
pub fn is_raw(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| byte_of(c).is_some())
}

/// The text with its bytes as letters of Latin-1.
pub fn letters(text: &str) -> String {
    let letter = |c| byte_of(c).map_or(c, char::from);
    text.chars().map(letter).collect()
}

/// A text that is ready for a terminal except for its bytes: they become letters of Latin-1, or
/// `\x9b` where Latin-1 has a control character.
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match byte_of(c) {
            Some(byte) if !sip_message::is_printable(char::from(byte)) => {
                out.push_str(&format!("\\x{byte:02x}"));
            }
            Some(byte) => out.push(char::from(byte)),
            None => out.push(c),
        }
    }
    out
}

/// The text made safe for a terminal.
pub fn printable(text: &str) -> String {
    sip_message::printable(letters(text).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_utf_8_come_out_as_they_went_in() {
        for given in [&b"gr\xfcn"[..], b"\x80\xff", "grün 😀".as_bytes(), b""] {
            assert_eq!(bytes(&text(given)), given);
        }
        assert_eq!(letters(&text(b"gr\xfcn")), "grün");
        assert_eq!(shown(&text(b"gr\xfcn\x9b")), "grün\\x9b");
    }
}
