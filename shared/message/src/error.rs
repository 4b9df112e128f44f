//! What is wrong with a message, and where.

use std::fmt;

use crate::status::Status;

/// What kind of fault it is, from which the status of the answer follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The bytes break the grammar or a rule of RFC 3261.
    Malformed,
    /// The version is not SIP/2.0.
    Version,
    /// Larger than [`crate::MAX_MESSAGE`].
    TooLarge,
}

impl ErrorKind {
    /// The status of the answer: 400, 505 or 513 (RFC 3261 §21.4.1, §21.5.6, §21.5.7).
    pub const fn status(self) -> Status {
        match self {
            Self::Malformed => Status::of(400),
            Self::Version => Status::of(505),
            Self::TooLarge => Status::of(513),
        }
    }
}

/// What is wrong with a message, and where; it becomes the reason phrase of the answer.
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
    /// What kind of fault it is.
    pub kind: ErrorKind,
}

impl ParseError {
    pub(crate) fn new(part: &'static str, fault: &'static str, offset: usize) -> Self {
        Self {
            part,
            fault,
            offset,
            kind: ErrorKind::Malformed,
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

    pub(crate) fn of_kind(self, kind: ErrorKind) -> Self {
        Self { kind, ..self }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} at byte {}", self.part, self.fault, self.offset)
    }
}

impl std::error::Error for ParseError {}
