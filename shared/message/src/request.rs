use std::ops::{Deref, DerefMut};

use crate::arrival::Arrival;
use crate::error::ParseError;
use crate::message::{Message, Span};
use crate::method::Method;
use crate::name::Name;
use crate::text::is_token;
use crate::uri::Uri;

/// A request, with what the socket knew of it; header fields through [`Message`].
#[derive(Debug, Clone)]
pub struct Request {
    message: Message,
    method: Method,
    uri: Span,
    arrival: Arrival,
}

impl Request {
    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The Request-URI, raw: what a digest covers and a proxy compares.
    pub fn uri_text(&self) -> &str {
        std::str::from_utf8(self.message.bytes(&self.uri)).unwrap_or_default()
    }

    /// The Request-URI, read.
    ///
    /// # Errors
    /// As [`Uri::parse`]; never for a request that [`crate::parse`] gave and nobody changed.
    pub fn uri(&self) -> Result<Uri<'_>, ParseError> {
        let base = self.uri.start as usize;
        Uri::parse(self.uri_text()).map_err(|e| e.within("Request-URI", base))
    }

    /// Gives the request another Request-URI (§16.6 step 2).
    pub fn set_uri(&mut self, uri: &str) {
        let method = self.method.as_str().to_owned();
        let line = self
            .message
            .write(&[method.as_bytes(), b" ", uri.as_bytes(), b" SIP/2.0\r\n"]);
        let start = line.start + method.len() as u32 + 1;
        self.uri = start..start + uri.len() as u32;
        self.message.start_line = line;
    }

    /// Where and when it came.
    pub fn arrival(&self) -> &Arrival {
        &self.arrival
    }

    /// Whether the request is inside a dialog: its To has a tag (§12.2).
    pub fn has_to_tag(&self) -> bool {
        self.to().is_ok_and(|to| to.tag().is_some())
    }

    /// Reads the request line: method, Request-URI and version parted by single spaces (§7.1).
    pub(crate) fn read(message: Message, arrival: Arrival) -> Result<Self, ParseError> {
        let base = message.start_line.start as usize;
        let fault = |what, at| ParseError::new("request line", what, base + at);
        let line = message.bytes(&message.start_line);
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let method_end = memchr::memchr(b' ', line).ok_or(fault("no space after the method", 0))?;
        let method = &line[..method_end];
        if let Some(at) = method.iter().position(|b| !is_token(*b)) {
            return Err(fault("method with a character that no method may hold", at));
        }
        let uri_end = memchr::memrchr(b' ', line).filter(|end| *end > method_end);
        let uri_end = uri_end.ok_or(fault("no SIP version", line.len()))?;
        if !line[uri_end + 1..]
            .get(..4)
            .is_some_and(|v| v.eq_ignore_ascii_case(b"SIP/"))
        {
            return Err(fault("no SIP version after the Request-URI", uri_end + 1));
        }
        let method =
            std::str::from_utf8(method).map_err(|_| fault("method that is no token", 0))?;
        let method = Method::from_token(method);
        let uri = (base + method_end + 1) as u32..(base + uri_end) as u32;
        Ok(Self {
            message,
            method,
            uri,
            arrival,
        })
    }

    /// Checks what no element can do without (§8.1.1, §16.3).
    pub(crate) fn check(&self) -> Result<(), ParseError> {
        let line = self.message.bytes(&self.message.start_line);
        let base = self.message.start_line.start as usize;
        let version = &line[self.uri.end as usize - base + 1..];
        if !version.eq_ignore_ascii_case(b"SIP/2.0\r\n")
            && !version.eq_ignore_ascii_case(b"SIP/2.0\n")
        {
            let error = ParseError::new(
                "request line",
                "version other than SIP/2.0",
                self.uri.end as usize + 1,
            );
            return Err(error.with_status(505));
        }
        if std::str::from_utf8(self.message.bytes(&self.uri)).is_err() {
            return Err(ParseError::new(
                "Request-URI",
                "bytes that are not UTF-8",
                self.uri.start as usize,
            ));
        }
        self.uri()?;
        self.message.check_common()?;
        if self.message.cseq()?.method != self.method {
            let error = ParseError::new("CSeq", "method other than the request's", 0);
            return Err(self.message.locate_in(error, Name::CSeq));
        }
        self.message.max_forwards()?;
        Ok(())
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
