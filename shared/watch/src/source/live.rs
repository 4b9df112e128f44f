//! A running server: every event from its control socket, for as long as it runs, and again when
//! it is started again.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sip_control::watch::{Event, Watched};
use sip_control::{Answer, Call, method};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::Source;
use crate::view::State;

/// How long to wait before the server is looked for again.
const AGAIN: Duration = Duration::from_millis(500);

/// How often missing answers and ACKs are looked for.
const TICK: Duration = Duration::from_millis(500);

/// The most events that are taken at once, so that readers get their turn.
const AT_ONCE: usize = 256;

/// Follows the server at the control socket, for ever.
pub(crate) async fn follow(source: Arc<Source>, path: PathBuf) {
    let mut since = None;
    loop {
        let ended = connected(&source, &path, &mut since).await;
        let detail = match ended {
            Ok(()) => format!(
                "The server at {} has stopped. Start it again with `cargo run`.",
                path.display()
            ),
            Err(error) => why(&path, &error),
        };
        let is_news = source.about().detail.as_ref() != Some(&detail);
        if is_news {
            source.describe(|about| {
                about.state = State::Waiting;
                about.detail = Some(detail);
            });
        }
        sleep(AGAIN).await;
    }
}

/// Reads events until the server goes.
async fn connected(source: &Source, path: &Path, since: &mut Option<u64>) -> io::Result<()> {
    let mut stream = BufReader::new(UnixStream::connect(path).await?);
    let call = serde_json::to_string(&Call::new(method::WATCH, &[]))? + "\n";
    stream.write_all(call.as_bytes()).await?;
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let answer: Answer<Watched> = serde_json::from_str(&line)?;
    let watched = match answer.outcome() {
        Some(Ok(watched)) => watched,
        Some(Err(refusal)) => return Err(io::Error::other(refusal.message)),
        None => return Err(ErrorKind::InvalidData.into()),
    };
    if since.is_some_and(|since| since != watched.since) {
        source.change(|store| store.reset());
    }
    *since = Some(watched.since);
    source.describe(|about| {
        about.state = State::Connected;
        about.detail = None;
        about.title = format!("{} at {}", watched.package, path.display());
        about.package = Some(watched.package);
        about.folder = Some(watched.folder);
        about.database = watched.database;
    });
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut lines = stream.lines();
    loop {
        tokio::select! {
            line = lines.next_line() => match line? {
                Some(line) => take(source, &line, &mut lines).await?,
                None => return Ok(()),
            },
            _ = ticks.tick() => source.change(|store| store.tick(now())),
        }
    }
}

type Lines = tokio::io::Lines<BufReader<UnixStream>>;

/// Takes an event, and those that have come with it.
async fn take(source: &Source, first: &str, lines: &mut Lines) -> io::Result<()> {
    let mut events = vec![serde_json::from_str::<Event>(first)?];
    while events.len() < AT_ONCE && lines.get_ref().buffer().contains(&b'\n') {
        let Some(line) = lines.next_line().await? else {
            break;
        };
        events.push(serde_json::from_str(&line)?);
    }
    source.change(|store| events.into_iter().for_each(|event| store.take(event)));
    Ok(())
}

/// Microseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

fn why(path: &Path, error: &io::Error) -> String {
    let shown = path.display();
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => format!(
            "No server answers at {shown}. Start one with `cargo run` in another terminal, or give \
             this program another socket with --control PATH."
        ),
        ErrorKind::PermissionDenied => format!(
            "The control socket {shown} belongs to another user. Run this program as the user who \
             runs the server."
        ),
        _ => format!("The server at {shown} cannot be watched: {error}."),
    }
}
