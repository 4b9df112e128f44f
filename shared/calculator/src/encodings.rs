//! The ways in which phones turn letters beyond ASCII into bytes.

use sip_paste::octets;
use unicode_normalization::UnicodeNormalization;

/// The text in each encoding, with words for it. Empty for a text in ASCII.
pub(crate) fn encodings(text: &str) -> Vec<(&'static str, String)> {
    if text.is_ascii() {
        return Vec::new();
    }
    let text = octets::letters(text);
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
    let as_byte = |c: char| {
        if c.is_ascii() {
            return Some(c);
        }
        u8::try_from(u32::from(c)).ok().map(octets::from_byte)
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
    fn latin_1_has_a_byte_for_each_letter() {
        assert_eq!(octets::bytes(&latin_1("grün").unwrap()), &b"gr\xfcn"[..]);
        assert!(encodings("green").is_empty());
        assert_eq!(latin_1("зел"), None);
        assert_eq!(utf_8_twice("ü"), "Ã¼");
    }
}
