//! A call between two phones: INVITE, 180, 200, ACK, BYE, 200, the proxy staying on its path.

use std::io::Write;
use std::mem::take;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use whole_system::address;

use crate::load::{self, Job, Outbox, Turn};
use crate::message::{self, BRANCH};
use crate::peer::Peer;
use crate::register;

/// Users who are called, all at one phone.
const CALLEES: u64 = 1_000;

/// What the phones say of their voices; nobody listens.
const BODY: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                    m=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\n\
                    a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n";

/// Microseconds of the server for each call.
pub(crate) fn cost(peer: &Peer, count: u64) -> f64 {
    let caller = address::socket(2);
    let callee = address::socket(3);
    let contact = callee.local_addr().expect("bound");
    register::all(&caller, peer.address(), contact, CALLEES);
    let mut job = Caller {
        local: caller.local_addr().expect("bound"),
        server: peer.address(),
        run: 0,
        callee: Callee::new(callee, count + count / 10),
    };
    load::run(&caller, peer.address(), count / 10, &mut job);
    job.run = count / 10;
    let cost = peer.cost(count, || {
        load::run(&caller, peer.address(), count, &mut job)
    });
    job.callee.is_content();
    cost
}

struct Caller {
    local: SocketAddr,
    server: SocketAddr,
    /// Calls of earlier runs, for Call-IDs that were never used.
    run: u64,
    callee: Callee,
}

impl Job for Caller {
    fn begin(&mut self, slot: usize, number: u64, out: &mut Outbox) {
        let Self {
            local, server, run, ..
        } = self;
        let (call, callee, length) = (*run + number, number % CALLEES, BODY.len());
        write!(
            out.message(),
            "INVITE sip:user{callee}@{server} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch={BRANCH}{slot}.{number}.i{call};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:caller@{server}>;tag=c{call}\r\n\
             To: <sip:user{callee}@{server}>\r\n\
             Call-ID: call-{call}\r\n\
             CSeq: 1 INVITE\r\n\
             Contact: <sip:caller@{local}>\r\n\
             User-Agent: load\r\n\
             Content-Type: application/sdp\r\n\
             Content-Length: {length}\r\n\r\n{BODY}"
        )
        .expect("memory takes it");
    }

    fn take(&mut self, slot: usize, number: u64, message: &[u8], out: &mut Outbox) -> Turn {
        let (status, cseq) = (message::status(message), message::header(message, "CSeq"));
        match (status, cseq) {
            (Some(100..200), _) => Turn::Wait,
            (Some(200), Some(cseq)) if cseq.ends_with(b"BYE") => Turn::Done,
            (Some(200), Some(_)) => match self.hang_up(slot, number, message, out) {
                Some(()) => Turn::Wait,
                None => Turn::Failed,
            },
            _ => Turn::Failed,
        }
    }

    fn attend(&mut self) {
        self.callee.answer_all();
    }
}

impl Caller {
    /// ACK and BYE along the route the 200 tells (RFC 3261 §12.2.1.1).
    fn hang_up(&self, slot: usize, number: u64, ok: &[u8], out: &mut Outbox) -> Option<()> {
        let target = str::from_utf8(message::uri(message::header(ok, "Contact")?)?).ok()?;
        let to = str::from_utf8(message::header(ok, "To")?).ok()?;
        let mut routes: Vec<&[u8]> = message::headers(ok)
            .filter(|(name, _)| name.eq_ignore_ascii_case(b"Record-Route"))
            .flat_map(|(_, value)| value.split(|&byte| byte == b','))
            .collect();
        routes.reverse();
        // A proxy that did not record itself is not measured here.
        let route = str::from_utf8(message::uri(routes.first()?)?).ok()?;
        assert!(
            route.contains(&self.server.to_string()),
            "a route to the server: {route}"
        );
        let Self {
            local, server, run, ..
        } = self;
        let call = *run + number;
        for (cseq, method) in [(1, "ACK"), (2, "BYE")] {
            let message = out.message();
            write!(
                message,
                "{method} {target} SIP/2.0\r\n\
                 Via: SIP/2.0/UDP {local};branch={BRANCH}{slot}.{number}.{method}{call};rport\r\n\
                 Max-Forwards: 70\r\n"
            )
            .ok()?;
            for route in &routes {
                message.extend_from_slice(b"Route: ");
                message.extend_from_slice(route.trim_ascii());
                message.extend_from_slice(b"\r\n");
            }
            write!(
                message,
                "From: <sip:caller@{server}>;tag=c{call}\r\n\
                 To: {to}\r\n\
                 Call-ID: call-{call}\r\n\
                 CSeq: {cseq} {method}\r\n\
                 User-Agent: load\r\n\
                 Content-Length: 0\r\n\r\n"
            )
            .ok()?;
        }
        Some(())
    }
}

/// The phone that is called: answers at once, and counts.
struct Callee {
    socket: UdpSocket,
    local: SocketAddr,
    /// For each call, the requests that came: a bit each.
    seen: Vec<u8>,
    buffer: Vec<u8>,
    reply: Vec<u8>,
}

impl Callee {
    fn new(socket: UdpSocket, calls: u64) -> Self {
        socket.set_nonblocking(true).expect("sockets can");
        Self {
            local: socket.local_addr().expect("bound"),
            socket,
            seen: vec![0; calls as usize],
            buffer: vec![0; 65_536],
            reply: Vec::with_capacity(1024),
        }
    }

    /// Answers what has come so far.
    fn answer_all(&mut self) {
        let (mut buffer, mut reply) = (take(&mut self.buffer), take(&mut self.reply));
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            let request = &buffer[..length];
            let (bit, replies): (u8, &[(u16, &str)]) = match request.first() {
                Some(b'I') => (1, &[(180, "Ringing"), (200, "OK")]),
                Some(b'A') => (2, &[]),
                Some(b'B') => (4, &[(200, "OK")]),
                _ => panic!("no phone expects:\n{}", String::from_utf8_lossy(request)),
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
    }

    /// Each call had its INVITE, its ACK and its BYE.
    fn is_content(&mut self) {
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
        let seen = &mut self.seen[call as usize];
        assert!(
            *seen & bit == 0,
            "sent again:\n{}",
            String::from_utf8_lossy(request)
        );
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
