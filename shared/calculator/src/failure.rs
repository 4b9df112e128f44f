use std::fmt;
use std::io;

/// Why there is no answer: the exit code is 2.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A value of the command line that cannot be worked with: which flag, and what is wrong.
    Flag(&'static str, String),
    /// A file, or standard input, that cannot be read.
    Read(String, io::Error),
    /// A text without what is wanted.
    Text(String),
    /// No password, and nobody to ask.
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
                "{why}; say --password PASSWORD, --password - to read it from standard input, or --ha1 HA1"
            ),
            Self::Random(error) => write!(f, "no randomness for a cnonce ({error}); say --cnonce"),
            Self::Output(error) => write!(f, "cannot write: {error}"),
        }
    }
}

impl std::error::Error for Failure {}
