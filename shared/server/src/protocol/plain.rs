//! Reads a new request as far as a refusal needs it, without taking it apart: the fields that a
//! response copies (RFC 3261 §8.2.6.2).
//!
//! It reads only what nearly every phone writes: a field on each line. What is written otherwise is
//! left to the parser, and is served or refused there.

use memchr::{memchr, memchr_iter, memmem};
use sip_message::{HeaderName, Method, Via};

/// A request outside a dialog, over UDP.
#[derive(Debug)]
pub(crate) struct Plain<'b> {
    pub(crate) method: Method,
    /// The first Via line has one value.
    pub(crate) via: Via<'b>,
    /// It as text.
    pub(crate) via_text: &'b str,
    /// The values of the lines below it.
    pub(crate) vias_below: Vec<&'b [u8]>,
    pub(crate) from: &'b [u8],
    /// It has no tag.
    pub(crate) to: &'b [u8],
    pub(crate) call_id: &'b [u8],
    pub(crate) cseq: &'b [u8],
    /// Whether it answers a challenge.
    pub(crate) has_credentials: bool,
}

/// The request, if it is a new one that can be refused at once. An ACK, a CANCEL, a BYE and what else
/// is inside a dialog is not: it ends something, or belongs to what was admitted.
pub(crate) fn read(bytes: &[u8]) -> Option<Plain<'_>> {
    let head = &bytes[..memmem::find(bytes, b"\r\n\r\n")? + 2];
    let mut lines = lines(head);
    let method = method(lines.next()??)?;
    let (mut via, mut vias_below) = (None, Vec::new());
    let (mut from, mut to, mut call_id, mut cseq) = (None, None, None, None);
    let mut has_credentials = false;
    for line in lines {
        let (name, value) = field(line?)?;
        match HeaderName::from_bytes(name) {
            Some(HeaderName::Via) if via.is_none() => via = Some(value),
            Some(HeaderName::Via) => vias_below.push(value),
            Some(HeaderName::From) => once(&mut from, value)?,
            Some(HeaderName::To) => once(&mut to, value)?,
            Some(HeaderName::CallId) => once(&mut call_id, value)?,
            Some(HeaderName::CSeq) => once(&mut cseq, value)?,
            Some(HeaderName::Authorization | HeaderName::ProxyAuthorization) => {
                has_credentials = true;
            }
            // A request with a Route may be one inside a call.
            Some(HeaderName::Route) => return None,
            _ => {}
        }
    }
    let (via, to) = (via?, to?);
    let has_several = memchr(b',', via).is_some() || memchr(b'"', via).is_some();
    if has_several || has_tag(to) {
        return None;
    }
    Some(Plain {
        method,
        via: Via::parse(via).ok()?,
        via_text: str::from_utf8(via).ok()?,
        vias_below,
        from: from?,
        to,
        call_id: call_id?,
        cseq: cseq?,
        has_credentials,
    })
}

/// The lines of a head, each without its end; `None` for one that does not end with CRLF, or that has
/// a byte that no line has.
fn lines(head: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    let mut start = 0;
    memchr_iter(b'\n', head).map(move |end| {
        let line = &head[start..end];
        start = end + 1;
        let line = line.strip_suffix(b"\r")?;
        let is_odd = |byte: &u8| matches!(byte, b'\r' | 0);
        (!line.iter().any(is_odd)).then_some(line)
    })
}

/// The method of a request line, if such a request may be refused.
fn method(line: &[u8]) -> Option<Method> {
    let name = &line[..memchr(b' ', line)?];
    if !line.ends_with(b" SIP/2.0") || name.starts_with(b"SIP/") {
        return None;
    }
    let method = Method::from_token(name)?;
    let may_be_refused = matches!(
        method,
        Method::Register
            | Method::Options
            | Method::Invite
            | Method::Message
            | Method::Subscribe
            | Method::Publish
    );
    may_be_refused.then_some(method)
}

/// Name and value of a line that is a whole field.
fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    if matches!(line.first(), None | Some(b' ' | b'\t')) {
        return None;
    }
    let (name, value) = line.split_at(memchr(b':', line)?);
    Some((name.trim_ascii_end(), value[1..].trim_ascii()))
}

/// Keeps the value of a field that may come once.
fn once<'b>(kept: &mut Option<&'b [u8]>, value: &'b [u8]) -> Option<()> {
    match kept.replace(value) {
        None if !value.is_empty() => Some(()),
        _ => None,
    }
}

/// Whether a To may have a tag.
fn has_tag(to: &[u8]) -> bool {
    memchr_iter(b';', to).any(|at| {
        let param = to[at + 1..].trim_ascii_start();
        let name = param.get(..3);
        name.is_some_and(|name| name.eq_ignore_ascii_case(b"tag"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: &str = "OPTIONS sip:192.0.2.1 SIP/2.0\r\n\
        Via: SIP/2.0/UDP 192.0.2.7:5062;branch=z9hG4bK74\r\n\
        v: SIP/2.0/UDP 10.0.0.1, SIP/2.0/TCP h\r\n\
        From: <sip:10@example.com>;tag=a1\r\n\
        t: <sip:192.0.2.1;x=\"tag\">;tags=1\r\n\
        call-id:  5f0c \r\n\
        CSeq: 1 OPTIONS\r\n\r\n";

    fn is_read(text: &str) -> bool {
        read(text.as_bytes()).is_some()
    }

    #[test]
    fn compact_names_any_case_and_several_vias_are_read() {
        let text = OPTIONS.replace(";tags=1", "");
        let request = read(text.as_bytes()).unwrap();
        assert_eq!(request.method, Method::Options);
        assert_eq!(request.via.branch(), "z9hG4bK74");
        assert_eq!(request.vias_below, [b"SIP/2.0/UDP 10.0.0.1, SIP/2.0/TCP h"]);
        assert_eq!(request.call_id, b"5f0c");
        assert!(!request.has_credentials);
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_parser() {
        let plain = OPTIONS.replace(";tags=1", "");
        assert!(is_read(&plain));
        let changed = |from: &str, to: &str| {
            assert!(plain.contains(from), "{from}");
            plain.replace(from, to)
        };
        for text in [
            OPTIONS.to_owned(), // perhaps a tag
            changed("74\r\n", "74, SIP/2.0/UDP h\r\n"),
            changed("From:", " folded\r\nFrom:"),
            changed("From:", "From\r\nFrom:"),
            changed("From:", "f: <sip:b@h>;tag=2\r\nFrom:"),
            changed("From: <sip:10@example.com>;tag=a1\r\n", ""),
            changed("CSeq: 1 OPTIONS", "CSeq:"),
            changed("5f0c", "5f\r0c"),
            changed("5f0c", "5f\n0c"),
            changed("5f0c", "5f\0c"),
            changed("SIP/2.0/UDP 192", "SIP/3.0/UDP 192"),
            changed(" SIP/2.0\r\nVia", " SIP/7.0\r\nVia"),
            changed("OPTIONS sip", "BYE sip"),
            changed("CSeq", "Route: <sip:h;lr>\r\nCSeq"),
            changed("\r\n\r\n", "\r\n"),
        ] {
            assert!(!is_read(&text), "{text}");
        }
    }
}
