//! Bytes that are not UTF-8, kept in a text: a phone that writes names in Latin-1 sends such
//! bytes and hashes them.
//!
//! Each of them is a character of a private range while it is inside the program, as Python's
//! `surrogateescape` has it. It is the byte again when it is hashed, and the letter it is in
//! Latin-1 when it is shown.

use std::borrow::Cow;

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

/// The text fit for a terminal.
pub(crate) fn printable(text: &str) -> String {
    sip_message::printable(letters(text).as_bytes())
}

/// The text as bytes of Latin-1; `None` where it is ASCII, or has letters that Latin-1 lacks.
pub(crate) fn latin_1(text: &str) -> Option<String> {
    let as_byte = |c: char| match c.is_ascii() {
        true => Some(c),
        false => u8::try_from(u32::from(c)).ok().map(raw),
    };
    (!text.is_ascii()).then(|| text.chars().map(as_byte).collect())?
}

/// The text in UTF-8 whose bytes were taken for Latin-1 and encoded once more: `grÃ¼n`.
pub(crate) fn utf_8_twice(text: &str) -> String {
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
    }

    #[test]
    fn latin_1_has_a_byte_for_each_letter() {
        assert_eq!(bytes(&latin_1("grün").unwrap()), &b"gr\xfcn"[..]);
        assert_eq!(latin_1("green"), None);
        assert_eq!(latin_1("зел"), None);
        assert_eq!(utf_8_twice("ü"), "Ã¼");
    }
}
