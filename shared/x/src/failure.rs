//! Why a verb of `cargo x` could not be carried out, in words for the person who typed it.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

/// What went wrong, where, and what to do about it.
#[derive(Debug)]
pub struct Failure {
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    is_usage: bool,
}

impl Failure {
    /// A failure in words of its own.
    pub fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            message,
            source: None,
            is_usage: false,
        }
    }

    /// Something that failed with `error`: the line is `what: error`.
    pub fn of(what: impl fmt::Display, error: impl Error + Send + Sync + 'static) -> Self {
        Self {
            message: format!("{what}: {error}"),
            source: Some(Box::new(error)),
            is_usage: false,
        }
    }

    /// A file that could not be read or written.
    pub fn file(path: &Path, error: io::Error) -> Self {
        Self::of(path.display(), error)
    }

    /// The same failure, as one of what was typed or written: nothing was judged. Exit code 2.
    #[must_use]
    pub fn usage(self) -> Self {
        Self {
            is_usage: true,
            ..self
        }
    }

    /// Whether it is one of what was typed or written.
    pub fn is_usage(&self) -> bool {
        self.is_usage
    }

    /// The same failure, with its place in front.
    pub fn at(self, place: impl fmt::Display) -> Self {
        Self {
            message: format!("{place}: {self}"),
            ..self
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.source.as_ref()?;
        Some(&**source)
    }
}

/// An input or output error that says enough without a place.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self {
            message: error.to_string(),
            source: Some(Box::new(error)),
            is_usage: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_of_a_failure_stays_its_source() {
        let denied = io::Error::other("denied");
        let failure = Failure::file(Path::new("a.md"), denied).at("line 3");
        assert_eq!(failure.to_string(), "line 3: a.md: denied");
        assert_eq!(failure.source().unwrap().to_string(), "denied");
        assert!(Failure::new("words alone").source().is_none());
    }
}
