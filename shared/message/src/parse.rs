//! From bytes to a request or a response: the head split into fields, the mandatory ones checked.

use memchr::memchr;

use crate::MAX_MESSAGE;
use crate::arrival::Arrival;
use crate::error::ParseError;
use crate::message::{Field, Message, Span};
use crate::method::Method;
use crate::name::Name;
use crate::request::Request;
use crate::response::Response;
use crate::text::{is_token, trim};

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
    /// What is wrong with it, and the status that says so.
    pub error: ParseError,
    /// The request as far as it could be read, when it can be answered at all: it has a
    /// readable Via and is no ACK. A response or noise is met with silence (§16.7, §18.3).
    pub request: Option<Box<Request>>,
}

/// Reads one whole message: a datagram, or what [`crate::Framer`] cut from a stream. The bytes
/// become the message's buffer; spare capacity serves its edits.
///
/// # Errors
/// The first fault of what every message needs: start line, header syntax, Via, From, To,
/// Call-ID, CSeq (§8.1.1), and numbers that are none. Other headers are read when asked for.
pub fn parse(bytes: Vec<u8>, arrival: Arrival) -> Result<Packet, Malformed> {
    let silent = |error| Malformed {
        error,
        request: None,
    };
    if bytes.len() > MAX_MESSAGE {
        let error = ParseError::new("message", "larger than 65535 bytes", MAX_MESSAGE);
        return Err(silent(error.with_status(513)));
    }
    let (message, head_fault) = split(bytes).map_err(silent)?;
    if message.bytes(&message.start_line).starts_with(b"SIP/") {
        return match head_fault {
            Some(error) => Err(silent(error)),
            None => Response::check(message, arrival)
                .map(Packet::Response)
                .map_err(silent),
        };
    }
    let request = Request::read(message, arrival).map_err(silent)?;
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

/// Splits the head into header fields. A fault that leaves the rest readable comes beside the
/// message, so that the request can still be answered.
fn split(mut buffer: Vec<u8>) -> Result<(Message, Option<ParseError>), ParseError> {
    let bytes = buffer.as_slice();
    // §7.5: line ends before the start line are ignored.
    let mut at = bytes
        .iter()
        .take_while(|b| matches!(b, b'\r' | b'\n'))
        .count();
    let mut fault = None;
    let start_line = line(bytes, at).ok_or(ParseError::new("start line", "no line end", at))?;
    at = start_line.end as usize;

    if !bytes[..at].ends_with(b"\r\n") {
        fault = Some(ParseError::new("start line", "line end without CR", at - 1));
    }
    let mut fields = Vec::with_capacity(24);
    for whole in head_fields(bytes, at) {
        at = whole.end as usize;
        match field(bytes, whole) {
            Ok(field) => fields.push(field),
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    let end = bytes.len() as u32;
    let body = match bytes.get(at..).unwrap_or_default() {
        [b'\r', b'\n', ..] => at as u32 + 2..end,
        _ => {
            let what = "no empty line after the last";
            fault = fault.or(Some(ParseError::new("header", what, at)));
            end..end
        }
    };
    buffer.shrink_to(buffer.len() + 1024); // a small message may have come in a large buffer
    let mut message = Message {
        buffer,
        start_line,
        fields,
        body,
    };
    // §18.3: bytes of a datagram beyond its Content-Length are discarded.
    if let Ok(Some(length)) = message.content_length() {
        message.body.end = message
            .body
            .end
            .min(message.body.start.saturating_add(length));
    }
    Ok((message, fault))
}

/// The header fields from `at` up to the empty line, each with its continuation lines (§7.3.1)
/// and its line end. What follows the last is no field: the empty line, or a line without end.
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
    for at in memchr::memchr3_iter(b'\0', b'\r', b'\n', text) {
        match text[at] {
            b'\r' if text.get(at + 1) != Some(&b'\n') => return Err(fault("CR without LF", at)),
            b'\n' if !text[..at].ends_with(b"\r") => return Err(fault("line end without CR", at)),
            0 => return Err(fault("NUL byte", at)),
            _ => {}
        }
    }
    let colon = memchr(b':', text).ok_or(fault("line without a colon", 0))?;
    let written = text[..colon].trim_ascii_end();
    if written.is_empty() {
        return Err(fault("line without a name", 0));
    }
    if let Some(at) = written.iter().position(|b| !is_token(*b)) {
        return Err(fault("name with a character that no name may hold", at));
    }
    let value = trim(&text[colon + 1..]);
    let value_at = if value.is_empty() {
        colon + 1
    } else {
        crate::text::offset_in(text, value)
    };
    let value_at = (start + value_at) as u32;
    let value = value_at..value_at + value.len() as u32;
    let name_len = u16::try_from(written.len()).unwrap_or(u16::MAX);
    Ok(Field {
        name: Name::from_bytes(written),
        whole,
        name_len,
        value,
    })
}
