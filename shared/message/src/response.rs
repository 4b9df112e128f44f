use std::ops::{Deref, DerefMut};

use crate::arrival::Arrival;
use crate::error::ParseError;
use crate::message::Message;

/// A response, with what the socket knew of it; header fields through [`Message`].
#[derive(Debug, Clone)]
pub struct Response {
    message: Message,
    status: u16,
    arrival: Arrival,
}

impl Response {
    /// The status code, 100 to 699 (§7.2).
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The reason phrase as it came.
    pub fn reason(&self) -> &[u8] {
        let line = self.message.bytes(&self.message.start_line);
        crate::text::trim(line.get(b"SIP/2.0 200".len()..).unwrap_or_default())
    }

    /// Where and when it came.
    pub fn arrival(&self) -> &Arrival {
        &self.arrival
    }

    /// Reads the status line and checks what no element can do without.
    pub(crate) fn check(message: Message, arrival: Arrival) -> Result<Self, ParseError> {
        let base = message.start_line.start as usize;
        let fault = |what, at| ParseError::new("status line", what, base + at);
        let line = message.bytes(&message.start_line);
        let rest = line
            .strip_prefix(b"SIP/2.0 ")
            .ok_or(fault("version other than SIP/2.0", 0))?;
        let (code, after) = rest.split_at_checked(3).ok_or(fault("no status code", 8))?;
        if !matches!(after.first(), Some(b' ' | b'\r' | b'\n')) {
            return Err(fault("status code of other than three digits", 8));
        }
        let code = std::str::from_utf8(code)
            .ok()
            .and_then(|code| code.parse().ok());
        let status = code.filter(|code| (100..700).contains(code));
        let status = status.ok_or(fault("status code that is none from 100 to 699", 8))?;
        message.check_common()?;
        Ok(Self {
            message,
            status,
            arrival,
        })
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
