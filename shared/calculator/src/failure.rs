//! Why a verb fails; the exit code is 2.

use std::error::Error;
use std::fmt;
use std::io;

/// Why a verb fails.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A value on the command line that cannot be used: its flag, and what is wrong with it.
    Flag(&'static str, String),
    /// A file or standard input that cannot be read.
    Read(String, io::Error),
    /// A text that lacks what the verb needs.
    Text(String),
    /// No password was given, and none could be asked for.
    NoSecret(String),
    /// The system has no randomness for a cnonce.
    Random(getrandom::Error),
    /// Standard output is closed or full.
    Output(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag, fault) => write!(f, "{flag}: {fault}"),
            Self::Read(what, error) => write!(f, "cannot read {what}: {error}"),
            Self::Text(fault) => f.write_str(fault),
            Self::NoSecret(why) => write!(
                f,
                "{why}; give --password PASSWORD, --password - to read it from standard input, or --ha1 HA1"
            ),
            Self::Random(error) => write!(f, "no randomness for a cnonce ({error}); give --cnonce"),
            Self::Output(error) => write!(f, "cannot write: {error}"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Read(_, error) | Self::Output(error) => Some(error),
            Self::Random(error) => Some(error),
            Self::Flag(..) | Self::Text(_) | Self::NoSecret(_) => None,
        }
    }
}
