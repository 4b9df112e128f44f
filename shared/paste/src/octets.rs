//! Bytes that are not UTF-8, kept in a text: a phone that writes names in Latin-1 sends such
//! bytes and hashes them.
//!
//! Each of them is a character of a private range while it is inside the program, as Python's
//! `surrogateescape` has it. It is the byte again when it is hashed, and the letter it is in
//! Latin-1 when it is shown.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// The character of byte 0 of the range; only those from 0x80 on are used.
const FIRST: u32 = 0xf_f700;

/// The character that stands for a byte above 0x7f.
fn raw(byte: u8) -> char {
    char::from_u32(FIRST + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The byte that a character stands for, if it does.
fn byte_of(c: char) -> Option<u8> {
    let byte = u32::from(c).checked_sub(FIRST)?;
    u8::try_from(byte).ok().filter(|byte| *byte >= 0x80)
}

/// Bytes as a text. What is not UTF-8 is kept.
pub(crate) fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().copied().map(raw));
    }
    text
}

/// What is hashed for a text.
pub(crate) fn bytes(text: &str) -> Cow<'_, [u8]> {
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
pub(crate) fn is_raw(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| byte_of(c).is_some())
}

/// The text as people read it, its bytes as letters of Latin-1.
pub(crate) fn letters(text: &str) -> String {
    let letter = |c| byte_of(c).map_or(c, char::from);
    text.chars().map(letter).collect()
}

/// A text that is printed already, but for its bytes: letters of Latin-1, or `\x9b` where that
/// is a control.
pub(crate) fn shown(text: &str) -> String {
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

/// The text fit for a terminal.
pub(crate) fn printable(text: &str) -> String {
    sip_message::printable(letters(text).as_bytes())
}

/// The ways to write a text with letters beyond ASCII as bytes, and words for them; none of any
/// other text.
pub(crate) fn encodings(text: &str) -> Vec<(&'static str, String)> {
    if text.is_ascii() {
        return Vec::new();
    }
    let text = letters(text);
    let latin_1 = latin_1(&text);
    let latin_1 = latin_1.map(|bytes| ("in Latin-1, where RFC 7616 §4 has UTF-8", bytes));
    let others = [
        ("in UTF-8, its accents composed (NFC)", text.nfc().collect()),
        (
            "in UTF-8, its accents apart (NFD), as macOS writes names",
            text.nfd().collect(),
        ),
        ("in UTF-8, encoded twice", utf_8_twice(&text)),
    ];
    latin_1.into_iter().chain(others).collect()
}

/// The text as bytes of Latin-1; `None` where it has letters that Latin-1 lacks.
fn latin_1(text: &str) -> Option<String> {
    let as_byte = |c: char| match c.is_ascii() {
        true => Some(c),
        false => u8::try_from(u32::from(c)).ok().map(raw),
    };
    text.chars().map(as_byte).collect()
}

/// The text in UTF-8 whose bytes were taken for Latin-1 and encoded once more: `grÃ¼n`.
fn utf_8_twice(text: &str) -> String {
    text.bytes().map(char::from).collect()
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

    #[test]
    fn latin_1_has_a_byte_for_each_letter() {
        assert_eq!(bytes(&latin_1("grün").unwrap()), &b"gr\xfcn"[..]);
        assert!(encodings("green").is_empty());
        assert_eq!(latin_1("зел"), None);
        assert_eq!(utf_8_twice("ü"), "Ã¼");
    }
}
