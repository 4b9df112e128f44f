//! A bare TCP connection to a server.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use crate::{address, text};

/// How long a read or a write may block.
const BLOCK: Duration = Duration::from_secs(2);

/// A connection that never blocks for long.
///
/// # Panics
/// When nothing listens there.
pub fn connect(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(server).expect("a listener with room in its queue");
    stream.set_read_timeout(Some(BLOCK)).expect("not zero");
    stream.set_write_timeout(Some(BLOCK)).expect("not zero");
    stream
}

/// What came, or nothing.
pub fn read(stream: &mut TcpStream) -> String {
    let mut buffer = [0; 4096];
    let length = stream.read(&mut buffer).unwrap_or_default();
    String::from_utf8_lossy(&buffer[..length]).into_owned()
}

/// A connection whose messages are read one by one.
pub struct Connection {
    stream: TcpStream,
    came: Vec<u8>,
}

impl Connection {
    /// From an address of 127.0.0.`host`.
    ///
    /// # Panics
    /// When nothing listens there.
    pub fn from_host(host: u8, server: SocketAddr) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("room for a socket");
        let at = SocketAddr::new(address::loopback(host), 0);
        socket.bind(&at.into()).expect("a free port");
        socket.connect(&server.into()).expect("a listener");
        let stream = TcpStream::from(socket);
        stream.set_nodelay(true).expect("a connection can");
        stream.set_write_timeout(Some(BLOCK)).expect("not zero");
        Self {
            stream,
            came: Vec::new(),
        }
    }

    /// Sends; a server may have hung up.
    pub fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// The next message without its body, if a whole one comes within `limit`.
    pub fn receive(&mut self, limit: Duration) -> Option<String> {
        let until = Instant::now() + limit;
        loop {
            if let Some(message) = self.take_message() {
                return Some(message);
            }
            let left = until.checked_duration_since(Instant::now())?;
            let left = left.max(Duration::from_millis(1));
            self.stream.set_read_timeout(Some(left)).expect("not zero");
            let mut buffer = [0; 65_536];
            match self.stream.read(&mut buffer) {
                Ok(0) | Err(_) => return None,
                Ok(length) => self.came.extend_from_slice(&buffer[..length]),
            }
        }
    }

    /// A message of a stream is as long as its Content-Length says (RFC 3261 §18.3).
    fn take_message(&mut self) -> Option<String> {
        let ends = self.came.windows(4).position(|it| it == b"\r\n\r\n")? + 4;
        let head = String::from_utf8_lossy(&self.came[..ends]).into_owned();
        let body = text::header(&head, "Content-Length").and_then(|it| it.parse().ok());
        let whole = ends + body.unwrap_or(0);
        (self.came.len() >= whole).then(|| self.came.drain(..whole))?;
        Some(head)
    }
}
