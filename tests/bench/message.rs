//! SIP for the generator: quick, and not the parser under test.

use memchr::memmem;

/// The beginning of every branch of the generator; slot and number follow.
pub(crate) const BRANCH: &str = "z9hG4bKload";

/// Slot and number of the transaction a response belongs to, from the branch it brought back.
pub(crate) fn transaction(message: &[u8]) -> Option<(usize, u64)> {
    let start = memmem::find(message, BRANCH.as_bytes())? + BRANCH.len();
    let (slot, length) = number(&message[start..])?;
    let (number, _) = number(&message[start + length + 1..])?;
    Some((slot as usize, number))
}

/// The decimal number that `bytes` begin with, and its length.
pub(crate) fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let length = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let text = str::from_utf8(&bytes[..length]).ok()?;
    Some((text.parse().ok()?, length))
}

/// The status code of a response.
pub(crate) fn status(message: &[u8]) -> Option<u16> {
    let digits = message.strip_prefix(b"SIP/2.0 ")?;
    number(digits).map(|(status, _)| status as u16)
}

/// The header lines, without start line and body.
pub(crate) fn headers(message: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = &message[end_of_line(message)..];
    std::iter::from_fn(move || {
        let end = end_of_line(rest);
        let (line, after) = rest.split_at(end);
        rest = after;
        let colon = memchr::memchr(b':', line)?;
        Some((line[..colon].trim_ascii(), line[colon + 1..].trim_ascii()))
    })
}

/// The first value of a header.
pub(crate) fn header<'m>(message: &'m [u8], name: &str) -> Option<&'m [u8]> {
    headers(message)
        .find(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()))
        .map(|(_, value)| value)
}

/// The URI between `<` and `>`.
pub(crate) fn uri(value: &[u8]) -> Option<&[u8]> {
    let start = memchr::memchr(b'<', value)? + 1;
    let length = memchr::memchr(b'>', &value[start..])?;
    Some(&value[start..start + length])
}

/// The value of a parameter between quotes; `name` ends with its equals sign.
pub(crate) fn parameter<'m>(value: &'m [u8], name: &str) -> Option<&'m [u8]> {
    let start = memmem::find(value, name.as_bytes())? + name.len();
    let rest = value[start..].strip_prefix(b"\"")?;
    Some(&rest[..memchr::memchr(b'"', rest)?])
}

fn end_of_line(bytes: &[u8]) -> usize {
    memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1)
}
