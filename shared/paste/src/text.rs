//! Which encoding the bytes of a paste have.

use crate::octets;

/// The text of a file or a pipe: UTF-8, or UTF-16 as PowerShell's `>` writes it. Bytes that are
/// neither are kept ([`octets`]).
pub fn text(bytes: &[u8]) -> String {
    match utf_16(bytes) {
        Some(units) => char::decode_utf16(units)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        None => octets::text(bytes),
    }
}

/// The units of UTF-16, which its first bytes show: a byte order mark, or a zero beside the first
/// letter.
fn utf_16(bytes: &[u8]) -> Option<impl Iterator<Item = u16>> {
    let unit = match bytes {
        [0xff, 0xfe, ..] | [_, 0, _, 0, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] | [0, _, 0, _, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let (pairs, _) = bytes.as_chunks();
    Some(pairs.iter().map(move |pair| unit(*pair)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_read_in_both_byte_orders() {
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes: Vec<u8> = "To: ü".encode_utf16().flat_map(unit).collect();
            assert_eq!(text(&bytes), "To: ü");
        }
        assert_eq!(text("To: ü".as_bytes()), "To: ü");
    }
}
