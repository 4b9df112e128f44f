use std::fmt;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

/// How long the server may say nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server's control socket.
pub(crate) struct Client {
    stream: BufReader<UnixStream>,
    path: PathBuf,
}

/// Why there is no answer, or none that helps.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody listens.
    NoServer { path: PathBuf, error: io::Error },
    /// The server went away, or is no server of ours.
    Broken { path: PathBuf, what: String },
    /// The server refused, in its words.
    Refused(String),
    /// Standard output is gone or full.
    Output(io::Error),
}

impl Client {
    /// Connects to the socket.
    ///
    /// # Errors
    /// When there is none, nobody listens, or it belongs to another user.
    pub(crate) fn connect(path: &Path) -> Result<Self, Failure> {
        let connect = || {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            Ok(BufReader::new(stream))
        };
        let path = path.to_owned();
        match connect() {
            Ok(stream) => Ok(Self { stream, path }),
            Err(error) => Err(Failure::NoServer { path, error }),
        }
    }

    /// Calls a method and waits for its result.
    ///
    /// # Errors
    /// What the server refused, or that it did not answer.
    pub(crate) fn call(&mut self, method: &str, params: &[&str]) -> Result<Value, Failure> {
        let call = json!({"jsonrpc": "2.0", "method": method, "params": params, "id": 1});
        let mut line = String::new();
        writeln!(self.stream.get_mut(), "{call}")
            .and_then(|()| self.stream.read_line(&mut line))
            .map_err(|error| self.broken(error.to_string()))?;
        if line.is_empty() {
            return Err(self.broken("the server closed the connection"));
        }
        let mut answer: Value =
            serde_json::from_str(&line).map_err(|error| self.broken(error.to_string()))?;
        if let Some(message) = answer.pointer("/error/message").and_then(Value::as_str) {
            return Err(Failure::Refused(message.to_owned()));
        }
        match answer.get_mut("result") {
            Some(result) => Ok(result.take()),
            None => Err(self.broken("an answer that is none")),
        }
    }

    fn broken(&self, what: impl Into<String>) -> Failure {
        Failure::Broken {
            path: self.path.clone(),
            what: what.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
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
                     `cargo run -p step-01`, or name its socket with --control PATH"
                )
            }
            Self::Broken { path, what } => write!(f, "the server at {}: {what}", path.display()),
            Self::Refused(message) => f.write_str(message),
            Self::Output(error) => write!(f, "standard output: {error}"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
