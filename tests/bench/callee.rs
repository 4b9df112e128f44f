//! The phone that all calls go to.

use std::io::Write;
use std::mem::take;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use memchr::memmem;

use crate::call::BODY;
use crate::message;

/// The called phone: it answers at once, and counts.
pub(crate) struct Callee {
    socket: UdpSocket,
    local: SocketAddr,
    /// For each call, the requests that came: a bit each.
    seen: Vec<u8>,
    again: u64,
    buffer: Vec<u8>,
    reply: Vec<u8>,
}

impl Callee {
    pub(crate) fn new(socket: UdpSocket, calls: u64) -> Self {
        socket.set_nonblocking(true).expect("sockets can");
        Self {
            local: socket.local_addr().expect("bound"),
            socket,
            seen: vec![0; calls as usize],
            again: 0,
            buffer: vec![0; 65_536],
            reply: Vec::with_capacity(1024),
        }
    }

    /// Requests that came again, or unexpectedly.
    pub(crate) fn again(&self) -> u64 {
        self.again
    }

    /// Answers what has come so far. True if anything had.
    pub(crate) fn answer_all(&mut self) -> bool {
        let mut came = false;
        let (mut buffer, mut reply) = (take(&mut self.buffer), take(&mut self.reply));
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            let request = &buffer[..length];
            came = true;
            let (bit, replies): (u8, &[(u16, &str)]) = match request.first() {
                Some(b'I') => (1, &[(180, "Ringing"), (200, "OK")]),
                Some(b'A') => (2, &[]),
                Some(b'B') => (4, &[(200, "OK")]),
                // A CANCEL, for instance of a server that failed half-way.
                _ => {
                    self.again += 1;
                    continue;
                }
            };
            self.note(request, bit);
            for &(status, reason) in replies {
                reply.clear();
                self.write_reply(request, status, reason, &mut reply);
                let sent = self.socket.send_to(&reply, from);
                sent.expect("loopback takes datagrams");
            }
        }
        (self.buffer, self.reply) = (buffer, reply);
        came
    }

    /// Each call had its INVITE, its ACK and its BYE.
    pub(crate) fn is_content(&mut self) {
        // The last BYE may have overtaken the last ACK.
        std::thread::sleep(Duration::from_millis(100));
        self.answer_all();
        let whole = self.seen.iter().all(|&seen| seen == 7);
        assert!(whole, "a call without INVITE, ACK or BYE at the callee");
    }

    fn note(&mut self, request: &[u8], bit: u8) {
        let call = message::header(request, "Call-ID").and_then(|id| id.strip_prefix(b"call-"));
        let (call, _) = call
            .and_then(message::number)
            .expect("the caller's Call-ID");
        let consumed = memmem::find(request, b"Proxy-Authorization").is_none();
        assert!(consumed, "the caller's credentials went further");
        let seen = &mut self.seen[call as usize];
        self.again += u64::from(*seen & bit != 0);
        *seen |= bit;
    }

    fn write_reply(&self, request: &[u8], status: u16, reason: &str, out: &mut Vec<u8>) {
        write!(out, "SIP/2.0 {status} {reason}\r\n").expect("memory takes it");
        for (name, value) in message::headers(request) {
            let copied = [
                &b"Via"[..],
                b"Record-Route",
                b"From",
                b"To",
                b"Call-ID",
                b"CSeq",
            ];
            if !copied.iter().any(|other| name.eq_ignore_ascii_case(other)) {
                continue;
            }
            out.extend_from_slice(name);
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            if name.eq_ignore_ascii_case(b"To") && !value.windows(5).any(|it| it == b";tag=") {
                out.extend_from_slice(b";tag=callee");
            }
            out.extend_from_slice(b"\r\n");
        }
        let local = self.local;
        let answers = status == 200 && request.first() == Some(&b'I');
        let body = if answers { BODY } else { "" };
        if answers {
            out.extend_from_slice(b"Content-Type: application/sdp\r\n");
        }
        write!(
            out,
            "Contact: <sip:callee@{local}>\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("memory takes it");
    }
}
