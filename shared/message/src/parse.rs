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

    let mut fields = Vec::with_capacity(24);
    let mut body = bytes.len() as u32..bytes.len() as u32;
    loop {
        let Some(mut whole) = line(bytes, at) else {
            fault = fault.or(Some(ParseError::new(
                "header",
                "no empty line after the last",
                at,
            )));
            break;
        };
        if matches!(&bytes[at..whole.end as usize], b"\r\n" | b"\n") {
            body.start = whole.end;
            break;
        }
        // §7.3.1: a line that begins with white space continues the one before.
        while matches!(bytes.get(whole.end as usize), Some(b' ' | b'\t')) {
            let Some(next) = line(bytes, whole.end as usize) else {
                break;
            };
            whole.end = next.end;
        }
        at = whole.end as usize;
        match field(bytes, whole) {
            Ok(field) => fields.push(field),
            Err(error) => fault = fault.or(Some(error)),
        }
    }
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

/// The line that begins at `at`, its end included.
fn line(bytes: &[u8], at: usize) -> Option<Span> {
    let length = memchr(b'\n', bytes.get(at..)?)? + 1;
    Some(at as u32..(at + length) as u32)
}

fn field(bytes: &[u8], whole: Span) -> Result<Field, ParseError> {
    let start = whole.start as usize;
    let text = &bytes[start..whole.end as usize];
    let fault = |what, at| ParseError::new("header", what, start + at);
    let colon = memchr(b':', text).ok_or(fault("line without a colon", 0))?;
    let written = trim(&text[..colon]);
    if written.is_empty() || !text.starts_with(written) {
        return Err(fault("line without a name", 0));
    }
    if let Some(at) = written.iter().position(|b| !is_token(*b)) {
        return Err(fault("name with a character that no name may hold", at));
    }
    let value = trim(&text[colon + 1..]);
    if let Some(at) = value.iter().position(|b| *b == 0) {
        return Err(fault("NUL byte in a value", colon + 1 + at));
    }
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
