//! Twenty thousand messages a second from one address, of each kind that a stranger or one user can
//! send. Everybody else registers and calls as before, and the server returns the memory.
//!
//! The server and the flood each have a processor. The figures are meaningful only for an optimised
//! server on a machine that does nothing else:
//! `cargo test --release -p whole-system --test abuse-floods -- --ignored --test-threads=1
//! --nocapture`
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use whole_system::digest::{self, Credentials};
use whole_system::random::Random;
use whole_system::step::{PASSWORD, Server};
use whole_system::wire::Phone;
use whole_system::{address, text};

mod guarded;
mod honest;

use guarded::Guarded;

/// A flood sends one message each of these: 20,000 a second.
const INTERVAL: Duration = Duration::from_micros(50);
/// How many messages a flood that is late on a busy machine makes up for at once.
const MADE_UP_FOR: u32 = 200;

/// The host of the flood, and a host that never answers.
const ATTACKER: u8 = 66;
const DEAD: u8 = 250;

#[test]
#[ignore = "a flood of ten seconds"]
fn options() {
    withstands("OPTIONS", |attacker| {
        let request = attacker
            .phone
            .request("OPTIONS", &attacker.server_uri(), "");
        let numbered = Numbered::new(&request);
        Box::new(move |number| numbered.with(number))
    });
}

#[test]
#[ignore = "a flood of ten seconds"]
fn registers_without_a_password() {
    withstands("REGISTER", |attacker| {
        let contact = format!("Contact: <{}>\r\n", attacker.phone.contact());
        let numbered = Numbered::new(&attacker.phone.registration(&contact));
        Box::new(move |number| numbered.with(number))
    });
}

#[test]
#[ignore = "a flood of ten seconds"]
fn registers_with_a_wrong_password() {
    withstands("REGISTER, wrong password", |attacker| {
        let contact = format!("Contact: <{}>\r\n", attacker.phone.contact());
        let request = attacker.phone.registration(&contact);
        attacker.answering(request, "wrong")
    });
}

#[test]
#[ignore = "a flood of ten seconds"]
fn invites_without_a_password() {
    withstands("INVITE", |attacker| {
        let uri = format!("sip:100@{}", attacker.server);
        let contact = format!("Contact: <{}>\r\n", attacker.phone.contact());
        let numbered = Numbered::new(&attacker.phone.request("INVITE", &uri, &contact));
        Box::new(move |number| numbered.with(number))
    });
}

#[test]
#[ignore = "a flood of ten seconds"]
fn garbage() {
    withstands("garbage", |_| {
        let mut random = Random::new(3_261);
        Box::new(move |_| {
            let length = random.below(1_400) as usize;
            random.bytes(length)
        })
    });
}

#[test]
#[ignore = "a flood of ten seconds"]
fn stray_responses() {
    withstands("stray responses", |attacker| {
        let request = attacker
            .phone
            .request("OPTIONS", &attacker.server_uri(), "");
        let (_, rest) = request.split_once("\r\n").expect("a start line");
        let numbered = Numbered::new(&format!("SIP/2.0 200 OK\r\n{rest}"));
        Box::new(move |number| numbered.with(number))
    });
}

#[test]
#[ignore = "a flood of ten seconds"]
fn acks() {
    outside_a_call("ACK");
}

#[test]
#[ignore = "a flood of ten seconds"]
fn cancels() {
    outside_a_call("CANCEL");
}

fn outside_a_call(method: &'static str) {
    withstands(method, |attacker| {
        let uri = format!("sip:100@{}", attacker.server);
        let numbered = Numbered::new(&attacker.phone.request(method, &uri, ""));
        Box::new(move |number| numbered.with(number))
    });
}

#[test]
#[ignore = "a flood of ten seconds"]
fn keepalives() {
    withstands("keep-alives", |_| Box::new(|_| b"\r\n\r\n".to_vec()));
}

#[test]
#[ignore = "a flood of ten seconds"]
fn messages_with_the_right_password_to_a_host_that_never_answers() {
    let dead = address::socket(DEAD);
    let at = dead.local_addr().expect("bound");
    withstands("MESSAGE, right password, dead host", |attacker| {
        let request = attacker
            .phone
            .request("MESSAGE", &format!("sip:x@{at}"), "");
        let long = format!("Subject: {}\r\nContent-Length", "x".repeat(500));
        let request = request.replace("Content-Length", &long);
        attacker.answering(request, PASSWORD)
    });
}

#[test]
#[ignore = "a flood of ten seconds"]
fn tcp_connections() {
    let mut server = Guarded::start();
    let address = server.server.address();
    server.withstands("TCP connections", |is_over| {
        let mut made = 0;
        let mut open = Vec::new();
        paced(is_over, || {
            if let Some(stream) = connection(address) {
                made += 1;
                open.push(stream);
                if open.len() > 1_000 {
                    open.swap_remove(made % 1_000);
                }
            }
        });
        made as u64
    });
}

/// A connection that is reset when it is dropped, so that TIME_WAIT does not use up the ports.
fn connection(server: SocketAddr) -> Option<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).ok()?;
    let from = SocketAddr::new(address::loopback(ATTACKER), 0);
    socket.set_reuse_address(true).ok()?;
    socket.bind(&from.into()).ok()?;
    socket.set_linger(Some(Duration::ZERO)).ok()?;
    socket
        .connect_timeout(&server.into(), Duration::from_millis(10))
        .ok()?;
    Some(socket.into())
}

/// Makes the datagram with each number.
type Make = Box<dyn FnMut(u64) -> Vec<u8> + Send>;

/// Floods a server with what `make` makes.
fn withstands(what: &str, make: impl FnOnce(&mut Attacker) -> Make) {
    let mut guarded = Guarded::start();
    let mut attacker = Attacker::new(&guarded.server);
    let mut make = make(&mut attacker);
    let (socket, server) = (address::socket(ATTACKER), attacker.server);
    guarded.withstands(what, |is_over| flood(&socket, server, is_over, &mut make));
}

fn flood(socket: &UdpSocket, server: SocketAddr, is_over: &AtomicBool, make: &mut Make) -> u64 {
    let mut number = 0;
    paced(is_over, || {
        number += 1;
        // A datagram is lost when a buffer is full, as on any network.
        let _ = socket.send_to(&make(number), server);
    });
    number
}

/// Does something once each [`INTERVAL`].
fn paced(is_over: &AtomicBool, mut act: impl FnMut()) {
    let mut due = Instant::now();
    while !is_over.load(Ordering::Relaxed) {
        let now = Instant::now();
        due = due.max(now.checked_sub(INTERVAL * MADE_UP_FOR).unwrap_or(now));
        while due <= now {
            act();
            due += INTERVAL;
        }
        std::thread::sleep(INTERVAL);
    }
}

/// The source of a flood: somebody with an account.
struct Attacker {
    phone: Phone,
    server: SocketAddr,
}

impl Attacker {
    const USER: &str = "66";

    fn new(server: &Server) -> Self {
        let phone = server.phone(Self::USER, ATTACKER);
        let server = server.address();
        Self { phone, server }
    }

    fn server_uri(&self) -> String {
        format!("sip:{}", self.server)
    }

    /// The same request again and again, each time with another answer to one challenge.
    fn answering(&self, request: String, password: &'static str) -> Make {
        let asking = Phone::new(Self::USER, ATTACKER, self.server);
        let challenge = asking.transact(&request);
        Box::new(move |number| {
            let user = Self::USER;
            let credentials = Credentials { user, password };
            let count = number as u32;
            let line = digest::nth_answer(&request, &challenge, credentials, count);
            let line = line.expect("chapter 7 asks");
            let call_id = text::header(&request, "Call-ID").expect("every request has one");
            let mark = format!("flood{number}");
            text::again(&request, &line, &mark)
                .replace(call_id, &mark)
                .into_bytes()
        })
    }
}

/// A message whose branch and Call-ID have a number.
struct Numbered {
    pieces: Vec<String>,
}

impl Numbered {
    fn new(message: &str) -> Self {
        let call_id = text::header(message, "Call-ID").expect("every message has one");
        let marked = message
            .replace(call_id, "{number}")
            .replace("branch=z9hG4bK", "branch=z9hG4bK{number}");
        let pieces = marked.split("{number}").map(str::to_owned).collect();
        Self { pieces }
    }

    fn with(&self, number: u64) -> Vec<u8> {
        self.pieces.join(&number.to_string()).into_bytes()
    }
}
