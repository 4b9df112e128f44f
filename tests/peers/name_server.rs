//! A name server that does not answer for most names: what one user asks for there delays nobody
//! else's call.
//!
//! The system's resolver asks the server in /etc/resolv.conf at port 53. So the test runs itself
//! again in a network and a file tree of its own (`unshare`), where both are its own; no root is
//! needed.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::net::{SocketAddr, UdpSocket};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use whole_system::address::loopback;
use whole_system::step::{STEP_07, Server, program};
use whole_system::text;
use whole_system::wire::Phone;

/// Set for the run inside.
const INSIDE: &str = "SIP_STEPS_OWN_NAME_SERVER";

/// Look-ups that one user may have under way.
const SHARE: usize = 64;

/// Names that a user asks for and that are never answered.
const SLOW: usize = SHARE + 36;

/// How long the call to a good name may take; the server waits 5 s for a name.
const AT_ONCE: Duration = Duration::from_secs(2);

#[test]
#[ignore = "needs unshare and ip (Debian: util-linux, iproute2) and user namespaces, .ci/run runs it"]
fn slow_names_of_one_user_delay_no_call_of_another() {
    if env::var_os(INSIDE).is_some() {
        return inside();
    }
    let files = whole_system::directory();
    let own = |name: &str, content: &str| {
        let path = files.path().join(name);
        fs::write(&path, content).expect("a file can be written");
        path
    };
    let script = "ip link set lo up && mount --bind \"$1\" /etc/resolv.conf && \
        mount --bind \"$2\" /etc/nsswitch.conf && shift 2 && exec \"$@\"";
    program(STEP_07.name); // built out here
    let status = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "--mount"])
        .args(["sh", "-c", script, "sh"])
        .arg(own("resolv.conf", "nameserver 127.0.0.1\n"))
        .arg(own("nsswitch.conf", "hosts: files dns\n"))
        .arg(env::current_exe().expect("a running program has a path"))
        .args(["--ignored", "--exact", "--nocapture"])
        .arg("slow_names_of_one_user_delay_no_call_of_another")
        .env(INSIDE, "1")
        .status();
    assert!(status.expect("unshare runs").success());
}

fn inside() {
    let asked = answer_for("good.example", [127, 0, 0, 13]);
    let files = whole_system::directory();
    let server = Server::start_with(STEP_07, files.path(), at(1), &[]);
    server.add_users(["10", "11"]);
    let phone = |user: &str, host| {
        Phone::new(user, host, server.address()).with_password(STEP_07.password())
    };

    // Each call from a port of its own: late answers are not taken for those of the next.
    let slow: Vec<Phone> = (0..SLOW).map(|_| phone("10", 66)).collect();
    for (number, phone) in slow.iter().enumerate() {
        phone.begin_call_to(&format!("sip:x@{number}.slow.example"));
    }
    let refused = slow.iter().filter(|phone| is_refused(phone)).count();
    assert!(
        refused > 0,
        "the share of user 10 is used up:\n{}",
        server.log()
    );

    let callee = UdpSocket::bind(at(13)).expect("SIP's port of the good name");
    callee.set_read_timeout(Some(AT_ONCE)).expect("not zero");
    let began = Instant::now();
    phone("11", 16).begin_call_to("sip:20@good.example");
    let mut buffer = [0; 4096];
    let came = callee.recv(&mut buffer);
    let came = came.unwrap_or_else(|error| panic!("no call ({error}):\n{}", server.log()));
    let invite = String::from_utf8_lossy(&buffer[..came]);
    assert_eq!(text::request_uri(&invite), Some("sip:20@good.example"));
    println!(
        "{refused} of {SLOW} refused, the good name called in {:?}",
        began.elapsed()
    );

    // All the while the system waits for the slow names.
    let asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
    let slow = asked.iter().filter(|name| name.ends_with("slow.example"));
    assert_eq!(slow.count(), SHARE);
    assert!(server.stop().success());
}

fn at(host: u8) -> SocketAddr {
    SocketAddr::new(loopback(host), 5060)
}

/// Whether the last thing a phone heard is that its call is over.
fn is_refused(phone: &Phone) -> bool {
    let messages = std::iter::from_fn(|| phone.receive(Duration::from_millis(5)));
    messages.last().and_then(|it| text::status(&it)) >= Some(300)
}

/// A name server that has one name, and says nothing about others. The names it was asked for.
fn answer_for(good: &'static str, ip: [u8; 4]) -> Arc<Mutex<BTreeSet<String>>> {
    let socket = UdpSocket::bind((loopback(1), 53)).expect("a port of our own network");
    let asked = Arc::new(Mutex::new(BTreeSet::new()));
    let names = Arc::clone(&asked);
    thread::spawn(move || {
        let mut buffer = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let query = &buffer[..length];
            let Some((name, question_end)) = question(query) else {
                continue;
            };
            if name == good {
                let _ = socket.send_to(&answer(query, question_end, ip), from);
            }
            let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
            names.insert(name);
        }
    });
    asked
}

/// The name in the first question of a query, and where the question ends (RFC 1035 §4.1.2).
fn question(query: &[u8]) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    let mut at = 12;
    loop {
        let length = usize::from(*query.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8_lossy(query.get(at..at + length)?).into_owned());
        at += length;
    }
    Some((labels.join("."), at + 4))
}

/// The answer to a query: the address for A, nothing for AAAA (RFC 1035 §4.1).
fn answer(query: &[u8], question_end: usize, ip: [u8; 4]) -> Vec<u8> {
    let is_a = query[question_end - 4..question_end - 2] == [0, 1];
    // A response, recursion available; one question, as many answers, nothing else.
    let header = [0x81, 0x80, 0, 1, 0, is_a.into(), 0, 0, 0, 0];
    let mut answer = [&query[..2], &header, &query[12..question_end]].concat();
    if is_a {
        // The name at offset 12, A, IN, for 60 seconds, 4 bytes.
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(ip);
    }
    answer
}
