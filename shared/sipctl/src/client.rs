//! The client of the control socket.

use std::fmt;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;
use sip_control::{Answer, Call};

use crate::failure::Failure;
use crate::patience::PATIENCE;

/// A server's control socket.
pub(crate) struct Client {
    stream: BufReader<UnixStream>,
    path: PathBuf,
}

/// The result of a call, as the server wrote it.
pub(crate) struct Outcome(String);

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Client {
    /// Connects to the socket.
    ///
    /// # Errors
    /// If there is none, nobody listens, or it belongs to another user.
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
    /// If the server refuses, or does not answer.
    pub(crate) fn call(&mut self, method: &str, params: &[&str]) -> Result<Outcome, Failure> {
        let call = serde_json::to_string(&Call::new(method, params));
        let call = call.map_err(|error| self.unreadable(error))?;
        let line = self.line(&format!("{call}\n"));
        let mut line = line.map_err(|error| Failure::Lost {
            path: self.path.clone(),
            error,
        })?;
        let answer: Answer<&RawValue> =
            serde_json::from_str(&line).map_err(|error| self.unreadable(error))?;
        let result = match answer.outcome() {
            Some(Ok(result)) => result.get(),
            Some(Err(refusal)) => return Err(Failure::Server(refusal)),
            None => return Err(self.unreadable(serde::de::Error::missing_field("result"))),
        };
        // A dump has tens of megabytes: the result is cut out of the line and not copied.
        let (start, length) = (line.find(result).unwrap_or(0), result.len());
        line.truncate(start + length);
        line.drain(..start);
        Ok(Outcome(line))
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

    /// Reads a result.
    ///
    /// # Errors
    /// If it has another shape.
    pub(crate) fn read<'a, T: Deserialize<'a>>(&self, outcome: &'a Outcome) -> Result<T, Failure> {
        serde_json::from_str(&outcome.0).map_err(|error| self.unreadable(error))
    }

    fn unreadable(&self, error: serde_json::Error) -> Failure {
        Failure::Unreadable {
            path: self.path.clone(),
            error,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sip_control::{Id, Refusal};

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
    fn a_server_that_refuses_without_reading_is_heard() {
        let refused = called(|server| {
            let refusal = Refusal::refused("too many clients");
            let answer: Answer<()> = Answer::new(Id::Null, Err(refusal));
            serde_json::to_writer(&server, &answer).unwrap();
            None
        });
        assert_eq!(refused, "too many clients");
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_reported() {
        let unreadable = called(|mut server| {
            writeln!(server, "{{\"jsonrpc\":\"2.0\",\"id\":1}}").unwrap();
            Some(server)
        });
        assert_eq!(
            unreadable,
            "cannot read the answer of the server at sip.sock: missing field `result`"
        );
    }

    #[test]
    fn a_server_that_goes_away_or_does_not_answer_is_reported() {
        let gone = called(|_| None);
        assert_eq!(gone, "the server at sip.sock closed the connection");
        let silent = called(Some);
        assert_eq!(silent, "the server at sip.sock did not answer within 10 s");
    }
}
