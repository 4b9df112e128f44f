//! What is wrong with a message, and where.

use std::fmt;

/// What is wrong with a message, and where; it becomes the reason phrase of a 400.
///
/// The text holds nothing from the wire, so it can be sent and logged as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseError {
    /// The faulty part: `request line`, or a header's full name.
    pub part: &'static str,
    /// What is wrong with it.
    pub fault: &'static str,
    /// Where, in bytes from the start of the message, or of the text if it was parsed alone.
    pub offset: usize,
    /// The status code of the answer to such a request: 400, 505 or 513.
    pub status: u16,
}

impl ParseError {
    pub(crate) fn new(part: &'static str, fault: &'static str, offset: usize) -> Self {
        Self {
            part,
            fault,
            offset,
            status: 400,
        }
    }

    /// The same fault as one of the whole, in which the part begins at `base`.
    pub(crate) fn within(self, part: &'static str, base: usize) -> Self {
        Self {
            part,
            offset: base + self.offset,
            ..self
        }
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} at byte {}", self.part, self.fault, self.offset)
    }
}

impl std::error::Error for ParseError {}
