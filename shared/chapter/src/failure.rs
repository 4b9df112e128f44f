//! Why a command ends early, and how it says so.

use std::error::Error;
use std::fmt;
use std::io::Write;
use std::process::ExitCode;

/// Why a command ends early: a line for the person who typed it, and the exit code.
///
/// Every error becomes one with `?`, and stays its source. It is therefore not an [`Error`] itself.
#[derive(Debug)]
pub struct Failure {
    error: Box<dyn Error + Send + Sync>,
    code: u8,
}

impl Failure {
    /// A failure that no other command line would avoid, such as a full disk. Exit code 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            error: message.into().into(),
            code: 1,
        }
    }

    /// A mistake in what was typed. Exit code 2, as clap has it.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            error: message.into().into(),
            code: 2,
        }
    }

    /// Something that failed with `error`: the line is `what: error`. Exit code 1.
    pub fn of(what: impl fmt::Display, error: impl Error + Send + Sync + 'static) -> Self {
        Self::because(format!("{what}: {error}"), error)
    }

    /// A failure in words of its own, whose source is `error`. Exit code 1.
    pub fn because(message: String, error: impl Error + Send + Sync + 'static) -> Self {
        let source = Box::new(error);
        Self::from(Explained { message, source })
    }

    /// An error of any kind. Exit code 1.
    pub(crate) fn from_cause(error: Box<dyn Error + Send + Sync>) -> Self {
        Self { error, code: 1 }
    }

    /// The error that was the reason, if there was one.
    pub fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }

    /// Prints it to standard error and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        anstream::eprintln!("{red}error{red:#}: {self}");
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::from_cause(Box::new(error))
    }
}

/// An error in words that say what was being done.
#[derive(Debug)]
struct Explained {
    message: String,
    source: Box<dyn Error + Send + Sync>,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Explained {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

/// Prints a warning to standard error, in one line. The server goes on, even if standard error is
/// closed.
pub fn warn(text: &str) {
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    let _ = writeln!(anstream::stderr(), "{yellow}warning{yellow:#}: {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_that_ends_a_command_stays_its_source() {
        let denied = || std::io::Error::other("denied");
        let failure = Failure::of("--pcap x", denied());
        assert_eq!(failure.to_string(), "--pcap x: denied");
        assert_eq!(failure.source().unwrap().to_string(), "denied");
        assert_eq!(Failure::from(denied()).to_string(), "denied");
        assert!(Failure::new("words alone").source().is_none());
    }
}
