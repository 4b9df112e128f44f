//! What can go wrong, and what to do then.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sip_control::Refusal;
use sip_database::{AddressError, AdminError, DatabaseError, InputError, OpenError};

use crate::patience::PATIENCE;

/// Why the command ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The database file does not exist.
    NoDatabase(PathBuf),
    /// The database file cannot be used.
    Open(OpenError),
    /// The database refused, or failed.
    Admin(AdminError),
    /// An address that may not be added.
    Address(AddressError),
    /// Nobody listens at the control socket.
    NoServer { path: PathBuf, error: io::Error },
    /// The server went away.
    Lost { path: PathBuf, error: io::Error },
    /// What the server answered is not an answer, or of another version.
    Unreadable {
        path: PathBuf,
        error: serde_json::Error,
    },
    /// The server refused.
    Server(Refusal),
    /// Something cannot be done, in words.
    Refused(String),
    /// A file, or standard input, cannot be read.
    Input { path: PathBuf, error: io::Error },
    /// Standard output is gone or full.
    Output(io::Error),
}

impl Failure {
    /// 2 for what was mistyped, as for a wrong flag, 1 for everything else.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Admin(AdminError::Input(_)) | Self::Address(_) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDatabase(path) => write!(
                f,
                "{} does not exist: create it with `sipctl db create`, or name another file with \
                 --database",
                path.display()
            ),
            Self::Open(error) => error.fmt(f),
            Self::Admin(error) => error.fmt(f),
            Self::Address(error) => error.fmt(f),
            Self::NoServer { path, error } => no_server(f, path, error),
            Self::Lost { path, error } => lost(f, path, error),
            Self::Unreadable { path, error } => {
                let path = path.display();
                write!(f, "cannot read the answer of the server at {path}: {error}")
            }
            Self::Server(refusal) => f.write_str(&refusal.message),
            Self::Refused(message) => f.write_str(message),
            Self::Input { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Output(error) => write!(f, "standard output: {error}"),
        }
    }
}

fn no_server(f: &mut fmt::Formatter<'_>, path: &Path, error: &io::Error) -> fmt::Result {
    let path = path.display();
    let cause = match error.kind() {
        ErrorKind::PermissionDenied => {
            return write!(
                f,
                "{path} belongs to another user: run sipctl as the user who started the server"
            );
        }
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => String::new(),
        _ => format!(" ({error})"),
    };
    write!(
        f,
        "no server answers at {path}{cause}; is one running? start it with `cargo run`, or name \
         its socket with --control PATH"
    )
}

fn lost(f: &mut fmt::Formatter<'_>, path: &Path, error: &io::Error) -> fmt::Result {
    let path = path.display();
    match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => {
            write!(f, "the server at {path} closed the connection")
        }
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            let seconds = PATIENCE.as_secs();
            write!(f, "the server at {path} did not answer within {seconds} s")
        }
        _ => write!(f, "the server at {path}: {error}"),
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoDatabase(_) | Self::Server(_) | Self::Refused(_) => None,
            Self::Open(error) => error.source(),
            Self::Admin(error) => error.source(),
            Self::Address(error) => error.source(),
            Self::Unreadable { error, .. } => Some(error),
            Self::NoServer { error, .. }
            | Self::Lost { error, .. }
            | Self::Input { error, .. }
            | Self::Output(error) => Some(error),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<AdminError> for Failure {
    fn from(error: AdminError) -> Self {
        Self::Admin(error)
    }
}

impl From<DatabaseError> for Failure {
    fn from(error: DatabaseError) -> Self {
        Self::Admin(error.into())
    }
}

impl From<AddressError> for Failure {
    fn from(error: AddressError) -> Self {
        Self::Address(error)
    }
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self::Admin(error.into())
    }
}
