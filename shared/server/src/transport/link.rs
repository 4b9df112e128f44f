//! The sending half of a TCP connection: what waits to be written, and writing it.

use std::io::{self, ErrorKind};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use sip_message::Flow;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::share::Share;

/// What the buffer of an idle connection may keep.
const IDLE_CAPACITY: usize = 4096;

/// One TCP connection as the server and the connection's own task share it.
#[derive(Debug)]
pub(crate) struct Link {
    flow: Flow,
    /// Missing while connecting.
    stream: OnceLock<TcpStream>,
    outbox: Mutex<Outbox>,
    /// Tells the connection's task to write on when the peer reads again.
    pub(crate) blocked: Notify,
    /// Tells the connection's task to end.
    pub(crate) closing: Notify,
}

#[derive(Debug)]
struct Outbox {
    bytes: Vec<u8>,
    /// Its share of what may wait for all peers.
    share: Share,
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
    pub(crate) fn new(flow: Flow, share: Share) -> Self {
        let outbox = Outbox {
            bytes: Vec::new(),
            share,
            written: 0,
            listed: false,
            used: false,
        };
        Self {
            flow,
            stream: OnceLock::new(),
            outbox: Mutex::new(outbox),
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
        if !outbox.has_room(bytes.len(), bound) {
            // Perhaps nobody has tried to write yet; an error shows when the task does.
            let _ = self.write(&mut outbox);
            if !outbox.has_room(bytes.len(), bound) {
                return Queued::Full;
            }
        }
        outbox.bytes.extend_from_slice(bytes);
        outbox.note_waiting();
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
                    outbox.note_waiting();
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

impl Outbox {
    fn waiting(&self) -> usize {
        self.bytes.len() - self.written
    }

    fn has_room(&self, bytes: usize, bound: usize) -> bool {
        let waiting = self.waiting();
        waiting + bytes <= bound && (waiting == 0 || self.share.has_room(bytes))
    }

    fn note_waiting(&mut self) {
        self.share.hold(self.waiting());
    }

    fn compact(&mut self) {
        self.bytes.drain(..self.written);
        self.written = 0;
        if self.bytes.is_empty() {
            self.bytes.shrink_to(IDLE_CAPACITY);
        }
    }
}
