//! The sending half of a TCP connection: what waits to be written, and writing it.

use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use sip_message::Flow;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::shares::Share;

/// What the buffer of an idle connection may keep.
const IDLE_CAPACITY: usize = 4096;
/// How often a connection is read when the server ends: what the kernel may hold for it
/// (`listener::TCP_BUFFER`), twice.
const LAST_READS: usize = 64;

/// One TCP connection as the server and the connection's own task share it.
#[derive(Debug)]
pub(crate) struct Link {
    flow: Flow,
    /// Missing while connecting.
    stream: OnceLock<TcpStream>,
    outbox: Mutex<Outbox>,
    life: Mutex<Life>,
    /// Requests that came over it and have no final response yet.
    owed: AtomicUsize,
    /// Has the connection's task write on when the peer reads again.
    pub(crate) blocked: Notify,
    /// Has the connection's task end at once: the peer does not read.
    pub(crate) closing: Notify,
    /// Has the connection's task end when it has written what was answered.
    pub(crate) hanging_up: Notify,
    /// Wakes the connection's task when no answer is owed any more.
    answered: Notify,
}

/// What distinguishes a connection that is needed from one that only takes a place.
#[derive(Debug)]
struct Life {
    /// When something whole came last.
    heard: Instant,
    /// Until when a binding or a call needs it.
    kept: Option<Instant>,
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
    pub(crate) fn new(flow: Flow, share: Share, now: Instant) -> Self {
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
            life: Mutex::new(Life {
                heard: now,
                kept: None,
            }),
            owed: AtomicUsize::new(0),
            blocked: Notify::new(),
            closing: Notify::new(),
            hanging_up: Notify::new(),
            answered: Notify::new(),
        }
    }

    /// Something whole came.
    pub(crate) fn note_heard(&self, now: Instant) {
        self.life().heard = now;
    }

    /// A binding or a call needs it until then.
    pub(crate) fn keep(&self, until: Instant) {
        let mut life = self.life();
        life.kept = life.kept.max(Some(until));
    }

    /// Until when a binding or a call needs it.
    pub(crate) fn kept(&self) -> Option<Instant> {
        self.life().kept
    }

    /// Since when it has been silent, if nothing needs it.
    pub(crate) fn idle_since(&self, now: Instant) -> Option<Instant> {
        let life = self.life();
        let is_kept = life.kept.is_some_and(|until| until > now);
        (!is_kept).then_some(life.heard)
    }

    /// A request came that is to be answered.
    pub(crate) fn note_request(&self) {
        self.owed.fetch_add(1, Relaxed);
    }

    /// Waits until every request has its final response in line.
    pub(crate) async fn all_answered(&self) {
        while self.owed.load(Relaxed) > 0 {
            self.answered.notified().await;
        }
    }

    fn note_final(&self) {
        let less = |owed: usize| owed.checked_sub(1);
        if self.owed.fetch_update(Relaxed, Relaxed, less) == Ok(1) {
            self.answered.notify_one();
        }
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
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
        if is_final(bytes) {
            self.note_final();
        }
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

    /// Ends it as the server does: what waits is written as far as the kernel takes it. What has
    /// come and was not read must be, or closing would reset the connection, and the peer could
    /// lose what it was answered.
    pub(crate) fn say_goodbye(&self) {
        let _ = self.flush();
        let Some(stream) = self.stream() else { return };
        let _ = SockRef::from(stream).shutdown(Shutdown::Write);
        let mut buffer = [0; 4096];
        for _ in 0..LAST_READS {
            if !matches!(stream.try_read(&mut buffer), Ok(1..)) {
                return;
            }
        }
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
        self.share.set(self.waiting());
    }

    fn compact(&mut self) {
        self.bytes.drain(..self.written);
        self.written = 0;
        if self.bytes.is_empty() {
            self.bytes.shrink_to(IDLE_CAPACITY);
        }
    }
}

/// Whether a message is a response with which its request is over.
fn is_final(message: &[u8]) -> bool {
    let status = message.strip_prefix(b"SIP/2.0 ");
    status.is_some_and(|status| status.first().is_some_and(|digit| *digit != b'1'))
}
