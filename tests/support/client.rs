//! A request of any bytes and its answer, over UDP or TCP, for what no phone would send.

use std::net::SocketAddr;
use std::time::Instant;

use crate::stream::Connection;
use crate::text;
use crate::wire::{PATIENCE, Phone};

/// How a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// By a datagram.
    Udp,
    /// Over a connection.
    Tcp,
}

impl Transport {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Udp, Self::Tcp];
}

/// Somebody who asks and waits for the answer.
pub struct Client {
    phone: Phone,
    connection: Option<Connection>,
}

impl Client {
    /// One who says it is `user`, at an address of its own of 127.0.0.`host`.
    pub fn new(user: &str, host: u8, server: SocketAddr, transport: Transport) -> Self {
        let connection = match transport {
            Transport::Udp => None,
            Transport::Tcp => Some(Connection::from_host(host, server)),
        };
        let phone = Phone::new(user, host, server);
        Self { phone, connection }
    }

    /// A REGISTER of its own Contact, or another request to a URI.
    pub fn request(&mut self, method: &str, uri: &str) -> String {
        let contact = format!("Contact: <{}>\r\n", self.phone.contact());
        let request = match method {
            "REGISTER" => self.phone.registration(&contact),
            _ => self.phone.request(method, uri, &contact),
        };
        match self.connection {
            None => request,
            Some(_) => request.replace("SIP/2.0/UDP", "SIP/2.0/TCP"),
        }
    }

    /// Sends a request, and its final answer.
    ///
    /// # Panics
    /// When none comes.
    pub fn ask(&mut self, request: &str) -> String {
        self.ask_with(request, b"")
    }

    /// Sends a request with these bytes among its header fields, and its final answer,
    /// acknowledged when it is one to INVITE.
    ///
    /// # Panics
    /// When none comes.
    pub fn ask_with(&mut self, request: &str, bytes: &[u8]) -> String {
        let (head, tail) = request.split_once("Content-Length:").expect("it has one");
        let tail = format!("Content-Length:{tail}");
        let whole = [head.as_bytes(), bytes, tail.as_bytes()].concat();
        self.send(&whole);
        let answer = self.answer_to(request).unwrap_or_else(|| {
            let whole = String::from_utf8_lossy(&whole);
            panic!("no answer to:\n{whole}")
        });
        if text::method(request) == Some("INVITE") {
            self.send(text::acknowledgement(request, &answer).as_bytes());
        }
        answer
    }

    fn answer_to(&mut self, request: &str) -> Option<String> {
        let until = Instant::now() + PATIENCE;
        let cseq = text::header(request, "CSeq");
        loop {
            let left = until.checked_duration_since(Instant::now())?;
            let answer = match &mut self.connection {
                None => self.phone.receive(left)?,
                Some(connection) => connection.receive(left)?,
            };
            let is_final = text::status(&answer) >= Some(200);
            if is_final && text::header(&answer, "CSeq") == cseq {
                return Some(answer);
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        match &mut self.connection {
            None => self.phone.send_bytes(bytes),
            Some(connection) => connection.send(bytes),
        }
    }
}
