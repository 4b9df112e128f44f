//! What makes a message a request: its request line, and what every request needs.

use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, DerefMut, Range};
use std::sync::OnceLock;

use crate::arrival::Arrival;
use crate::common::Common;
use crate::error::{ErrorKind, ParseError};
use crate::header_name::HeaderName;
use crate::message::{Message, Span};
use crate::method::Method;
use crate::script_line::ScriptLine;
use crate::text::{find, push_one_line};
use crate::uri::Uri;

/// A request and its arrival; header fields through [`Message`].
#[derive(Clone)]
pub struct Request {
    message: Message,
    method: Method,
    uri: Span,
    arrival: Arrival,
    verified_user: OnceLock<Box<str>>,
    last_asked: Cell<Option<ScriptLine>>,
    names_sips: bool,
}

impl Request {
    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The Request-URI as it came: a digest covers it, and a proxy compares it.
    pub fn uri_text(&self) -> &str {
        std::str::from_utf8(self.message.bytes(&self.uri)).unwrap_or_default()
    }

    /// The Request-URI, read.
    ///
    /// # Errors
    /// As [`Uri::parse`]; never for an unchanged request from [`crate::parse`].
    pub fn uri(&self) -> Result<Uri<'_>, ParseError> {
        let base = self.uri.start as usize;
        Uri::parse(self.uri_text()).map_err(|e| e.within("Request-URI", base))
    }

    /// Replaces the Request-URI (§16.6 step 2).
    ///
    /// ```
    /// # use sip_message::{Arrival, Flow, Packet, Transport, parse};
    /// # let flow = Flow {
    /// #     transport: Transport::Udp,
    /// #     local: "192.0.2.1:5060".parse()?,
    /// #     remote: "192.0.2.7:5062".parse()?,
    /// #     connection: None,
    /// # };
    /// # let arrival = Arrival { flow, at: std::time::SystemTime::UNIX_EPOCH };
    /// # let text = "OPTIONS sip:11@example.com SIP/2.0\r\nvia: SIP/2.0/UDP h\r\nf: sip:10@h\r\n\
    /// #     t:sip:11@h\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n";
    /// # let Ok(Packet::Request(mut request)) = parse(text.into(), arrival) else { panic!() };
    /// use sip_message::HeaderName;
    ///
    /// request.set_uri("sip:11@192.0.2.11");
    /// request.push_front(HeaderName::Via, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK9");
    /// let text = String::from_utf8(request.to_bytes())?;
    /// assert!(text.starts_with(
    ///     "OPTIONS sip:11@192.0.2.11 SIP/2.0\r\n\
    ///      Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK9\r\n\
    ///      via: SIP/2.0/UDP h\r\n" // the rest stays as it came
    /// ));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_uri(&mut self, uri: &str) {
        let start = self.message.end();
        let out = &mut self.message.buffer;
        out.extend_from_slice(self.method.as_str().as_bytes());
        out.push(b' ');
        let uri_start = out.len() as u32;
        push_one_line(out, uri);
        self.uri = uri_start..out.len() as u32;
        out.extend_from_slice(b" SIP/2.0\r\n");
        self.message.start_line = start..self.message.end();
    }

    /// Where and when it came.
    pub fn arrival(&self) -> &Arrival {
        &self.arrival
    }

    /// Whether an address in From, To, Contact, Route or Record-Route may have been a `sips` URI
    /// when the request came. In most requests none is, and a server need not read them to know it.
    pub fn may_name_sips(&self) -> bool {
        self.names_sips
    }

    /// Notes the user whose password came with the request, for limits that count by user. The
    /// first note stays: a request has one user.
    pub fn note_verified_user(&self, user: &str) {
        let _ = self.verified_user.set(user.into());
    }

    /// The user whose password came with the request; `None` before a password was checked.
    pub fn verified_user(&self) -> Option<&str> {
        self.verified_user.get().map(|user| &**user)
    }

    /// Notes that the caller of the calling function asks something of this request. Functions
    /// that scripts decide by call this, so that a tool can show the line that decided.
    #[track_caller]
    pub fn note_asked(&self) {
        self.last_asked.set(Some(ScriptLine::here()));
    }

    /// The line that asked last; `None` before anything was asked.
    pub fn last_asked(&self) -> Option<ScriptLine> {
        self.last_asked.get()
    }

    /// Whether the request is inside a dialog: its To has a tag (§12.2).
    pub fn has_to_tag(&self) -> bool {
        // Most To of a first request end with a closing bracket, so they have no parameters.
        let may_have = |to: &[u8]| !to.ends_with(b">");
        self.value(HeaderName::To).is_some_and(may_have) && self.tag(HeaderName::To).is_some()
    }

    /// Finds method, Request-URI and version on the request line (§7.1). [`Request::check`] looks
    /// for faults in them, so that those can be answered.
    pub(crate) fn read(message: Message, arrival: Arrival) -> Result<Self, ParseError> {
        let base = message.start_line.start as usize;
        let line = message.bytes(&message.start_line);
        let (method, uri) = request_line(line).map_err(|e| e.within("request line", base))?;
        let uri = (base + uri.start) as u32..(base + uri.end) as u32;
        Ok(Self {
            message,
            method,
            uri,
            arrival,
            verified_user: OnceLock::new(),
            last_asked: Cell::new(None),
            names_sips: false,
        })
    }

    /// Checks what every server needs (§8.1.1, §16.3).
    pub(crate) fn check(&mut self) -> Result<(), ParseError> {
        self.check_version()?;
        let uri = self.check_uri()?;
        let Common { cseq, names_sips } = self.message.check_common(uri)?;
        self.message.end_body()?;
        if cseq.method != self.method {
            let error = ParseError::new("CSeq", "method other than the request's", 0);
            let value = self.message.value(HeaderName::CSeq).unwrap_or_default();
            return Err(self.message.locate(error, HeaderName::CSeq, value));
        }
        self.message.max_forwards()?;
        self.names_sips = self.message.check_addresses()? || names_sips;
        Ok(())
    }

    fn check_version(&self) -> Result<(), ParseError> {
        let at = self.uri.end + 1;
        let version = self.message.bytes(&(at..self.message.start_line.end));
        let fault = |what, at| ParseError::new("request line", what, at);
        let at = at as usize;
        if version.eq_ignore_ascii_case(b"SIP/2.0\r\n") {
            Ok(())
        } else if version.trim_ascii_end().eq_ignore_ascii_case(b"SIP/2.0") {
            Err(fault(
                "white space after the version",
                at + b"SIP/2.0".len(),
            ))
        } else {
            Err(fault("version other than SIP/2.0", at).of_kind(ErrorKind::Version))
        }
    }

    fn check_uri(&self) -> Result<&str, ParseError> {
        let at = self.uri.start as usize;
        let fault = |what, at| ParseError::new("Request-URI", what, at);
        let text = std::str::from_utf8(self.message.bytes(&self.uri))
            .map_err(|e| fault("bytes are not UTF-8", at + e.valid_up_to()))?;
        let uri = Uri::parse(text).map_err(|e| e.within("Request-URI", at))?;
        // §19.1.1 table 1: otherwise they could smuggle header fields past the checks.
        if uri.sip().is_some_and(|uri| uri.headers.is_some()) {
            let at = at + text.find('?').unwrap_or_default();
            return Err(fault("headers are not allowed here", at));
        }
        Ok(text)
    }
}

/// The method of a request line, and where its Request-URI is (§7.1).
pub(crate) fn request_line(line: &[u8]) -> Result<(Method, Range<usize>), ParseError> {
    let fault = |what, at| ParseError::new("request line", what, at);
    let line = line.trim_ascii_end();
    let method_end = find(line, b' ').ok_or(fault("no space after the method", 0))?;
    let (method, rest) = line.split_at(method_end);
    let method = Method::from_token(method).ok_or(fault("method is not a token", 0))?;

    let uri_end = memchr::memrchr(b' ', rest).filter(|end| *end > 0);
    let uri_end = method_end + uri_end.ok_or(fault("no SIP version", line.len()))?;
    let version = line[uri_end + 1..].get(..4);
    if !version.is_some_and(|v| v.eq_ignore_ascii_case(b"SIP/")) {
        return Err(fault("no SIP version", uri_end + 1));
    }
    Ok((method, method_end + 1..uri_end))
}

/// The flow, then the message as text.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flow = &self.arrival.flow;
        writeln!(f, "{} {} -> {}", flow.transport, flow.remote, flow.local)?;
        self.message.fmt(f)
    }
}

impl Deref for Request {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.message
    }
}

impl DerefMut for Request {
    fn deref_mut(&mut self) -> &mut Message {
        &mut self.message
    }
}
