//! The phones that calls go to.

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use memchr::memmem;

use crate::call::BODY;
use crate::message;
use crate::phones::{Batch, Phones, Received};

/// The called phones: they answer at once, and count.
pub(crate) struct Callee {
    phones: Phones,
    /// For each call, the requests that came: a bit each.
    seen: Vec<u8>,
    again: u64,
    batch: Option<Batch>,
    reply: Vec<u8>,
}

impl Callee {
    pub(crate) fn new(phones: Phones, calls: u64) -> Self {
        Self {
            phones,
            seen: vec![0; calls as usize],
            again: 0,
            batch: Some(Batch::default()),
            reply: Vec::with_capacity(1024),
        }
    }

    /// Requests that came again, or unexpectedly.
    pub(crate) fn again(&self) -> u64 {
        self.again
    }

    /// Answers what has come so far. True if anything had.
    pub(crate) fn answer_all(&mut self) -> bool {
        let mut batch = self.batch.take().unwrap_or_default();
        let mut came = false;
        while self.phones.receive(&mut batch) {
            came = true;
            for message in batch.messages() {
                self.answer(&message);
            }
        }
        self.batch = Some(batch);
        came
    }

    fn answer(&mut self, message: &Received<'_>) {
        let request = message.bytes;
        let (bit, replies): (u8, &[(u16, &str)]) = match request.first() {
            Some(b'I') => (1, &[(180, "Ringing"), (200, "OK")]),
            Some(b'A') => (2, &[]),
            Some(b'B') => (4, &[(200, "OK")]),
            // A CANCEL, for instance of a server that failed half-way.
            _ => {
                self.again += 1;
                return;
            }
        };
        let local = self.phones.at(message.at);
        self.note(request, local, bit);
        for &(status, reason) in replies {
            self.reply.clear();
            write_reply(request, local, status, reason, &mut self.reply);
            self.phones.send(local, message.from, &self.reply);
        }
    }

    /// Each call had its INVITE, its ACK and its BYE.
    pub(crate) fn is_content(&mut self) {
        // The last BYE may have overtaken the last ACK.
        std::thread::sleep(Duration::from_millis(100));
        self.answer_all();
        let whole = self.seen.iter().all(|&seen| seen == 7);
        assert!(whole, "a call without INVITE, ACK or BYE at the callee");
    }

    fn note(&mut self, request: &[u8], local: SocketAddr, bit: u8) {
        let place = local.to_string();
        let line = request
            .split(|&byte| byte == b'\r')
            .next()
            .unwrap_or_default();
        let is_here = memmem::find(line, place.as_bytes()).is_some();
        assert!(is_here, "{place} got a request for another phone");
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
}

fn write_reply(request: &[u8], local: SocketAddr, status: u16, reason: &str, out: &mut Vec<u8>) {
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
