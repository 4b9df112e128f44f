//! One connection: calls in, answers out, each a JSON object on a line.

use std::io;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::answers::Record;
use super::methods::{Answer, Running};
use super::offered::Methods;
use super::rpc::{Call, Fault, RESULT_HEAD, result_tail};

/// The longest call, in bytes.
const LONGEST_CALL: usize = 64 << 10;

/// A long answer is sent in pieces of about this size, in bytes.
const PIECE: usize = 64 << 10;

/// How long a client may be silent, and how long it may leave a piece of an answer unread.
const PATIENCE: Duration = Duration::from_secs(60);

/// Answers the calls of one client until it goes, falls silent or sends what is no call.
///
/// # Errors
/// When the client is gone.
pub(crate) async fn serve(
    mut stream: UnixStream,
    running: &Running,
    methods: &Methods,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        match next_value(&mut buffer) {
            Next::Value(value) => answer(&mut stream, running, methods, value).await?,
            Next::Broken(error) => {
                let line = Fault::unreadable(&error).line(&Value::Null);
                return send(&mut stream, line.as_bytes()).await;
            }
            Next::Incomplete if buffer.len() >= LONGEST_CALL => {
                let what = format!("a call is at most {LONGEST_CALL} bytes long");
                let line = Fault::no_call(&what).line(&Value::Null);
                return send(&mut stream, line.as_bytes()).await;
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

/// Says that there are too many clients, without waiting.
pub(crate) fn refuse(stream: &UnixStream) {
    let line = Fault::refused("too many clients at the control socket").line(&Value::Null);
    let _ = stream.try_write(line.as_bytes());
}

enum Next {
    Value(Value),
    Incomplete,
    Broken(serde_json::Error),
}

/// Takes one JSON value from the buffer. A line end is not waited for: an object ends where its
/// brace does.
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

async fn answer(
    stream: &mut UnixStream,
    running: &Running,
    methods: &Methods,
    value: Value,
) -> io::Result<()> {
    let call = match Call::read(value) {
        Ok(call) => call,
        Err((fault, id)) => return send(stream, fault.line(&id).as_bytes()).await,
    };
    let answer = running.answer(&call, methods).await;
    let Some(id) = call.id else {
        return Ok(());
    };
    match answer {
        Err(fault) => send(stream, fault.line(&id).as_bytes()).await,
        Ok(Answer::Result(result)) => {
            let line = format!("{RESULT_HEAD}{result}{}", result_tail(&id));
            send(stream, line.as_bytes()).await
        }
        Ok(Answer::Dump { brief }) => {
            send(stream, RESULT_HEAD.as_bytes()).await?;
            dump(stream, running, brief).await?;
            send(stream, result_tail(&id).as_bytes()).await
        }
    }
}

/// Writes every binding, a piece at a time.
async fn dump(stream: &mut UnixStream, running: &Running, brief: bool) -> io::Result<()> {
    let mut piece = br#"{"Domains":[{"Domain":{"Domain":"location","AoRs":["#.to_vec();
    let mut records = 0;
    let mut bindings = running.location.dump(running.clock.now()).peekable();
    while let Some(first) = bindings.next() {
        let mut record = vec![first];
        while let Some(next) = bindings.next_if(|next| next.aor == record[0].aor) {
            record.push(next);
        }
        piece.extend_from_slice(if records == 0 { b"" } else { b"," });
        records += 1;
        if brief {
            serde_json::to_writer(&mut piece, &json!({ "AoR": record[0].aor }))?;
        } else {
            let record = Record::new(&record[0].aor, &record, running.now());
            piece.extend_from_slice(br#"{"Info":"#);
            serde_json::to_writer(&mut piece, &record)?;
            piece.push(b'}');
        }
        if piece.len() > PIECE {
            send(stream, &piece).await?;
            piece.clear();
        }
    }
    let end = format!("],\"Stats\":{{\"Records\":{records}}}}}}}]}}");
    piece.extend_from_slice(end.as_bytes());
    send(stream, &piece).await
}

async fn send(stream: &mut UnixStream, bytes: &[u8]) -> io::Result<()> {
    timeout(PATIENCE, stream.write_all(bytes)).await?
}
