//! What makes a message a response: its status line.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::arrival::Arrival;
use crate::error::ParseError;
use crate::message::Message;
use crate::status::Status;
use crate::text::{number, trim};

const VERSION: &[u8] = b"SIP/2.0 ";

/// A response and its arrival; header fields through [`Message`].
#[derive(Clone)]
pub struct Response {
    message: Message,
    status: Status,
    arrival: Arrival,
}

impl Response {
    /// The status code (§7.2).
    pub fn status(&self) -> Status {
        self.status
    }

    /// The reason phrase as it came.
    pub fn reason(&self) -> &[u8] {
        let line = self.message.bytes(&self.message.start_line);
        trim(line.get(VERSION.len() + 3..).unwrap_or_default())
    }

    /// Where and when it came.
    pub fn arrival(&self) -> &Arrival {
        &self.arrival
    }

    /// Whether a start line begins like a status line (§7.2).
    pub(crate) fn is_begun_by(line: &[u8]) -> bool {
        line.get(..4)
            .is_some_and(|v| v.eq_ignore_ascii_case(b"SIP/"))
    }

    /// Reads the status line and checks what every server needs.
    pub(crate) fn read(mut message: Message, arrival: Arrival) -> Result<Self, ParseError> {
        let base = message.start_line.start as usize;
        let fault = |what, at| ParseError::new("status line", what, base + at);
        let line = message.bytes(&message.start_line);
        let (version, rest) = line.split_at(line.len().min(VERSION.len()));
        if !version.eq_ignore_ascii_case(VERSION) {
            return Err(fault("version other than SIP/2.0", 0));
        }
        let (code, after) = rest
            .split_at_checked(3)
            .ok_or(fault("no status code", VERSION.len()))?;
        let is_whole = code.is_ascii() && matches!(after.first(), Some(b' ' | b'\r'));
        let status = number(code).filter(|_| is_whole).and_then(Status::new);
        let what = "status code is not from 100 to 699";
        let status = status.ok_or(fault(what, VERSION.len()))?;
        message.check_common("")?;
        message.end_body()?;
        Ok(Self {
            message,
            status,
            arrival,
        })
    }
}

/// The flow, then the message as text.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flow = &self.arrival.flow;
        writeln!(f, "{} {} -> {}", flow.transport, flow.remote, flow.local)?;
        self.message.fmt(f)
    }
}

impl Deref for Response {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.message
    }
}

impl DerefMut for Response {
    fn deref_mut(&mut self) -> &mut Message {
        &mut self.message
    }
}
