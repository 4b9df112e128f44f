//! Why the command ends early, and with which exit code.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;
use std::time::Duration;

use sip_message::{Response, printable};

use crate::retry::retry_after;

/// Why the command ends early: a line for the person who typed it, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    code: u8,
    retry_after: Option<Duration>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// Something that did not work. Exit code 1.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 1,
            retry_after: None,
            source: None,
        }
    }

    /// Something wrong with the command line. Exit code 2, as for clap.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        let code = 2;
        Self {
            code,
            ..Self::new(message)
        }
    }

    /// Something that the system refused. Exit code 1.
    pub(crate) fn caused(error: impl Error + Send + Sync + 'static) -> Self {
        Self {
            message: error.to_string(),
            source: Some(Box::new(error)),
            ..Self::new("")
        }
    }

    /// A refusal, with what it may mean and when the server wants to be asked again.
    pub(crate) fn refused(response: &Response, hint: &str) -> Self {
        let retry_after = retry_after(response);
        let wait = retry_after.map(|wait| {
            let seconds = wait.as_secs();
            format!("the server asks to wait {seconds} s (Retry-After)")
        });
        let hints = [Some(hint).filter(|hint| !hint.is_empty()), wait.as_deref()];
        let hints: Vec<&str> = hints.into_iter().flatten().collect();
        let mut message = format!("{} {}", response.status(), printable(response.reason()));
        if !hints.is_empty() {
            message = format!("{message}: {}", hints.join("; "));
        }
        Self {
            retry_after,
            ..Self::new(message)
        }
    }

    /// The same failure with what it is about in front: `not unregistered`.
    pub(crate) fn of(self, what: impl fmt::Display) -> Self {
        let message = format!("{what}: {}", self.message);
        Self { message, ..self }
    }

    /// How long the server asks to wait before the next try.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Prints the failure on standard error and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        anstream::eprintln!("{red}error{red:#}: {self}");
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.source.as_deref()?;
        Some(source)
    }
}
