use std::fmt;

use memchr::memchr;

use crate::MAX_MESSAGE;
use crate::header_name::HeaderName;
use crate::parse::{field, head_fields};
use crate::request::request_line;
use crate::response::Response;
use crate::text::{is_token, number};

/// What a stream carried next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// One whole message, for [`crate::parse`].
    Message(Vec<u8>),
    /// A double CRLF: the peer asks whether we live, a CRLF answers it (RFC 5626 §3.5.1).
    Ping,
}

/// Why a stream can no longer be read. Nobody knows where its next message begins, so the
/// connection is to be closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameError {
    /// What is wrong; fit to be the reason phrase of the answer.
    pub fault: &'static str,
    /// The status code of the answer, if the head can be answered: 400, or 513 for too large.
    pub status: u16,
    /// The head that could not be framed, for [`crate::parse`] to find whom to answer (a
    /// request with a Via, that is no ACK). `None` when the stream had failed before.
    pub head: Option<Vec<u8>>,
}

/// Cuts a byte stream into messages (RFC 3261 §18.3): by Content-Length, which a stream needs.
///
/// Push what was read, then take frames until there is none. It holds at most [`MAX_MESSAGE`]
/// bytes more than one push, and looks at each byte once however the stream is split.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: Vec<u8>,
    /// Where the unread part of the buffer begins.
    start: usize,
    /// How far beyond `start` the end of the head has been sought.
    sought: usize,
    /// The beginning, beyond `start`, of the line that `sought` is in.
    line: usize,
    /// The length of the message at `start`, once its head is whole.
    length: Option<usize>,
    failed: bool,
}

/// What an idle stream may keep of its buffer.
const IDLE_CAPACITY: usize = 4096;
/// Room for what a relay writes behind a message: its Via, Record-Route and Max-Forwards.
const SPARE: usize = 512;

impl Framer {
    /// Adds what was read from the stream.
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

    /// The next frame that is whole, `None` until more has been read.
    ///
    /// # Errors
    /// When the stream cannot be framed any more: no or a broken Content-Length, two that
    /// differ, a line end without CR, a message larger than [`MAX_MESSAGE`], or something that
    /// begins no message, of which [`crate::parse`] could not say who is to be answered. From
    /// then on there are no frames, whatever is pushed.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        if self.failed {
            return Err(FrameError {
                fault: "the stream failed before",
                status: 400,
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

    /// Whether a message has begun and not ended: a peer that leaves it so is too slow, or
    /// attacks by being slow.
    pub fn is_inside_message(&self) -> bool {
        !self.failed && !self.unread().iter().all(|b| matches!(b, b'\r' | b'\n' | 0))
    }

    /// How many bytes are kept of what is not yet a whole frame.
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

    /// Takes line ends before a message away (§7.5), and the NULs with which some phones keep a
    /// NAT's mapping alive. True when two line ends together are a ping.
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
                // The rest of a ping may be under way.
                b"\r" | b"\r\n" | b"\r\n\r" => return false,
                [b'\r' | b'\n' | 0, ..] => self.consume(1),
                _ => return false,
            }
        }
    }

    /// The length of the head, its empty line included.
    fn find_head(&mut self) -> Result<Option<usize>, FrameError> {
        let bytes = self.buffer.get(self.start..).unwrap_or_default();
        match bytes.first() {
            Some(b'\r') | None => return Ok(None), // a keepalive that is not whole
            Some(first) if !is_token(*first) => {
                return Err(self.fail("bytes that begin no message", 400, 0));
            }
            Some(_) => {}
        }
        while let Some(found) = memchr(b'\n', &bytes[self.sought..]) {
            let end = self.sought + found + 1;
            if !bytes[self.line..end].ends_with(b"\r\n") {
                return Err(self.fail("line end without CR", 400, end));
            }
            if end > MAX_MESSAGE {
                break;
            }
            if self.line == 0
                && let Err(fault) = check_start_line(&bytes[..end])
            {
                return Err(self.fail(fault, 400, end));
            }
            let is_empty = end - self.line == 2;
            (self.sought, self.line) = (end, end);
            if is_empty {
                return Ok(Some(end));
            }
        }
        self.sought = bytes.len();
        if self.sought > MAX_MESSAGE {
            return Err(self.fail("head larger than 65535 bytes", 513, MAX_MESSAGE));
        }
        Ok(None)
    }

    /// The length of the message whose head is so long.
    fn message_length(&mut self, head: usize) -> Result<usize, FrameError> {
        let bytes = self.unread().get(..head).unwrap_or_default();
        let first_line = memchr(b'\n', bytes).map_or(head, |at| at + 1);
        let mut body = None;
        let mut fault = None;
        // `Content-Length` or `l`, in any case; a glance at the first letter spares the rest.
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
                (None, _) => fault = Some("Content-Length that is no number that fits 32 bits"),
                (Some(number), Some(other)) if number != other => {
                    fault = Some("two Content-Length that differ");
                }
                (Some(number), _) => body = Some(number),
            }
        }
        match (fault, body) {
            (Some(fault), _) => Err(self.fail(fault, 400, head)),
            (None, None) => Err(self.fail("no Content-Length, which a stream needs", 400, head)),
            (None, Some(body)) => match head.checked_add(body as usize) {
                Some(length) if length <= MAX_MESSAGE => Ok(length),
                _ => Err(self.fail("message larger than 65535 bytes", 513, head)),
            },
        }
    }

    fn fail(&mut self, fault: &'static str, status: u16, head: usize) -> FrameError {
        let head = self.unread().get(..head).map(<[u8]>::to_vec);
        *self = Self {
            failed: true,
            ..Self::default()
        };
        FrameError {
            fault,
            status,
            head,
        }
    }
}

/// A start line that [`crate::parse`] cannot read belongs to a message that nobody can answer.
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
