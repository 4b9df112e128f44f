//! Which datagrams are keepalives and not messages.

/// The length from which a text may be a message: a shorter one cannot name a Via.
const SHORTEST: usize = 32;

/// Whether a datagram only keeps a NAT's mapping alive: nothing, line ends or NULs, a few bytes
/// that are not SIP, or a STUN message. All are met with silence.
pub(crate) fn is_keepalive(datagram: &[u8]) -> bool {
    match datagram {
        [] => true,
        [0..=3, ..] if is_stun(datagram) => true,
        [b'\r' | b'\n' | 0, ..] => datagram.iter().all(|b| matches!(b, b'\r' | b'\n' | 0)),
        _ => datagram.len() < SHORTEST && !is_sip(datagram),
    }
}

/// STUN (RFC 5389 §6, and RFC 3489 before its magic cookie): two zero bits, a type, the length
/// of what follows the header of 20 bytes.
fn is_stun(datagram: &[u8]) -> bool {
    let [_, _, high, low, ..] = *datagram else {
        return false;
    };
    datagram.len() == 20 + usize::from(u16::from_be_bytes([high, low]))
}

fn is_sip(datagram: &[u8]) -> bool {
    datagram.windows(4).any(|text| text == b"SIP/")
}

#[cfg(test)]
mod tests {
    use super::is_keepalive;

    #[test]
    fn what_phones_send_to_keep_a_mapping_alive_is_a_keepalive() {
        let stun = b"\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl";
        let old_stun = b"\x00\x01\x00\x04abcdefghijklmnop\x00\x03\x00\x00";
        for datagram in [
            &b""[..],
            b"\r\n",
            b"\r\n\r\n",
            b"\r\n\0",
            b"\0\0\0\0",
            b"jaK",
            b"keep-alive",
            stun,
            old_stun,
        ] {
            assert!(is_keepalive(datagram), "{datagram:?}");
        }
    }

    #[test]
    fn a_message_is_not_a_keepalive_however_short_or_padded() {
        for datagram in [
            &b"OPTIONS sip:a SIP/2.0\r\n\r\n"[..],
            b"\r\n\r\nOPTIONS sip:a SIP/2.0\r\n\r\n",
            b"SIP/2.0 200 OK\r\n\r\n",
            b"not a message but long enough to be refused",
        ] {
            assert!(!is_keepalive(datagram), "{datagram:?}");
        }
    }
}
