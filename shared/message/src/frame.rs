//! Where one message ends and the next begins in a byte stream.

use std::fmt;

use memchr::memchr;

use crate::MAX_MESSAGE;
use crate::error::ErrorKind;
use crate::header_name::HeaderName;
use crate::parse::{field, head_fields};
use crate::request::request_line;
use crate::response::Response;
use crate::text::{is_token, number};

/// The next thing in a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// One whole message, for [`crate::parse`].
    Message(Vec<u8>),
    /// A double CRLF: the peer asks whether we are alive, and a CRLF answers (RFC 5626 §3.5.1).
    Ping,
}

/// Why a stream cannot be read any further. The beginning of its next message is unknown, so the
/// caller closes the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameError {
    /// What is wrong; the reason phrase of the answer.
    pub fault: &'static str,
    /// What kind of fault it is.
    pub kind: ErrorKind,
    /// The head that could not be framed. [`crate::parse`] finds out whether it can be answered: a
    /// request with a Via that is not an ACK. `None` if the stream had failed before.
    pub head: Option<Vec<u8>>,
}

/// Cuts a byte stream into messages (RFC 3261 §18.3): by Content-Length, which a stream needs.
///
/// Push the bytes that were read, then take frames until none is left. It holds at most
/// [`MAX_MESSAGE`] bytes more than one push, and looks at each byte once, however the stream is
/// split.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: Vec<u8>,
    /// Where the unread part of the buffer begins.
    start: usize,
    /// How far beyond `start` the search for the end of the head has come.
    sought: usize,
    /// The beginning, beyond `start`, of the line that `sought` is in.
    line: usize,
    /// The length of the message at `start`, once its head is complete.
    length: Option<usize>,
    failed: bool,
}

/// How much of its buffer an idle stream keeps.
const IDLE_CAPACITY: usize = 4096;
/// Room for the Via, Record-Route and Max-Forwards that a relay writes behind a message.
const SPARE: usize = 512;

impl Framer {
    /// Adds bytes that were read from the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.failed {
            return;
        }
        // Moving less than was consumed keeps the sum of all moves linear.
        if self.start > self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next complete frame; `None` until more has been read.
    ///
    /// # Errors
    /// The stream cannot be framed any further: Content-Length is missing, malformed or given
    /// with two values, a line end lacks its CR, a message is larger than [`MAX_MESSAGE`], or the
    /// bytes do not begin a message. After that there are no more frames.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        if self.failed {
            return Err(FrameError {
                fault: "the stream failed before",
                kind: ErrorKind::Malformed,
                head: None,
            });
        }
        let length = match self.length {
            Some(length) => length,
            None => {
                if self.skip_keepalives() {
                    return Ok(Some(Frame::Ping));
                }
                let Some(head) = self.find_head()? else {
                    return Ok(None);
                };
                let length = self.message_length(head)?;
                self.length = Some(length);
                length
            }
        };
        let Some(bytes) = self.unread().get(..length) else {
            return Ok(None);
        };
        let mut message = Vec::with_capacity(length + SPARE);
        message.extend_from_slice(bytes);
        self.consume(length);
        Ok(Some(Frame::Message(message)))
    }

    /// Whether a message has begun and not ended. A peer that leaves it unfinished is slow, or
    /// attacks by being slow.
    pub fn is_inside_message(&self) -> bool {
        !self.failed && !self.unread().iter().all(|b| matches!(b, b'\r' | b'\n' | 0))
    }

    /// How many bytes of an incomplete frame are kept.
    pub fn unfinished(&self) -> usize {
        self.unread().len()
    }

    fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
        (self.sought, self.line, self.length) = (0, 0, None);
        if self.start >= self.buffer.len() {
            self.start = 0;
            self.buffer.clear();
            self.buffer.shrink_to(IDLE_CAPACITY);
        }
    }

    /// Skips line ends before a message (§7.5), and the NULs with which some phones keep a NAT's
    /// mapping alive. True if two line ends together are a ping.
    fn skip_keepalives(&mut self) -> bool {
        if self.sought > 0 {
            return false;
        }
        loop {
            match self.unread() {
                [b'\r', b'\n', b'\r', b'\n', ..] => {
                    self.consume(4);
                    return true;
                }
                // The rest of a ping may still arrive.
                b"\r" | b"\r\n" | b"\r\n\r" => return false,
                [b'\r' | b'\n' | 0, ..] => self.consume(1),
                _ => return false,
            }
        }
    }

    /// The length of the head, including its empty line.
    fn find_head(&mut self) -> Result<Option<usize>, FrameError> {
        let bytes = self.buffer.get(self.start..).unwrap_or_default();
        match bytes.first() {
            Some(b'\r') | None => return Ok(None), // an incomplete keepalive
            Some(first) if !is_token(*first) => {
                return Err(self.fail("bytes do not begin a message", ErrorKind::Malformed, 0));
            }
            Some(_) => {}
        }
        while let Some(found) = memchr(b'\n', &bytes[self.sought..]) {
            let end = self.sought + found + 1;
            if !bytes[self.line..end].ends_with(b"\r\n") {
                return Err(self.fail("line end without CR", ErrorKind::Malformed, end));
            }
            if end > MAX_MESSAGE {
                break;
            }
            if self.line == 0
                && let Err(fault) = check_start_line(&bytes[..end])
            {
                return Err(self.fail(fault, ErrorKind::Malformed, end));
            }
            let is_empty = end - self.line == 2;
            (self.sought, self.line) = (end, end);
            if is_empty {
                return Ok(Some(end));
            }
        }
        self.sought = bytes.len();
        if self.sought > MAX_MESSAGE {
            return Err(self.fail(
                "head larger than 65535 bytes",
                ErrorKind::TooLarge,
                MAX_MESSAGE,
            ));
        }
        Ok(None)
    }

    /// The length of the message with a head of that length.
    fn message_length(&mut self, head: usize) -> Result<usize, FrameError> {
        let bytes = self.unread().get(..head).unwrap_or_default();
        let first_line = memchr(b'\n', bytes).map_or(head, |at| at + 1);
        let mut body = None;
        let mut fault = None;
        // `Content-Length` or `l`, in any case; the first letter rules out most others.
        let may_be = |at: usize| matches!(bytes[at], b'C' | b'c' | b'L' | b'l');
        for span in head_fields(bytes, first_line).filter(|span| may_be(span.start as usize)) {
            let Ok(field) = field(bytes, span) else {
                continue;
            };
            if !field.is(HeaderName::ContentLength) {
                continue;
            }
            let value = &bytes[field.value.start as usize..field.value.end as usize];
            match (number::<u32>(value), body) {
                (None, _) => fault = Some("Content-Length is not a number of 32 bits"),
                (Some(number), Some(other)) if number != other => {
                    fault = Some("two different Content-Length values");
                }
                (Some(number), _) => body = Some(number),
            }
        }
        match (fault, body) {
            (Some(fault), _) => Err(self.fail(fault, ErrorKind::Malformed, head)),
            (None, None) => Err(self.fail(
                "Content-Length missing, a stream needs one",
                ErrorKind::Malformed,
                head,
            )),
            (None, Some(body)) => match head.checked_add(body as usize) {
                Some(length) if length <= MAX_MESSAGE => Ok(length),
                _ => Err(self.fail("message larger than 65535 bytes", ErrorKind::TooLarge, head)),
            },
        }
    }

    fn fail(&mut self, fault: &'static str, kind: ErrorKind, head: usize) -> FrameError {
        let head = self.unread().get(..head).map(<[u8]>::to_vec);
        *self = Self {
            failed: true,
            ..Self::default()
        };
        FrameError { fault, kind, head }
    }
}

/// A message whose start line [`crate::parse`] cannot read cannot be answered.
fn check_start_line(line: &[u8]) -> Result<(), &'static str> {
    if Response::is_begun_by(line) {
        return Ok(());
    }
    request_line(line).map(drop).map_err(|error| error.fault)
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.fault)
    }
}

impl std::error::Error for FrameError {}
