//! One connection to the control socket: calls in, answers out.

use std::io;

use serde::Serialize;
use serde_json::Value;
use sip_control::{Answer, Call, Id, Refusal};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::dump;
use super::methods::{Outcome, Running};
use super::offered::Methods;
use super::patience::PATIENCE;

/// The longest call, in bytes.
const LONGEST_CALL: usize = 64 << 10;

/// Answers the calls of one client until it goes, falls silent or sends what is not a call.
///
/// # Errors
/// If the client has gone.
pub(crate) async fn serve(
    mut stream: UnixStream,
    running: &Running,
    methods: &Methods,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        match next_value(&mut buffer) {
            Next::Value(value) => match answer(&mut stream, running, methods, value).await? {
                After::Call => {}
                After::Watch(greeting) => return running.watchers.attend(stream, &greeting).await,
            },
            Next::Broken(error) => {
                return refuse(&mut stream, Id::Null, Refusal::not_json(&error)).await;
            }
            Next::Incomplete if buffer.len() >= LONGEST_CALL => {
                let what = format!("a call is at most {LONGEST_CALL} bytes long");
                return refuse(&mut stream, Id::Null, Refusal::not_a_call(what)).await;
            }
            Next::Incomplete => {
                let room = LONGEST_CALL - buffer.len();
                let mut source = (&mut stream).take(room as u64);
                if timeout(PATIENCE, source.read_buf(&mut buffer)).await?? == 0 {
                    return Ok(());
                }
            }
        }
    }
}

/// Turns away a client, without waiting, because there are too many.
pub(crate) fn turn_away(stream: &UnixStream) {
    let refusal = Refusal::refused("there are too many clients at the control socket");
    if let Ok(line) = line(Id::Null, Err::<(), _>(refusal)) {
        let _ = stream.try_write(&line);
    }
}

enum Next {
    Value(Value),
    Incomplete,
    Broken(serde_json::Error),
}

/// Takes one JSON value from the buffer. It ends where its brace does; no line end is needed.
fn next_value(buffer: &mut Vec<u8>) -> Next {
    let mut values = serde_json::Deserializer::from_slice(buffer).into_iter::<Value>();
    match values.next() {
        None => {
            buffer.clear();
            Next::Incomplete
        }
        Some(Ok(value)) => {
            let end = values.byte_offset();
            buffer.drain(..end);
            Next::Value(value)
        }
        Some(Err(error)) if error.is_eof() => Next::Incomplete,
        Some(Err(error)) => Next::Broken(error),
    }
}

/// What follows an answer.
enum After {
    /// The next call.
    Call,
    /// Events, after this line.
    Watch(Vec<u8>),
}

async fn answer(
    stream: &mut UnixStream,
    running: &Running,
    methods: &Methods,
    value: Value,
) -> io::Result<After> {
    let call = match Call::read(value) {
        Ok(call) => call,
        Err((refusal, id)) => {
            refuse(stream, id, refusal).await?;
            return Ok(After::Call);
        }
    };
    let outcome = running.answer(&call, methods).await;
    let Some(id) = call.id else {
        return Ok(After::Call);
    };
    match outcome {
        Err(refusal) => refuse(stream, id, refusal).await?,
        Ok(Outcome::Result(result)) => send(stream, &line(id, Ok(result))?).await?,
        Ok(Outcome::Watch) => return Ok(After::Watch(line(id, Ok(running.watched()))?)),
        Ok(Outcome::Dump { brief }) => {
            let mut pieces = dump::start(running, brief, id);
            while let Some(piece) = pieces.recv().await {
                send(stream, &piece).await?;
            }
        }
    }
    Ok(After::Call)
}

async fn refuse(stream: &mut UnixStream, id: Id, refusal: Refusal) -> io::Result<()> {
    send(stream, &line(id, Err::<(), _>(refusal))?).await
}

/// An answer as a line of JSON.
fn line(id: Id, outcome: Result<impl Serialize, Refusal>) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(&Answer::new(id, outcome))?;
    line.push(b'\n');
    Ok(line)
}

async fn send(stream: &mut UnixStream, bytes: &[u8]) -> io::Result<()> {
    timeout(PATIENCE, stream.write_all(bytes)).await?
}
