use std::borrow::Cow;

use crate::name::Name;
use crate::request::Request;

/// A header field of a reply: a name and a value.
pub type Header = (&'static str, String);

/// What a script answers: a status, a reason, header fields and perhaps a body
/// (`sl_send_reply` of the texts). It becomes bytes only beside the request it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status code, 100 to 699.
    pub status: u16,
    /// The reason phrase.
    pub reason: Cow<'static, str>,
    /// Header fields beyond those every response copies (RFC 3261 §8.2.6.2).
    pub headers: Vec<Header>,
    /// Why, in words for the log and never for the wire.
    pub why: Option<String>,
}

impl Reply {
    /// A reply with the reason phrase given.
    pub fn new(status: u16, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            reason: reason.into(),
            headers: Vec::new(),
            why: None,
        }
    }

    /// A reply with RFC 3261's reason phrase for the status (§21).
    pub fn of(status: u16) -> Self {
        Self::new(status, reason_phrase(status))
    }

    /// With a further header field. The value must hold no line end.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With the cause told to the log.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// The bytes of this reply to `request` (§8.2.6.2): Via, From, To, Call-ID and CSeq copied
    /// as they came, `tag` added to a To that has none unless this is a 100.
    pub fn to_bytes(&self, request: &Request, tag: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        let status = format!("SIP/2.0 {} {}\r\n", self.status, self.reason);
        out.extend_from_slice(status.as_bytes());
        for name in [Name::Via, Name::From, Name::To, Name::CallId, Name::CSeq] {
            for value in request.raw(name) {
                out.extend_from_slice(name.as_str().as_bytes());
                out.extend_from_slice(b": ");
                out.extend_from_slice(value);
                if name == Name::To && self.status != 100 && !request.has_to_tag() {
                    out.extend_from_slice(b";tag=");
                    out.extend_from_slice(tag.as_bytes());
                }
                out.extend_from_slice(b"\r\n");
            }
        }
        for (name, value) in &self.headers {
            for piece in [name.as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
                out.extend_from_slice(piece);
            }
        }
        out.extend_from_slice(b"Content-Length: 0\r\n\r\n");
        out
    }
}

/// The reason phrase of a status code (RFC 3261 §21 and later registrations).
pub fn reason_phrase(status: u16) -> &'static str {
    match status {
        100 => "Trying",
        180 => "Ringing",
        183 => "Session Progress",
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        413 => "Request Entity Too Large",
        416 => "Unsupported URI Scheme",
        420 => "Bad Extension",
        423 => "Interval Too Brief",
        440 => "Max-Breadth Exceeded",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        482 => "Loop Detected",
        483 => "Too Many Hops",
        486 => "Busy Here",
        487 => "Request Terminated",
        489 => "Bad Event",
        500 => "Server Internal Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "Version Not Supported",
        513 => "Message Too Large",
        600 => "Busy Everywhere",
        603 => "Decline",
        _ => "Unknown",
    }
}
