//! How a reply to a request becomes bytes.

use std::borrow::Cow;

use crate::header_name::HeaderName;
use crate::request::Request;
use crate::script_line::ScriptLine;
use crate::status::Status;
use crate::text::push_one_line;

/// A header field of a reply: a name and a value.
pub type Header = (&'static str, Cow<'static, str>);

/// A script's reply: a status, a reason and header fields (`sl_send_reply` of the texts). It
/// becomes bytes together with the request it answers. Line ends and other control bytes in a
/// reason or value are sent as spaces, so that no text can begin another header field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status code.
    pub status: Status,
    /// The reason phrase.
    pub reason: Cow<'static, str>,
    /// Header fields beyond those every response copies (RFC 3261 §8.2.6.2).
    pub headers: Vec<Header>,
    /// The cause, for the log; it is never sent.
    pub why: Option<String>,
    /// The line that made it.
    pub place: ScriptLine,
}

impl Reply {
    /// A reply with the reason phrase given.
    #[track_caller]
    pub fn new(status: impl Into<Status>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status: status.into(),
            reason: reason.into(),
            headers: Vec::new(),
            why: None,
            place: ScriptLine::here(),
        }
    }

    /// A reply with RFC 3261's reason phrase for the status (§21).
    #[track_caller]
    pub fn of(status: impl Into<Status>) -> Self {
        let status = status.into();
        Self::new(status, status.reason_phrase())
    }

    /// Adds a header field.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds the cause, for the log.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// The bytes of this reply to `request` (§8.2.6.2): Via, From, To, Call-ID and CSeq copied
    /// as they came, `tag` added to a To that has none unless this is a 100.
    pub fn to_bytes(&self, request: &Request, tag: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        out.extend_from_slice(b"SIP/2.0 ");
        out.extend(self.status.digits());
        out.push(b' ');
        push_one_line(&mut out, &self.reason);
        for via in request.raw(HeaderName::Via) {
            push(&mut out, b"\r\nVia: ", via);
        }
        // A malformed request may lack one, and still gets its 400.
        if let Some(from) = request.value(HeaderName::From) {
            push(&mut out, b"\r\nFrom: ", from);
        }
        if let Some(to) = request.value(HeaderName::To) {
            push(&mut out, b"\r\nTo: ", to);
            if self.status != 100 && !request.has_to_tag() {
                out.extend_from_slice(b";tag=");
                push_one_line(&mut out, tag);
            }
        }
        if let Some(call_id) = request.value(HeaderName::CallId) {
            push(&mut out, b"\r\nCall-ID: ", call_id);
        }
        if let Some(cseq) = request.value(HeaderName::CSeq) {
            push(&mut out, b"\r\nCSeq: ", cseq);
        }
        if self.status == 100
            && let Some(timestamp) = request.value(HeaderName::Timestamp)
        {
            push(&mut out, b"\r\nTimestamp: ", timestamp); // §8.2.6.1
        }
        for (name, value) in &self.headers {
            push(&mut out, b"\r\n", name.as_bytes());
            out.extend_from_slice(b": ");
            push_one_line(&mut out, value);
        }
        out.extend_from_slice(b"\r\nContent-Length: 0\r\n\r\n");
        out
    }
}

/// Ends the line before, begins a header field, and copies its value.
fn push<const N: usize>(out: &mut Vec<u8>, label: &[u8; N], value: &[u8]) {
    out.extend_from_slice(label);
    out.extend_from_slice(value);
}
