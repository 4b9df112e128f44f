//! What is wrong with a challenge or with credentials, and where.

use std::fmt;

/// What is wrong with a challenge or with credentials, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The faulty parameter; empty for the header field as a whole.
    pub parameter: String,
    /// What is wrong with it.
    pub fault: &'static str,
    /// Where, in bytes from the start of the header field's value.
    pub offset: usize,
}

/// The fault of a well-formed value that this crate does not know.
const UNKNOWN: &str = "unknown value";

impl SyntaxError {
    /// Whether the only fault is an unknown algorithm or qop: such credentials answer another
    /// server's challenge.
    pub fn is_unknown_value(&self) -> bool {
        self.fault == UNKNOWN
    }

    pub(crate) fn unknown(parameter: &str, offset: usize) -> Self {
        Self::new(parameter, UNKNOWN, offset)
    }

    pub(crate) fn new(parameter: &str, fault: &'static str, offset: usize) -> Self {
        Self {
            parameter: parameter.to_owned(),
            fault,
            offset,
        }
    }

    pub(crate) fn missing(parameter: &str, value: &str) -> Self {
        Self::new(parameter, "missing", value.len())
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.parameter.is_empty() {
            write!(f, "{}: ", self.parameter)?;
        }
        write!(f, "{} at byte {}", self.fault, self.offset)
    }
}

impl std::error::Error for SyntaxError {}
