//! A request as somebody copied it from a terminal or a book.

/// The request with CRLF line ends, no indentation, and an empty line behind its header. One
/// that has CRLF already is captured, not pasted, and stays as it is.
pub(crate) fn from_paste(bytes: &[u8]) -> Vec<u8> {
    if bytes.windows(2).any(|pair| pair == b"\r\n") {
        return bytes.to_vec();
    }
    let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
    let is_blank = |line: &&[u8]| line.trim_ascii().is_empty();
    let first = lines
        .iter()
        .position(|line| !is_blank(line))
        .unwrap_or_default();
    // The start line is never folded: its indentation is that of all.
    let start = lines.get(first).copied().unwrap_or_default();
    let indentation = start.len() - start.trim_ascii_start().len();
    let mut out = Vec::with_capacity(bytes.len() + lines.len() + 4);
    let mut has_header_end = false;
    let last = lines
        .iter()
        .rposition(|line| !is_blank(line))
        .unwrap_or_default();
    for line in lines.get(first..=last).unwrap_or_default() {
        let line = line.get(indentation..).unwrap_or_default();
        has_header_end |= line.is_empty();
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    if !has_header_end {
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_indented_paste_becomes_a_request() {
        let pasted = b"\n    OPTIONS sip:h SIP/2.0\n    Via: x\n      folded\n\n";
        assert_eq!(
            from_paste(pasted),
            b"OPTIONS sip:h SIP/2.0\r\nVia: x\r\n  folded\r\n\r\n"
        );
    }

    #[test]
    fn a_body_stays_behind_its_empty_line() {
        let pasted = b"MESSAGE sip:h SIP/2.0\nContent-Length: 7\n\nhello\n";
        let expected = b"MESSAGE sip:h SIP/2.0\r\nContent-Length: 7\r\n\r\nhello\r\n";
        assert_eq!(from_paste(pasted), expected);
    }

    #[test]
    fn a_captured_request_stays_as_it_is() {
        let captured = b"  odd\r\n one\n";
        assert_eq!(from_paste(captured), captured);
    }
}
