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

impl SyntaxError {
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
