use std::fmt;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::process::ExitCode;

use sip_database::{AddressError, AdminError, DatabaseError, InputError, OpenError};

/// Why the command ends without what was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is no database file.
    NoDatabase(PathBuf),
    /// The database file cannot be used.
    Open(OpenError),
    /// The database refused, or failed.
    Admin(AdminError),
    /// An address that may not be added.
    Address(AddressError),
    /// Nobody listens at the control socket.
    NoServer { path: PathBuf, error: io::Error },
    /// The server went away, or is no server of ours.
    Broken { path: PathBuf, what: String },
    /// What was asked for cannot be had, in words.
    Refused(String),
    /// A file, or standard input, cannot be read.
    Input { path: PathBuf, error: io::Error },
    /// Standard output is gone or full.
    Output(io::Error),
}

impl Failure {
    /// 2 for what was typed wrongly, as for a wrong flag, 1 for everything else.
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
                "there is no file {}; make it with `sipctl db create`, or name another with \
                 --database",
                path.display()
            ),
            Self::Open(error) => error.fmt(f),
            Self::Admin(error) => error.fmt(f),
            Self::Address(error) => error.fmt(f),
            Self::NoServer { path, error } if error.kind() == ErrorKind::PermissionDenied => {
                let path = path.display();
                write!(
                    f,
                    "{path} belongs to another user: run sipctl as the one who started the server"
                )
            }
            Self::NoServer { path, error } => {
                let path = path.display();
                let cause = match error.kind() {
                    ErrorKind::NotFound | ErrorKind::ConnectionRefused => String::new(),
                    _ => format!(" ({error})"),
                };
                write!(
                    f,
                    "no server answers at {path}{cause}; is one running? start it with \
                     `cargo run`, or name its socket with --control PATH"
                )
            }
            Self::Broken { path, what } => write!(f, "the server at {}: {what}", path.display()),
            Self::Refused(message) => f.write_str(message),
            Self::Input { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Output(error) => write!(f, "standard output: {error}"),
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
