use std::fmt;
use std::process::ExitCode;

use sip_message::{Response, printable};

/// Why the command ends early: a line for the person who typed it, and the exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    message: String,
    code: u8,
}

impl Failure {
    /// Something that did not work out. Exit code 1.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        Self { message, code: 1 }
    }

    /// Something wrong with what was typed. Exit code 2, as clap has it.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        let message = message.into();
        Self { message, code: 2 }
    }

    /// A refusal, with what it may mean.
    pub(crate) fn refused(response: &Response, hint: &str) -> Self {
        let status = format!("{} {}", response.status(), printable(response.reason()));
        Self::new(match hint {
            "" => status,
            hint => format!("{status}: {hint}"),
        })
    }

    /// Says it on standard error and gives the exit code.
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
