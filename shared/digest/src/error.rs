use std::fmt;

/// What is wrong with a challenge or with credentials, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The parameter at fault, or empty for the header field as a whole.
    pub parameter: String,
    /// What is wrong with it.
    pub fault: &'static str,
    /// Where, in bytes from the start of the header field's value.
    pub offset: usize,
}

/// The fault of a value that is well written, and that nobody here knows.
const UNKNOWN: &str = "not a known one";

impl SyntaxError {
    /// Whether it is only that an algorithm or a qop is not known here: whoever wrote it meant
    /// another challenge.
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
