//! The life of one TCP connection: connecting, reading messages, writing on when the peer was
//! slow, ending.

use std::io::{self, ErrorKind};
use std::net::{Shutdown, SocketAddr};
use std::pin::pin;
use std::sync::Arc;

use sip_message::{Arrival, Frame, FrameError, Framer};
use socket2::SockRef;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, sleep_until, timeout};

use super::connections::Place;
use super::limits::TransportLimits;
use super::link::{Flushed, Link, Queued};
use super::listener::bound_buffers;
use super::pace::{Opened, Pace};
use super::refusal::refusal;
use crate::Clock;
use crate::network::Event;

/// What is read in one go.
const READ: usize = 8192;
/// How long a peer that was refused may take to read why.
const FAREWELL: Duration = Duration::from_secs(2);
/// How much of what it still sends is read meanwhile.
const FAREWELL_BYTES: usize = 256 << 10;
/// How long a peer that has closed its side still gets answers: what nothing holds up is
/// answered within T1 (RFC 3261 §17.1.1.1).
const LAST_ANSWERS: Duration = Duration::from_millis(500);

/// What the task of a connection works with.
pub(crate) struct Conversation {
    pub(crate) link: Arc<Link>,
    pub(crate) place: Place,
    pub(crate) events: mpsc::Sender<Event>,
    pub(crate) clock: Clock,
    pub(crate) limits: TransportLimits,
    /// Whether the peer ever sent a request.
    pub(crate) was_asked: bool,
}

/// How a connection ended.
enum End {
    /// The peer broke it, or does not read.
    Broken,
    /// The peer closed its side. It may still read.
    SaidAll,
    /// The server ends it: the peer took too long or too much, or cannot be understood.
    Decided,
    /// The server ends it: what came cannot be cut into messages.
    Unreadable(FrameError),
}

impl Conversation {
    /// Serves a connection the peer opened; the link has its stream.
    pub(crate) async fn accepted(mut self) {
        let end = self.converse(Opened::ByPeer).await;
        self.finish(end).await;
    }

    /// Connects, sends what was queued meanwhile, serves.
    pub(crate) async fn connecting(mut self) {
        let flow = *self.link.flow();
        let limit = self.limits.connect;
        let end = match timeout(limit, connect(flow.local, flow.remote)).await {
            Ok(Ok(stream)) => {
                self.link.connected(stream);
                self.link.blocked.notify_one();
                self.converse(Opened::ByUs).await
            }
            _ => End::Broken,
        };
        self.link.note_use();
        self.finish(end).await;
    }

    async fn converse(&mut self, opened: Opened) -> End {
        let link = Arc::clone(&self.link);
        let Some(stream) = link.stream() else {
            return End::Broken;
        };
        tokio::select! {
            () = link.closing.notified() => End::Broken,
            () = link.hanging_up.notified() => End::Decided,
            () = write_on(&link, stream, self.limits.stall) => End::Broken,
            end = self.read(stream, opened) => end,
        }
    }

    /// Reads messages until the connection ends.
    async fn read(&mut self, stream: &TcpStream, opened: Opened) -> End {
        let mut framer = Framer::default();
        let mut pace = Pace::new(opened, &self.limits, Instant::now());
        let mut unfinished = self.place.unfinished();
        let mut alarm = pin!(sleep_until(pace.deadline(None)));
        loop {
            if pace.deadline(None) < alarm.deadline() {
                alarm.as_mut().reset(pace.deadline(None));
            }
            tokio::select! {
                biased;
                ready = stream.readable() => if ready.is_err() { return End::Broken },
                () = &mut alarm => {
                    let deadline = pace.deadline(self.link.kept());
                    if deadline <= Instant::now() {
                        return End::Decided;
                    }
                    alarm.as_mut().reset(deadline);
                    continue;
                }
            }
            match read_some(stream, &mut framer) {
                Ok(0) => return End::SaidAll,
                Ok(_) => {}
                Err(e) if e.kind() == ErrorKind::WouldBlock => continue,
                Err(_) => return End::Broken,
            }
            if let Err(end) = self.take_frames(&mut framer, &mut pace).await {
                return end;
            }
            unfinished.set(framer.unfinished());
            if framer.unfinished() > READ && !unfinished.has_room(0) {
                return End::Decided;
            }
        }
    }

    async fn take_frames(&mut self, framer: &mut Framer, pace: &mut Pace) -> Result<(), End> {
        loop {
            match framer.next_frame() {
                Ok(Some(Frame::Message(bytes))) => {
                    let now = Instant::now();
                    pace.heard_message(now);
                    self.link.note_heard(now);
                    self.hand_over(bytes).await?;
                }
                Ok(Some(Frame::Ping)) => {
                    let now = Instant::now();
                    pace.heard_ping(now);
                    self.link.note_heard(now);
                    self.answer_ping()?;
                }
                Ok(None) => break,
                Err(error) => return Err(End::Unreadable(error)),
            }
        }
        pace.has_read(framer.is_inside_message(), Instant::now());
        Ok(())
    }

    /// Waits where the server has enough to do: nothing more is read meanwhile.
    async fn hand_over(&mut self, bytes: Vec<u8>) -> Result<(), End> {
        let arrival = self.arrival();
        let is_request = !bytes.starts_with(b"SIP/"); // with which responses begin
        if is_request && !bytes.starts_with(b"ACK ") {
            self.link.note_request();
        }
        self.was_asked |= is_request;
        let event = Event::Message { bytes, arrival };
        self.events.send(event).await.map_err(|_| End::Broken)
    }

    /// RFC 5626 §3.5.1: a single CRLF.
    fn answer_ping(&self) -> Result<(), End> {
        if self.link.queue(b"\r\n", self.limits.waiting_bytes) == Queued::Full {
            return Err(End::Broken);
        }
        match self.link.flush() {
            Ok(Flushed::All) => Ok(()),
            Ok(Flushed::Blocked) => {
                self.link.blocked.notify_one();
                Ok(())
            }
            Err(_) => Err(End::Broken),
        }
    }

    fn arrival(&self) -> Arrival {
        Arrival {
            flow: *self.link.flow(),
            at: self.clock.now(),
        }
    }

    async fn finish(self, end: End) {
        let may_read = match end {
            End::Broken => false,
            End::SaidAll => self.was_asked,
            End::Decided | End::Unreadable(_) => true,
        };
        if may_read {
            self.place.retire();
        } else {
            self.place.withdraw();
        }
        if self.link.was_used() {
            let flow = *self.link.flow();
            // Nobody listens once the server is gone.
            let _ = self.events.send(Event::Failed { flow }).await;
        }
        let Some(stream) = self.link.stream().filter(|_| may_read) else {
            return;
        };
        // Before the last words, and before the end in any case.
        let _ = timeout(LAST_ANSWERS, last_answers(&self.link, stream)).await;
        self.place.withdraw();
        if let End::Unreadable(error) = &end
            && let Some(words) = refusal(error, self.arrival(), &self.place.tag())
        {
            self.link.queue(&words, usize::MAX);
        }
        let _ = timeout(FAREWELL, take_leave(&self.link, stream)).await;
    }
}

async fn connect(local: SocketAddr, remote: SocketAddr) -> io::Result<TcpStream> {
    let socket = match remote {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    bound_buffers(&SockRef::from(&socket));
    let mut from = SocketAddr::new(local.ip(), 0);
    if let (SocketAddr::V6(from), SocketAddr::V6(remote)) = (&mut from, remote) {
        from.set_scope_id(remote.scope_id());
    }
    socket.bind(from)?;
    let stream = socket.connect(remote).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Writes on whenever the server left something that the kernel did not take at once. Ends
/// when the connection broke, or the peer reads nothing for too long.
async fn write_on(link: &Link, stream: &TcpStream, stall: Duration) {
    loop {
        link.blocked.notified().await;
        if write_all(link, stream, stall).await.is_err() {
            return;
        }
    }
}

/// Writes on until every request that came has its answer.
async fn last_answers(link: &Link, stream: &TcpStream) {
    tokio::select! {
        () = link.all_answered() => {}
        () = write_on(link, stream, LAST_ANSWERS) => {}
    }
}

async fn write_all(link: &Link, stream: &TcpStream, stall: Duration) -> io::Result<()> {
    while link.flush()? == Flushed::Blocked {
        timeout(stall, stream.writable()).await??;
    }
    Ok(())
}

/// Reads once. The buffer lives only here, so that an idle connection has none.
fn read_some(stream: &TcpStream, framer: &mut Framer) -> io::Result<usize> {
    let mut buffer = [0; READ];
    let count = stream.try_read(&mut buffer)?;
    framer.push(&buffer[..count]);
    Ok(count)
}

/// Sends the last words and reads what is still under way: closing with unread bytes would
/// reset the connection, and the peer would lose the words.
async fn take_leave(link: &Link, stream: &TcpStream) -> io::Result<()> {
    write_all(link, stream, FAREWELL).await?;
    SockRef::from(stream).shutdown(Shutdown::Write)?;
    let mut left = FAREWELL_BYTES;
    let mut buffer = [0; 512];
    while left > 0 {
        stream.readable().await?;
        match stream.try_read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => left = left.saturating_sub(count),
            Err(e) if e.kind() == ErrorKind::WouldBlock => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}
