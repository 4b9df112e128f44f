//! Which bytes `phone replay` sends: those of the file, or the request in a paste.

use sip_paste::Excerpt;

/// The bytes of a captured request as they are, or the first request of a pasted text. A file with
/// CRLF line ends is captured, however malformed it is. Anything without a request stays as it is.
pub(crate) fn to_send(bytes: Vec<u8>) -> Vec<u8> {
    if bytes.windows(2).any(|pair| pair == b"\r\n") {
        return bytes;
    }
    let excerpts = sip_paste::read(&sip_paste::text(&bytes));
    excerpts.iter().find_map(Excerpt::request).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str) -> String {
        String::from_utf8(to_send(text.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn an_indented_paste_becomes_a_request() {
        let pasted = "\n    OPTIONS sip:h SIP/2.0\n    Via: x\n      folded\n\n";
        assert_eq!(
            sent(pasted),
            "OPTIONS sip:h SIP/2.0\r\nVia: x folded\r\n\r\n"
        );
    }

    #[test]
    fn a_body_follows_its_empty_line() {
        let pasted = "MESSAGE sip:h SIP/2.0\nContent-Length: 7\n\nhello\n";
        let wire = "MESSAGE sip:h SIP/2.0\r\nContent-Length: 7\r\n\r\nhello\r\n";
        assert_eq!(sent(pasted), wire);
    }

    #[test]
    fn a_request_is_found_in_a_log() {
        let log = "10:00:01 sip[7]: OPTIONS sip:h SIP/2.0\n10:00:01 sip[7]: Via: x\n";
        assert_eq!(sent(log), "OPTIONS sip:h SIP/2.0\r\nVia: x\r\n\r\n");
    }

    #[test]
    fn captured_bytes_and_text_without_a_request_stay_as_they_are() {
        for text in ["  odd\r\n one\n", "hello\n"] {
            assert_eq!(sent(text), text);
        }
    }
}
