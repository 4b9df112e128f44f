//! From bytes to a request or a response: the head split into fields, the mandatory ones checked.

use memchr::{memchr, memchr3_iter};

use crate::MAX_MESSAGE;
use crate::arrival::Arrival;
use crate::error::{ErrorKind, ParseError};
use crate::header_name::HeaderName;
use crate::message::{Field, Message, Span};
use crate::method::Method;
use crate::request::Request;
use crate::response::Response;
use crate::text::{find, is_token, offset_in, trim};

/// A message of either kind.
#[derive(Debug, Clone)]
pub enum Packet {
    /// Begins with a method.
    Request(Request),
    /// Begins with `SIP/2.0`.
    Response(Response),
}

/// A message that cannot be served.
#[derive(Debug, Clone)]
pub struct Malformed {
    /// What is wrong with it.
    pub error: ParseError,
    /// The request as far as it could be read, if it can be answered: it has a readable Via and
    /// is not an ACK. A response or noise gets no answer (§16.7, §18.3).
    pub request: Option<Box<Request>>,
}

/// Reads one whole message: a datagram, or what [`crate::Framer`] cut from a stream. The bytes
/// become the message's buffer; spare capacity serves its edits.
///
/// ```
/// use sip_message::{Arrival, Flow, Packet, Transport, parse};
///
/// let text = "OPTIONS sip:10@example.com SIP/2.0\r\n\
///     v: SIP/2.0/UDP 192.0.2.7:5062;branch=z9hG4bK74\r\n\
///     From: \"Ten\" <sip:10@example.com>;tag=a1\r\n\
///     To: sip:10@example.com\r\n\
///     Call-ID: 5f0c@192.0.2.7\r\n\
///     CSeq: 1 OPTIONS\r\n\r\n";
/// let flow = Flow {
///     transport: Transport::Udp,
///     local: "192.0.2.1:5060".parse()?,
///     remote: "192.0.2.7:5062".parse()?,
///     connection: None,
/// };
/// let at = std::time::SystemTime::UNIX_EPOCH;
/// let Ok(Packet::Request(request)) = parse(text.into(), Arrival { flow, at }) else {
///     panic!("a request");
/// };
/// assert_eq!(request.top_via()?.branch(), "z9hG4bK74");
/// assert_eq!(request.from()?.uri, "sip:10@example.com");
/// assert_eq!(request.to_bytes(), text.as_bytes());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The first fault in what every message needs: start line, header syntax, Via, From, To,
/// Call-ID, CSeq (§8.1.1), Content-Length and Max-Forwards; in a request also a Contact, Route or
/// Record-Route that could be read in two ways. Other headers are read when a caller asks for
/// them.
pub fn parse(bytes: Vec<u8>, arrival: Arrival) -> Result<Packet, Malformed> {
    let silent = |error| Malformed {
        error,
        request: None,
    };
    if bytes.len() > MAX_MESSAGE {
        let error = ParseError::new("message", "larger than 65535 bytes", MAX_MESSAGE);
        return Err(silent(error.of_kind(ErrorKind::TooLarge)));
    }
    let (message, head_fault) = split(bytes).map_err(silent)?;
    if Response::is_begun_by(message.bytes(&message.start_line)) {
        let response = head_fault.map_or_else(|| Response::read(message, arrival), Err);
        return response.map(Packet::Response).map_err(silent);
    }
    let mut request = Request::read(message, arrival).map_err(silent)?;
    match head_fault.map_or_else(|| request.check(), Err) {
        Ok(()) => Ok(Packet::Request(request)),
        Err(error) => {
            let answerable = request.top_via().is_ok() && *request.method() != Method::Ack;
            Err(Malformed {
                error,
                request: answerable.then(|| Box::new(request)),
            })
        }
    }
}

/// Splits the head into header fields. If the rest can still be read, the fault is returned beside
/// the message, so that the request can be answered.
fn split(mut buffer: Vec<u8>) -> Result<(Message, Option<ParseError>), ParseError> {
    let bytes = buffer.as_slice();
    // §7.5: line ends before the start line are ignored.
    let is_line_end = |b: &&u8| matches!(b, b'\r' | b'\n');
    let start = bytes.iter().take_while(is_line_end).count();
    let start_line =
        line(bytes, start).ok_or(ParseError::new("start line", "no line end", start))?;
    let mut at = start_line.end as usize;
    let mut fault = None;
    let mut fields = Vec::with_capacity(24);
    let mut seen = 0;
    for whole in head_fields(bytes, at) {
        at = whole.end as usize;
        let read = field(bytes, whole).and_then(|field| check_single(field, &mut seen));
        match read {
            Ok(field) => fields.push(field),
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    if !is_clean(&bytes[start..at]) {
        let odd = check_bytes(bytes, &start_line, "start line").err();
        fault = earlier(fault, odd);
        fields.retain(|field: &Field| {
            let odd = check_bytes(bytes, &field.whole, "header").err();
            fault = earlier(fault, odd);
            odd.is_none()
        });
    }
    let end = bytes.len() as u32;
    let mut body = end..end;
    if bytes[at..].starts_with(b"\r\n") {
        body.start = at as u32 + 2;
    } else {
        let what = "no empty line after the last";
        fault = fault.or(Some(ParseError::new("header", what, at)));
    }
    buffer.shrink_to(buffer.len() + 1024); // a small message may come in a large buffer
    let message = Message {
        buffer,
        start_line,
        fields,
        body,
    };
    Ok((message, fault))
}

/// The header fields from `at` up to the empty line, each with its continuation lines (§7.3.1)
/// and its line end. An empty line or a line without an end follows the last one.
pub(crate) fn head_fields(bytes: &[u8], mut at: usize) -> impl Iterator<Item = Span> {
    std::iter::from_fn(move || {
        if bytes.get(at..)?.starts_with(b"\r\n") {
            return None;
        }
        let mut whole = line(bytes, at)?;
        while matches!(bytes.get(whole.end as usize), Some(b' ' | b'\t'))
            && let Some(next) = line(bytes, whole.end as usize)
        {
            whole.end = next.end;
        }
        at = whole.end as usize;
        Some(whole)
    })
}

/// The line that begins at `at`, its end included.
fn line(bytes: &[u8], at: usize) -> Option<Span> {
    let length = memchr(b'\n', bytes.get(at..)?)? + 1;
    Some(at as u32..(at + length) as u32)
}

/// Reads one header field; `whole` ends with its line end.
pub(crate) fn field(bytes: &[u8], whole: Span) -> Result<Field, ParseError> {
    let start = whole.start as usize;
    let text = &bytes[start..whole.end as usize];
    let fault = |what, at| ParseError::new("header", what, start + at);
    let colon = find(text, b':').ok_or(fault("line without a colon", 0))?;
    let mut written = &text[..colon];
    while let [rest @ .., b' ' | b'\t'] = written {
        written = rest; // §25.1 HCOLON
    }
    if written.is_empty() {
        return Err(fault("line without a name", 0));
    }
    let name = HeaderName::from_bytes(written);
    if name.is_none()
        && let Some(at) = written.iter().position(|b| !is_token(*b))
    {
        return Err(fault("character not allowed in a name", at));
    }
    let value = &text[colon + 1..];
    let value = trim(value.strip_suffix(b"\r\n").unwrap_or(value));
    let value_at = (start + offset_in(text, value)) as u32;
    Ok(Field {
        name,
        narrowed: false,
        name_len: u16::try_from(written.len()).unwrap_or(u16::MAX), // MAX_MESSAGE is less
        value: value_at..value_at + value.len() as u32,
        whole,
    })
}

/// Whether a head has no line end but CRLF, and no NUL.
fn is_clean(head: &[u8]) -> bool {
    // Every CR is followed by LF and every LF follows a CR. The loop has no early exit, so that
    // the compiler can use wide instructions.
    let odd = |(a, b): (&u8, &u8)| ((*a == b'\r') != (*b == b'\n')) | (*a == 0);
    let pairs = head.iter().zip(head.get(1..).unwrap_or_default());
    !pairs.fold(false, |found, pair| found | odd(pair))
}

/// Refuses bytes that one neighbour may read as the end of a line or text and another may not, so
/// that the two would read different messages (§7.3.1 knows only CRLF).
fn check_bytes(bytes: &[u8], span: &Span, part: &'static str) -> Result<(), ParseError> {
    let start = span.start as usize;
    let text = &bytes[start..span.end as usize];
    for at in memchr3_iter(b'\0', b'\r', b'\n', text) {
        let what = match text[at] {
            b'\r' if text.get(at + 1) == Some(&b'\n') => continue,
            b'\n' if text[..at].ends_with(b"\r") => continue,
            b'\r' => "CR without LF",
            b'\n' => "line end without CR",
            _ if text[..at].ends_with(b"\\") => continue, // §25.1 quoted-pair
            _ => "NUL byte",
        };
        return Err(ParseError::new(part, what, start + at));
    }
    Ok(())
}

/// The fault that comes first in the message.
fn earlier(a: Option<ParseError>, b: Option<ParseError>) -> Option<ParseError> {
    a.into_iter().chain(b).min_by_key(|error| error.offset)
}

/// Refuses the second header field of a kind that may occur only once (RFC 4475 §3.3.8).
fn check_single(field: Field, seen: &mut u32) -> Result<Field, ParseError> {
    let Some(
        name @ (HeaderName::From
        | HeaderName::To
        | HeaderName::CallId
        | HeaderName::CSeq
        | HeaderName::MaxForwards),
    ) = field.name
    else {
        return Ok(field);
    };
    let bit = 1_u32 << (name as u32);
    if *seen & bit != 0 {
        let at = field.whole.start as usize;
        return Err(ParseError::new(name.as_str(), "given twice", at));
    }
    *seen |= bit;
    Ok(field)
}

impl Message {
    /// Ends the body where Content-Length says (§18.3). Further bytes of a datagram are discarded;
    /// a datagram that ends sooner is an error.
    pub(crate) fn end_body(&mut self) -> Result<(), ParseError> {
        let Some(length) = self.content_length()? else {
            return Ok(());
        };
        let end = self.body.start.saturating_add(length);
        if end > self.body.end {
            let error = ParseError::new("Content-Length", "larger than the body", 0);
            let value = self.value(HeaderName::ContentLength).unwrap_or_default();
            return Err(self.locate(error, HeaderName::ContentLength, value));
        }
        self.body.end = end;
        Ok(())
    }
}
