use std::borrow::Cow;
use std::net::Ipv6Addr;

/// How a realm is written. The realm is hashed and so compared with regard to case, but hosts are
/// not (RFC 3261 §19.1.4): of a realm that is a host's name there is one way to write it, in lower
/// case, and of one that is an IPv6 reference its shortest. Any other text, such as `SIP Steps`,
/// stays as it is.
pub fn realm(text: &str) -> Cow<'_, str> {
    let reference = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    if let Some(address) = reference.and_then(|text| text.parse::<Ipv6Addr>().ok()) {
        return format!("[{address}]").into();
    }
    let named = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    let is_upper = |b: u8| b.is_ascii_uppercase();
    match text.bytes().all(named) && text.bytes().any(is_upper) {
        true => text.to_ascii_lowercase().into(),
        false => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_one_way_to_be_written_and_other_texts_stay() {
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
