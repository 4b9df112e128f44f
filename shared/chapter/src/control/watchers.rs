//! The watchers of a running server: each gets every message and every decision, or learns how
//! many it missed. They never make the server wait.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sip_control::watch::Event;
use sip_message::{Flow, Reply};
use sip_server::{Action, Direction, Observer, Request};
use sip_stage::decision;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{sleep, timeout};

use super::events::Seen;
use super::patience::PATIENCE;

/// Bytes that may wait for one watcher: a second or so of a busy server.
const WAITING_BYTES: usize = 4 << 20;

/// How much is written at once, in bytes.
const PIECE: usize = 64 << 10;

/// When a watcher learns what it missed if nothing follows: the last events of a burst may not have fit,
/// or come while the rest was being written.
const LOSSES_AFTER: Duration = Duration::from_secs(1);

/// Those who watch the server now. A copy refers to the same watchers.
#[derive(Clone, Default)]
pub struct Watchers(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// Spares a server that nobody watches the lock below.
    is_watched: AtomicBool,
    queues: Mutex<Vec<Queue>>,
}

/// The server's end of one watcher's queue.
struct Queue {
    events: UnboundedSender<Seen>,
    room: Arc<Room>,
}

/// What waits in a queue, and what did not fit.
#[derive(Default)]
struct Room {
    waiting: AtomicUsize,
    missed: AtomicU64,
}

impl Watchers {
    /// An observer that reports to the watchers and to `other`.
    #[must_use]
    pub fn beside(&self, other: Box<dyn Observer>) -> Box<dyn Observer> {
        Box::new(Watched {
            watchers: self.clone(),
            other,
        })
    }

    /// Writes events to a watcher until it goes, or leaves a piece unread for long.
    ///
    /// # Errors
    /// When the watcher has gone.
    pub(crate) async fn attend(&self, mut stream: UnixStream, greeting: &[u8]) -> io::Result<()> {
        let (mut events, room) = self.enter();
        stream.write_all(greeting).await?;
        let (mut reader, mut writer) = stream.split();
        let mut piece = Vec::new();
        loop {
            let first = tokio::select! {
                first = events.recv() => first,
                () = sleep(LOSSES_AFTER) => match room.missed.swap(0, Relaxed) {
                    0 => continue,
                    missed => Some(Seen::Missed(missed)),
                },
                // A watcher says nothing more: this is its end.
                _ = reader.read_u8() => None,
            };
            let Some(first) = first else { return Ok(()) };
            fill(&mut piece, first, &mut events, &room)?;
            timeout(PATIENCE, writer.write_all(&piece)).await??;
            piece.clear();
        }
    }

    fn enter(&self) -> (UnboundedReceiver<Seen>, Arc<Room>) {
        let (events, received) = unbounded_channel();
        let room = Arc::new(Room::default());
        let queue = Queue {
            events,
            room: Arc::clone(&room),
        };
        let Self(shared) = self;
        let mut queues = shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.push(queue);
        shared.is_watched.store(true, Relaxed);
        (received, room)
    }

    /// Gives each watcher what `seen` makes, and forgets those who have gone.
    fn report(&self, seen: impl FnOnce() -> Seen) {
        let Self(shared) = self;
        if !shared.is_watched.load(Relaxed) {
            return;
        }
        let seen = seen();
        let mut queues = shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.retain(|queue| queue.push(&seen));
        shared.is_watched.store(!queues.is_empty(), Relaxed);
    }
}

impl Queue {
    /// Hands an event over, or counts it as missed. False if the watcher has gone.
    fn push(&self, seen: &Seen) -> bool {
        let Self { events, room } = self;
        let cost = seen.cost();
        if room.waiting.load(Relaxed) + cost > WAITING_BYTES {
            room.missed.fetch_add(1, Relaxed);
            return !events.is_closed();
        }
        let missed = room.missed.swap(0, Relaxed);
        if missed > 0 {
            let _ = events.send(Seen::Missed(missed)); // if it has gone, the next one fails as well
        }
        room.waiting.fetch_add(cost, Relaxed);
        events.send(seen.clone()).is_ok()
    }
}

/// Writes what waits, as lines, until the piece is full.
fn fill(
    piece: &mut Vec<u8>,
    first: Seen,
    events: &mut UnboundedReceiver<Seen>,
    room: &Room,
) -> io::Result<()> {
    let mut next = Some(first);
    while let Some(seen) = next {
        room.waiting.fetch_sub(seen.cost(), Relaxed);
        line(piece, &seen.event())?;
        if piece.len() >= PIECE {
            return Ok(());
        }
        next = events.try_recv().ok();
    }
    // Everything is written. What did not fit came after it.
    let missed = room.missed.swap(0, Relaxed);
    if missed > 0 {
        line(piece, &Event::Missed(missed))?;
    }
    Ok(())
}

fn line(piece: &mut Vec<u8>, event: &Event) -> io::Result<()> {
    serde_json::to_writer(&mut *piece, event)?;
    piece.push(b'\n');
    Ok(())
}

/// Reports to the watchers, and to another observer.
struct Watched {
    watchers: Watchers,
    other: Box<dyn Observer>,
}

impl Observer for Watched {
    fn message(&mut self, direction: Direction, flow: &Flow, at: SystemTime, bytes: &[u8]) {
        self.watchers.report(|| Seen::Message {
            direction,
            flow: *flow,
            at,
            bytes: bytes.to_vec(),
        });
        self.other.message(direction, flow, at, bytes);
    }

    fn decided(&mut self, at: SystemTime, request: &Request, decided: &Result<Action, Reply>) {
        self.watchers
            .report(|| Seen::Decision(Box::new(decision(at, request, decided))));
        self.other.decided(at, request, decided);
    }

    fn note(&mut self, at: SystemTime, from: SocketAddr, text: fmt::Arguments<'_>) {
        self.watchers.report(|| Seen::Note {
            at,
            text: text.to_string(),
        });
        self.other.note(at, from, text);
    }
}

impl fmt::Debug for Watchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watchers(..)")
    }
}
