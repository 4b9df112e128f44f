//! The queue between the server and a thread that writes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::{Duration, Instant, SystemTime};

use sip_message::Flow;
use sip_server::Direction;

use super::unsaid::Unsaid;

/// Bytes that may wait for a slow terminal or disk: a second or so of a busy server.
const WAITING_BYTES: usize = 4 << 20;

/// What an entry costs besides its text.
const ENTRY_BYTES: usize = 128;

/// How long after an entry the losses are reported if nothing else comes: over a second, because
/// an entry in the next second reports them itself.
const LOSSES_AFTER: Duration = Duration::from_millis(1_200);

/// How long lines gather before they are written. A busy server would otherwise wake the thread for
/// each of them.
const GATHERS: Duration = Duration::from_millis(10);

/// How long a server that stops waits until everything is written.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Something that was seen.
#[derive(Debug, Clone)]
pub(crate) enum Seen {
    /// A message on the wire.
    Message {
        direction: Direction,
        flow: Flow,
        at: SystemTime,
        bytes: Vec<u8>,
    },
    /// A line for the log.
    Note { at: SystemTime, text: String },
}

/// Where entries go. It runs on its own thread and may block.
pub(crate) trait Sink: Send + 'static {
    /// Writes one entry, perhaps into a buffer.
    fn write(&mut self, seen: Seen) -> io::Result<()>;
    /// Writes a line about what is not shown.
    fn say(&mut self, line: &str) -> io::Result<()>;
    /// Reports that so many entries were not written.
    fn lost(&mut self, entries: u64) -> io::Result<()>;
    /// Does what only time can bring, when nothing came for a while. Returns whether there will be
    /// more of that.
    fn idle(&mut self) -> io::Result<bool> {
        Ok(false)
    }
    /// Sends the buffer on; called when nothing waits.
    fn flush(&mut self) -> io::Result<()>;
}

/// The server's end of a sink. It never waits, and holds a limited number of bytes.
pub(crate) struct Queue {
    entries: Sender<Seen>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    waiting: AtomicUsize,
    lost: AtomicU64,
    unsaid: Unsaid,
}

impl Queue {
    /// Starts the sink's thread. It ends when the queue is dropped and everything is written.
    ///
    /// # Errors
    /// If the system cannot start a thread.
    pub(crate) fn start(name: &str, sink: impl Sink) -> io::Result<(Self, LastWords)> {
        let (entries, inbox) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                // Fails if the terminal or disk is gone; then there is nowhere to report it.
                let _ = drain(&inbox, sink, &theirs);
                drop(end);
            })?;
        Ok((Self { entries, shared }, LastWords(ended)))
    }

    /// Hands a message over, or counts it as lost.
    pub(crate) fn message(&self, direction: Direction, flow: &Flow, at: SystemTime, bytes: &[u8]) {
        self.push(bytes.len(), || Seen::Message {
            direction,
            flow: *flow,
            at,
            bytes: bytes.to_vec(),
        });
    }

    /// Hands a note over, or counts it as lost.
    pub(crate) fn note(&self, at: SystemTime, text: String) {
        self.push(text.len(), || Seen::Note { at, text });
    }

    /// What is not shown; the sink reports it if nothing else comes.
    pub(crate) fn unsaid(&self) -> &Unsaid {
        &self.shared.unsaid
    }

    fn push(&self, length: usize, seen: impl FnOnce() -> Seen) {
        let cost = length + ENTRY_BYTES;
        if self.shared.waiting.load(Relaxed) + cost > WAITING_BYTES {
            self.shared.lost.fetch_add(1, Relaxed);
            return;
        }
        self.shared.waiting.fetch_add(cost, Relaxed);
        let _ = self.entries.send(seen()); // fails when the sink is gone, as `start` says
    }
}

/// Waits for a sink whose queue has been dropped.
pub(crate) struct LastWords(Receiver<()>);

impl LastWords {
    /// Returns when everything is written, or it takes too long.
    pub(crate) fn wait(self) {
        let _ = self.0.recv_timeout(LAST_WORDS);
    }
}

/// Writes what comes until the queue is dropped.
fn drain(inbox: &Receiver<Seen>, mut sink: impl Sink, shared: &Shared) -> io::Result<()> {
    let mut reported = Instant::now();
    loop {
        let next = match inbox.try_recv() {
            Ok(seen) => Some(seen),
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) => {
                sink.flush()?;
                wait(inbox, &mut sink, shared)?
            }
        };
        let Some(seen) = next else { break };
        let cost = cost(&seen);
        sink.write(seen)?;
        shared.waiting.fetch_sub(cost, Relaxed);
        if shared.lost.load(Relaxed) > 0 && reported.elapsed() > LOSSES_AFTER {
            reported = Instant::now();
            sink.lost(shared.lost.swap(0, Relaxed))?;
        }
    }
    report(&mut sink, shared)?;
    sink.flush()
}

/// Waits for the next entry, and reports the losses if none comes soon. `None` if none will come.
fn wait(inbox: &Receiver<Seen>, sink: &mut impl Sink, shared: &Shared) -> io::Result<Option<Seen>> {
    loop {
        match inbox.recv_timeout(LOSSES_AFTER) {
            Ok(seen) => {
                std::thread::sleep(GATHERS);
                return Ok(Some(seen));
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => {}
        }
        report(sink, shared)?;
        let will_be_more = sink.idle()?;
        sink.flush()?;
        if !will_be_more {
            return Ok(inbox.recv().ok());
        }
    }
}

fn report(sink: &mut impl Sink, shared: &Shared) -> io::Result<()> {
    for line in shared.unsaid.take() {
        sink.say(&line)?;
    }
    match shared.lost.swap(0, Relaxed) {
        0 => Ok(()),
        count => sink.lost(count),
    }
}

fn cost(seen: &Seen) -> usize {
    ENTRY_BYTES
        + match seen {
            Seen::Message { bytes, .. } => bytes.len(),
            Seen::Note { text, .. } => text.len(),
        }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::Receiver;
    use std::time::UNIX_EPOCH;

    use super::*;

    /// A sink that waits for leave before each line, like a terminal held with Ctrl-S.
    struct Held {
        leave: Receiver<()>,
        lines: Sender<String>,
    }

    impl Sink for Held {
        fn write(&mut self, seen: Seen) -> io::Result<()> {
            let _ = self.leave.recv();
            let Seen::Note { text, .. } = seen else {
                return Ok(());
            };
            self.lines.send(text).map_err(io::Error::other)
        }

        fn say(&mut self, line: &str) -> io::Result<()> {
            self.lines.send(line.to_owned()).map_err(io::Error::other)
        }

        fn lost(&mut self, entries: u64) -> io::Result<()> {
            self.lines
                .send(format!("lost {entries}"))
                .map_err(io::Error::other)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_held_terminal_neither_stops_the_server_nor_takes_its_memory() {
        let (let_go, leave) = mpsc::channel();
        let (lines, shown) = mpsc::channel();
        let (queue, last_words) = Queue::start("test", Held { leave, lines }).unwrap();
        let note = "x".repeat((1 << 20) - ENTRY_BYTES);
        for _ in 0..100 {
            queue.note(UNIX_EPOCH, note.clone());
        }
        drop(let_go);
        drop(queue);
        last_words.wait();
        let shown: Vec<String> = shown.into_iter().collect();
        assert_eq!(
            shown.len(),
            5,
            "4 MiB of notes, and the count of the others"
        );
        assert!(shown.contains(&"lost 96".to_owned()));
    }
}
