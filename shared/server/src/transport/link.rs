//! The sending half of a TCP connection: what waits to be written, and writing it.

use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use sip_message::Flow;
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// What the buffer of an idle connection may keep.
const IDLE_CAPACITY: usize = 4096;

/// One TCP connection as the server and the connection's own task share it.
#[derive(Debug)]
pub(crate) struct Link {
    flow: Flow,
    /// Missing while connecting.
    stream: OnceLock<TcpStream>,
    outbox: Mutex<Outbox>,
    backlog: Arc<Backlog>,
    /// Tells the connection's task to write on when the peer reads again.
    pub(crate) blocked: Notify,
    /// Tells the connection's task to end.
    pub(crate) closing: Notify,
}

/// What waits on all connections together, so that thousands of peers that read nothing cannot
/// have the server hold the share of each.
#[derive(Debug)]
pub(crate) struct Backlog {
    bytes: AtomicUsize,
    most: usize,
}

impl Backlog {
    pub(crate) fn new(most: usize) -> Arc<Self> {
        let bytes = AtomicUsize::new(0);
        Arc::new(Self { bytes, most })
    }

    fn has_room(&self, bytes: usize) -> bool {
        self.bytes.load(Relaxed) + bytes <= self.most
    }
}

#[derive(Debug, Default)]
struct Outbox {
    bytes: Vec<u8>,
    /// How much of the bytes is written.
    written: usize,
    /// Whether the server has it on its list of links to flush.
    listed: bool,
    /// Whether a message was ever sent.
    used: bool,
}

/// What came of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flushed {
    /// Everything is with the kernel, or waits for the connection to be made.
    All,
    /// The peer does not read.
    Blocked,
}

/// What came of queueing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Queued {
    /// It waits for [`Link::flush`], which nobody was to do before.
    First,
    /// It waits behind others.
    Behind,
    /// Too much waits: the peer does not read.
    Full,
}

impl Link {
    pub(crate) fn new(flow: Flow, backlog: Arc<Backlog>) -> Self {
        Self {
            flow,
            stream: OnceLock::new(),
            outbox: Mutex::default(),
            backlog,
            blocked: Notify::new(),
            closing: Notify::new(),
        }
    }

    /// Gives it the stream, once.
    pub(crate) fn connected(&self, stream: TcpStream) {
        let _ = self.stream.set(stream);
    }

    pub(crate) fn flow(&self) -> &Flow {
        &self.flow
    }

    pub(crate) fn stream(&self) -> Option<&TcpStream> {
        self.stream.get()
    }

    /// Puts bytes in line, of which at most `bound` wait. Where nothing waits, one message always
    /// may, whatever others have not read.
    pub(crate) fn queue(&self, bytes: &[u8], bound: usize) -> Queued {
        let mut outbox = self.outbox();
        let is_full = |waiting: usize| {
            waiting + bytes.len() > bound || waiting > 0 && !self.backlog.has_room(bytes.len())
        };
        if is_full(outbox.waiting()) {
            // Perhaps nobody has tried to write yet; an error shows when the task does.
            let _ = self.write(&mut outbox);
            if is_full(outbox.waiting()) {
                return Queued::Full;
            }
        }
        outbox.bytes.extend_from_slice(bytes);
        self.backlog.bytes.fetch_add(bytes.len(), Relaxed);
        match std::mem::replace(&mut outbox.listed, true) {
            false => Queued::First,
            true => Queued::Behind,
        }
    }

    /// Writes what waits, in as few system calls as the kernel allows.
    pub(crate) fn flush(&self) -> io::Result<Flushed> {
        let mut outbox = self.outbox();
        outbox.listed = false;
        self.write(&mut outbox)
    }

    fn write(&self, outbox: &mut Outbox) -> io::Result<Flushed> {
        let Some(stream) = self.stream() else {
            return Ok(Flushed::All);
        };
        while outbox.waiting() > 0 {
            match stream.try_write(&outbox.bytes[outbox.written..]) {
                Ok(count) => {
                    outbox.written += count;
                    self.backlog.bytes.fetch_sub(count, Relaxed);
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    outbox.compact();
                    return Ok(Flushed::Blocked);
                }
                Err(e) => return Err(e),
            }
        }
        outbox.compact();
        Ok(Flushed::All)
    }

    /// Notes that the server sent a message, so that it wants to hear of a failure.
    pub(crate) fn note_use(&self) {
        self.outbox().used = true;
    }

    pub(crate) fn was_used(&self) -> bool {
        self.outbox().used
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        // What a panic elsewhere left behind is still a queue of bytes.
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let waiting = self.outbox().waiting();
        self.backlog.bytes.fetch_sub(waiting, Relaxed);
    }
}

impl Outbox {
    fn waiting(&self) -> usize {
        self.bytes.len() - self.written
    }

    fn compact(&mut self) {
        self.bytes.drain(..self.written);
        self.written = 0;
        if self.bytes.is_empty() {
            self.bytes.shrink_to(IDLE_CAPACITY);
        }
    }
}
