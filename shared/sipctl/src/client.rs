use std::fmt;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::ops::Range;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use serde_json::value::RawValue;

use crate::failure::Failure;

/// How long the server may say nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server's control socket.
pub(crate) struct Client {
    stream: BufReader<UnixStream>,
    path: PathBuf,
}

/// The result of a call as the server wrote it. A dump is long, so it stays in the line it came in.
pub(crate) struct Outcome {
    line: String,
    place: Range<usize>,
}

impl Outcome {
    fn get(&self) -> &str {
        self.line.get(self.place.clone()).unwrap_or_default()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.get())
    }
}

/// What the server answers (JSON-RPC 2.0 §5).
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
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

    /// Calls a method and returns its result as the server wrote it.
    ///
    /// # Errors
    /// What the server refused, or that it did not answer.
    pub(crate) fn call(&mut self, method: &str, params: &[&str]) -> Result<Outcome, Failure> {
        let call = json!({"jsonrpc": "2.0", "method": method, "params": params, "id": 1});
        let line = self.line(&format!("{call}\n"));
        let line = line.map_err(|error| self.broken(in_words(&error)))?;
        let answer: Answer<'_> = serde_json::from_str(&line).map_err(|e| self.unreadable(&e))?;
        match answer {
            Answer {
                error: Some(Refusal { message }),
                ..
            } => Err(Failure::Refused(message)),
            Answer {
                result: Some(result),
                ..
            } => {
                let from = result.get().as_ptr().addr() - line.as_ptr().addr();
                let place = from..from + result.get().len();
                Ok(Outcome { line, place })
            }
            _ => Err(self.broken("an answer without a result")),
        }
    }

    /// Sends a line, and reads one.
    fn line(&mut self, call: &str) -> io::Result<String> {
        match self.stream.get_mut().write_all(call.as_bytes()) {
            // A server with too many clients says so and closes before it reads.
            Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
        let mut line = String::new();
        match self.stream.read_line(&mut line)? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(line),
        }
    }

    /// Calls a method and reads its result.
    ///
    /// # Errors
    /// As [`Client::call`], or a result of another shape.
    pub(crate) fn ask<T: DeserializeOwned>(
        &mut self,
        method: &str,
        params: &[&str],
    ) -> Result<T, Failure> {
        let result = self.call(method, params)?;
        self.read(&result)
    }

    /// Reads a result.
    ///
    /// # Errors
    /// A result of another shape.
    pub(crate) fn read<T: DeserializeOwned>(&self, result: &Outcome) -> Result<T, Failure> {
        serde_json::from_str(result.get()).map_err(|e| self.unreadable(&e))
    }

    fn unreadable(&self, error: &serde_json::Error) -> Failure {
        self.broken(format!("an answer that cannot be read: {error}"))
    }

    fn broken(&self, what: impl Into<String>) -> Failure {
        Failure::Broken {
            path: self.path.clone(),
            what: what.into(),
        }
    }
}

/// Why the server does not answer.
fn in_words(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => {
            "it closed the connection".to_owned()
        }
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            format!("no answer within {} s", PATIENCE.as_secs())
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a call; the other end of the connection is used, and closed, before it.
    fn called(server: impl FnOnce(UnixStream) -> Option<UnixStream>) -> String {
        let (ours, theirs) = UnixStream::pair().unwrap();
        ours.set_read_timeout(Some(Duration::from_millis(1)))
            .unwrap();
        let _held = server(theirs);
        let mut client = Client {
            stream: BufReader::new(ours),
            path: PathBuf::from("sip.sock"),
        };
        match client.call("core.uptime", &[]) {
            Err(failure) => failure.to_string(),
            Ok(outcome) => panic!("{outcome}"),
        }
    }

    #[test]
    fn a_server_that_says_no_without_reading_is_heard() {
        let told = called(|mut server| {
            writeln!(server, "{{\"error\":{{\"message\":\"too many clients\"}}}}").unwrap();
            None
        });
        assert_eq!(told, "too many clients");
    }

    #[test]
    fn a_server_that_goes_away_or_says_nothing_is_told_in_words() {
        let gone = called(|_| None);
        assert_eq!(gone, "the server at sip.sock: it closed the connection");
        let silent = called(Some);
        assert_eq!(silent, "the server at sip.sock: no answer within 10 s");
    }
}
