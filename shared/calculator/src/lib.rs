//! SIP digests worked out step by step: the program `calculator`, and [`explain`] for programs
//! that show the work themselves.
//!
//! | file | what it decides |
//! |---|---|
//! | `flags` | the command line |
//! | `response`, `answer`, `nonce`, `check`, `explain` | one verb each |
//! | `challenge` | which challenge `answer` answers |
//! | `reading`, `origin` | what a nonce contains; how a HA1 was made |
//! | `recipe`, `work` | everything that goes into a response; the steps to it |
//! | `forms` | how the last hash is put together |
//! | `encodings` | how phones turn letters into bytes |
//! | `show` | the work for people and for programs |
//! | `input` | files, standard input and passwords |
//! | `failure` | why a verb fails |

mod answer;
mod challenge;
mod check;
mod encodings;
mod explain;
mod failure;
mod flags;
mod forms;
mod input;
mod nonce;
mod origin;
mod overheard;
mod reading;
mod recipe;
mod response;
mod show;
mod work;

use std::io::{ErrorKind, Write};
use std::process::ExitCode;
use std::time::SystemTime;

use clap::Parser;

pub use explain::{Explained, Input, Said, Secret, Step, explain};
use failure::Failure;
use flags::{Flags, Verb};
use show::Secrets;

/// What a verb found out.
pub(crate) struct Report {
    /// For people.
    text: String,
    /// For programs.
    json: serde_json::Value,
    /// What the exit code says.
    outcome: Outcome,
}

/// The result of a verb, from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// It matches, or all is well.
    Good,
    /// It could not be tried.
    NotTried,
    /// It does not match.
    Bad,
}

impl Outcome {
    /// The outcome of a text with both: the worse one.
    fn and(self, other: Self) -> Self {
        self.max(other)
    }

    /// The outcome of something that matches, or does not.
    fn of(matches: bool) -> Self {
        if matches { Self::Good } else { Self::Bad }
    }
}

/// Does what the command line says, and returns the exit code: 0 it matches, or all is well; 1 it
/// does not match; 2 it could not be tried.
pub fn command() -> ExitCode {
    let flags = match Flags::try_parse() {
        Ok(flags) => flags,
        Err(error) => return flags::explain(&error),
    };
    match run(&flags) {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Bad) => ExitCode::from(1),
        Ok(Outcome::NotTried) => ExitCode::from(2),
        // In `calculator explain trace.txt | head`, the reader has seen enough.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            show::error(flags.json, &failure);
            ExitCode::from(2)
        }
    }
}

fn run(flags: &Flags) -> Result<Outcome, Failure> {
    let secrets = if flags.hide {
        Secrets::Hidden
    } else {
        Secrets::Shown
    };
    let report = match &flags.verb {
        Verb::Response(flags) => response::run(flags, secrets)?,
        Verb::Explain(flags) => explain::run(flags, secrets)?,
        Verb::Answer(flags) => answer::run(flags, secrets)?,
        Verb::Nonce(flags) => nonce::run(flags, SystemTime::now())?,
        Verb::Check(flags) => check::run(flags, secrets)?,
    };
    let mut out = anstream::stdout().lock();
    let written = if flags.json {
        writeln!(out, "{}", show::json_line(&report.json))
    } else {
        write!(out, "{}", sip_paste::octets::shown(&report.text))
    };
    written
        .and_then(|()| out.flush())
        .map_err(Failure::Output)?;
    Ok(report.outcome)
}
