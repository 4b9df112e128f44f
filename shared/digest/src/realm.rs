//! How a realm is written.

use std::borrow::Cow;
use std::net::Ipv6Addr;

/// The one way to write a realm. A realm is hashed, so its case counts, but the case of a host does
/// not (RFC 3261 §19.1.4). A realm that is a host name is therefore written in lower case, and an
/// IPv6 reference in its shortest form. Any other text, such as `SIP Steps`, stays as it is.
pub fn realm(text: &str) -> Cow<'_, str> {
    let reference = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    if let Some(address) = reference.and_then(|text| text.parse::<Ipv6Addr>().ok()) {
        return format!("[{address}]").into();
    }
    let named = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    let is_upper = |b: u8| b.is_ascii_uppercase();
    if text.bytes().all(named) && text.bytes().any(is_upper) {
        text.to_ascii_lowercase().into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_written_in_one_way_and_other_texts_stay() {
        for (text, written) in [
            ("EXAMPLE.com", "example.com"),
            ("example.com", "example.com"),
            ("192.168.1.15", "192.168.1.15"),
            ("[2001:DB8:0::1]", "[2001:db8::1]"),
            ("SIP Steps", "SIP Steps"),
            ("http-auth@Example.org", "http-auth@Example.org"),
            ("[X]", "[X]"),
            ("", ""),
        ] {
            assert_eq!(realm(text), written, "{text}");
        }
    }
}
