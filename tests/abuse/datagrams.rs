//! Garbage over UDP: the server still serves afterwards, and has not grown.

use std::time::Duration;

use whole_system::random::Random;
use whole_system::step::{STEPS, Server, Step};
use whole_system::wire::Phone;
use whole_system::{address, usage};

const DATAGRAMS: u64 = 5_000;

/// The largest payload of a UDP datagram over IPv4.
const LARGEST: usize = 65_507;

/// Memory that a flood may leave behind: buffers, and transactions that wait for their timers.
const GROWTH: u64 = 48 << 20;

/// Any number works.
const SEED: u64 = 3_261;

#[test]
fn random_bytes_leave_a_server_serving() {
    survives("random", |random, _| {
        let length = random.below(1_500) as usize;
        random.bytes(length)
    });
}

#[test]
fn datagrams_of_64_kib_leave_a_server_serving() {
    survives("64 KiB", |random, server| {
        // Large ones take long to make, so only every tenth is large.
        match random.below(10) {
            0 => random.bytes(LARGEST),
            1 => one_long_header(server),
            2 => ten_thousand_headers(server),
            _ => vec![b'\r'; 1],
        }
    });
}

#[test]
fn damaged_requests_leave_a_server_serving() {
    survives("damaged", |random, server| {
        let mut phone = Phone::new("mallory", 30, server.address());
        let contact = phone.contact();
        let request = match random.below(3) {
            0 => phone.registration(&format!("Contact: <{contact}>\r\n")),
            1 => phone.request("OPTIONS", &format!("sip:{}", server.address()), ""),
            _ => phone.request("INVITE", &format!("sip:nobody@{}", server.address()), ""),
        };
        damaged(request.into_bytes(), random)
    });
}

/// Sends what `make` makes. Afterwards a phone registers and is found, in bounded memory.
fn survives(what: &str, make: impl Fn(&mut Random, &Server) -> Vec<u8>) {
    for &step in STEPS {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        let before = usage::memory(server.id());
        flood(&server, &make);
        still_serves(&server, what, step);
        let after = usage::memory(server.id());
        assert!(
            after < before + GROWTH,
            "{} grew from {before} to {after} bytes by {what}",
            step.name
        );
        assert!(server.stop().success(), "{}", step.name);
    }
}

fn flood(server: &Server, make: impl Fn(&mut Random, &Server) -> Vec<u8>) {
    let socket = address::socket(30);
    let mut random = Random::new(SEED);
    for number in 0..DATAGRAMS {
        let datagram = make(&mut random, server);
        // A datagram is lost when a buffer is full, as on any network.
        let _ = socket.send_to(&datagram, server.address());
        if number % 100 == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

fn still_serves(server: &Server, what: &str, step: Step) {
    let mut phone = server.phone("11", 11);
    phone.register(600);
    let bindings = phone.bindings();
    assert_eq!(bindings, [phone.contact()], "{} after {what}", step.name);
}

/// Changes, removes or doubles one byte or a few.
fn damaged(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() as u64) as usize;
        match random.below(4) {
            0 => bytes[at] = random.number() as u8,
            1 => bytes.truncate(at.max(1)),
            2 => bytes.insert(at, bytes[at]),
            _ => {
                let tail = bytes[at..].to_vec();
                bytes.extend(tail);
            }
        }
    }
    bytes
}

fn one_long_header(server: &Server) -> Vec<u8> {
    let phone = Phone::new("mallory", 30, server.address());
    let long = "x".repeat(60_000);
    phone
        .request(
            "OPTIONS",
            &format!("sip:{}", server.address()),
            &format!("Subject: {long}\r\n"),
        )
        .into_bytes()
}

fn ten_thousand_headers(server: &Server) -> Vec<u8> {
    let phone = Phone::new("mallory", 30, server.address());
    let many = "a:b\r\n".repeat(10_000);
    phone
        .request("OPTIONS", &format!("sip:{}", server.address()), &many)
        .into_bytes()
}
