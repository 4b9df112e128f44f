//! Credentials of any shape and size. Each is made from a right answer to a fresh challenge, so that
//! the server reads it to its end. The server answers each, logs little and serves others.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fs;

use whole_system::client::{Client, Transport};
use whole_system::digest::{self, Credentials};
use whole_system::log::busiest_second;
use whole_system::random::Random;
use whole_system::step::{PASSWORD, STEP_07, Server};
use whole_system::{text, usage};

/// Requests of each method over each transport.
const REQUESTS: u64 = 150;

/// How many addresses the attacker has: each may give 20 wrong answers before it is refused.
const HOSTS: std::ops::Range<u8> = 30..230;

/// How long a repeated part becomes: as much as fits into a datagram.
const LONG: usize = 60_000;

/// Memory that the flood may leave behind: buffers, connections and transactions that wait for
/// their timers.
const GROWTH: u64 = 32 << 20;

/// Lines of the log in a second: refusals of all sources, 400 at once and 100 more, and how many were
/// not shown before: of eight sources by name, and of all others.
const LINES_A_SECOND: usize = 509;

/// The longest of them in bytes.
const LONGEST_LINE: usize = 1_000;

/// Any number works.
const SEED: u64 = 2_617;

#[test]
fn credentials_of_any_shape_leave_a_server_serving() {
    let files = whole_system::directory();
    let server = Server::start(STEP_07, files.path());
    server.add_user("30");
    let before = usage::memory(server.id());
    let mut random = Random::new(SEED);
    for transport in Transport::ALL {
        let heard = flood(&server, "REGISTER", transport, &mut random);
        assert_all_kinds(&heard, &[200, 400, 401]);
        // Nobody is called: a caller with the right password gets 404, as that user does not exist.
        let heard = flood(&server, "INVITE", transport, &mut random);
        assert_all_kinds(&heard, &[400, 404, 407]);
    }
    let after = usage::memory(server.id());
    assert!(after < before + GROWTH, "from {before} to {after} bytes");
    let mut phone = server.phone("11", 11);
    phone.register(600);
    assert_eq!(phone.bindings(), [phone.contact()]);
    assert!(server.stop().success());
    let log = fs::read(files.path().join("step-07.log")).expect("every server has one");
    assert_log_is_harmless(&log);
}

/// Answers the challenge to each request with something made from the right answer, and counts
/// the statuses that come back.
///
/// # Panics
/// When a request is not answered.
fn flood(
    server: &Server,
    method: &str,
    transport: Transport,
    random: &mut Random,
) -> BTreeMap<u16, u64> {
    let (user, password) = ("30", PASSWORD);
    let mut heard = BTreeMap::new();
    for (number, host) in (0..REQUESTS).zip(HOSTS.cycle()) {
        let mut client = Client::new(user, host, server.address(), transport);
        let request = client.request(method, &format!("sip:nobody@{}", server.address()));
        let challenge = client.ask(&request);
        let right = digest::answer(&request, &challenge, Credentials { user, password });
        let right = right.expect("every request is challenged");
        let fields = made_from(&right, random);
        let again = text::again(&request, "", &format!("flood{number}{transport:?}"));
        let answer = client.ask_with(&again, &fields);
        let status = text::status(&answer).expect("an answer has one");
        *heard.entry(status).or_default() += 1;
    }
    heard
}

/// Whole header fields, made from a right one.
fn made_from(right: &str, random: &mut Random) -> Vec<u8> {
    let (name, value) = right.trim_end().split_once(": ").expect("a header field");
    let field = |value: &str| format!("{name}: {value}\r\n");
    let long = |piece: &str| piece.repeat(LONG / piece.len());
    let inserted =
        |before: &str, more: &str| field(&value.replace(before, &(before.to_owned() + more)));
    match random.below(16) {
        0 => inserted("username=\"", &long("3")),
        1 => inserted("realm=\"", &long("\\\"")),
        2 => inserted(" nonce=\"", &long("\u{e9}")),
        3 => inserted(" nc=", &long("0")),
        4 => inserted("Digest ", &long(",")),
        5 => field(&format!("{value}, x=\"{}\"", long("x"))),
        6 => field(&format!("{value}, {}=x", long("x"))),
        7 => field(&format!("{value}, {}", long("a=b,"))),
        8 => right.repeat(2),
        9 => right.repeat(LONG / right.len()),
        10 => inserted("realm=\"", "another.") + right,
        11 => {
            let schemes = ["Basic", "Bearer", "NTLM", "Digestive", "\"", ""];
            field(&value.replace("Digest", one_of(&schemes, random)))
        }
        12 => field(one_of(
            &["Digest", "Digest =", "Digest \"", "Basic", ""],
            random,
        )),
        _ => return [name.as_bytes(), b": ", &mutated(value, random), b"\r\n"].concat(),
    }
    .into_bytes()
}

/// Changes, doubles or removes a few bytes, or cuts off the end.
fn mutated(value: &str, random: &mut Random) -> Vec<u8> {
    let mut bytes = value.as_bytes().to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len() as u64) as usize;
        match random.below(8) {
            0 => bytes.truncate(at.max(1)),
            1 => bytes.insert(at, bytes[at]),
            2 if bytes.len() > 1 => drop(bytes.remove(at)),
            3 | 4 => bytes[at] = one_of(b"\"\\,= \t\r\n\0\x1b%", random),
            _ => bytes[at] = random.number() as u8,
        }
    }
    bytes
}

fn one_of<T: Copy>(all: &[T], random: &mut Random) -> T {
    all[random.below(all.len() as u64) as usize]
}

/// Checks that some were right after all, some were wrong, some were not credentials, and that
/// there is no other status.
fn assert_all_kinds(heard: &BTreeMap<u16, u64>, statuses: &[u16]) {
    let kinds: Vec<u16> = heard.keys().copied().collect();
    assert_eq!(kinds, statuses, "{heard:?}");
}

/// Checks that nothing in the log moves a cursor, and that a flood does not fill a disk with it.
fn assert_log_is_harmless(log: &[u8]) {
    let log = std::str::from_utf8(log).expect("a log is text");
    let harmful = log.chars().find(|it| it.is_control() && *it != '\n');
    assert_eq!(harmful, None, "{log}");
    let fullest = busiest_second(log);
    assert!(fullest <= LINES_A_SECOND, "{fullest} in a second: {log}");
    let longest = log.lines().map(str::len).max().unwrap_or_default();
    assert!(longest <= LONGEST_LINE, "a line of {longest} bytes");
    // Long ones are shown too, without their middle.
    assert!(log.contains(" bytes not shown …"), "{log}");
    assert!(!log.contains(PASSWORD), "{log}");
}
