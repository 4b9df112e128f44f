//! `kill -9` at random moments: what was answered with 200 is there afterwards.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use whole_system::random::Random;
use whole_system::step::{Asks, STEPS, Server, Step};
use whole_system::text;
use whole_system::wire::Phone;

const REGISTRATIONS: usize = 2_000;

/// Registrations under way at any moment.
const IN_FLIGHT: usize = 32;

const KILLS: u64 = 6;

/// Any number does; this one is printed when the test fails.
const SEED: u64 = 20_070_419;

/// How long the phone waits before it sends again: less than a real one, to lose no time.
const AGAIN: Duration = Duration::from_millis(100);

const LIMIT: Duration = Duration::from_secs(120);

#[test]
fn no_acknowledged_binding_is_lost_when_the_server_is_killed() {
    // What a password adds comes before a binding is kept.
    let kept = |step: &&Step| step.keeps_bindings && step.asks == Asks::Nobody;
    for &step in STEPS.iter().filter(kept) {
        let files = whole_system::directory();
        let server = registered_under_kills(step, files.path());
        let lost = lost(server.address());
        assert!(lost.is_empty(), "{} lost {lost:?}, seed {SEED}", step.name);
        assert!(server.stop().success());
    }
}

/// Registers all users while the server is killed and started again, then kills it once more.
fn registered_under_kills(step: Step, files: &Path) -> Server {
    let acknowledged = AtomicUsize::new(0);
    let server = Server::start(step, files);
    let address = server.address();
    std::thread::scope(|scope| {
        let killer = scope.spawn(|| kill_at_random(server, files, &acknowledged));
        register_all(address, &acknowledged);
        let server = killer
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        server.kill();
        Server::start_at(step, files, address)
    })
}

/// Kills and starts the server again, each time somewhere in the next stretch of registrations.
fn kill_at_random(mut server: Server, files: &Path, acknowledged: &AtomicUsize) -> Server {
    let mut random = Random::new(SEED);
    let stretch = REGISTRATIONS as u64 / (KILLS + 1);
    for kill in 0..KILLS {
        let after = (kill * stretch + random.below(stretch)) as usize;
        let began = Instant::now();
        while acknowledged.load(Ordering::Relaxed) < after {
            assert!(began.elapsed() < LIMIT, "{}", server.log());
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_micros(random.below(2_000)));
        let (step, address) = (server.step(), server.address());
        server.kill();
        server = Server::start_at(step, files, address);
    }
    server
}

/// One socket plays every phone: keeps some registrations under way until each is acknowledged.
fn register_all(server: SocketAddr, acknowledged: &AtomicUsize) {
    let phone = Phone::new("all", 20, server);
    let (mut waiting, mut next) = (BTreeSet::new(), 0);
    let (began, mut sent) = (Instant::now(), Instant::now());
    while next < REGISTRATIONS || !waiting.is_empty() {
        assert!(began.elapsed() < LIMIT, "unanswered: {waiting:?}");
        while waiting.len() < IN_FLIGHT && next < REGISTRATIONS {
            phone.send(&registration(next, &phone, server));
            waiting.insert(next);
            next += 1;
        }
        if sent.elapsed() > AGAIN {
            sent = Instant::now();
            for &user in &waiting {
                phone.send(&registration(user, &phone, server));
            }
        }
        let Some(answer) = phone.receive(AGAIN) else {
            continue;
        };
        // While it is killed, a server may answer 500 or nothing; both are no acknowledgement.
        if text::status(&answer) != Some(200) {
            continue;
        }
        let call_id = text::header(&answer, "Call-ID").unwrap_or_default();
        let user = call_id.trim_start_matches("kill-").parse::<usize>();
        if user.is_ok_and(|user| waiting.remove(&user)) {
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn registration(user: usize, phone: &Phone, server: SocketAddr) -> String {
    let address = phone.address();
    format!(
        "REGISTER sip:{server} SIP/2.0\r\n\
         Via: SIP/2.0/UDP {address};branch=z9hG4bKkill{user};rport\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:{user}@{server}>;tag=kill{user}\r\n\
         To: <sip:{user}@{server}>\r\n\
         Call-ID: kill-{user}\r\n\
         CSeq: 1 REGISTER\r\n\
         Contact: <{}>\r\n\
         Expires: 3600\r\n\
         Content-Length: 0\r\n\r\n",
        contact(user)
    )
}

fn contact(user: usize) -> String {
    format!("sip:{user}@127.0.0.20:{}", 1_024 + user)
}

/// The users whose binding the server does not name when asked.
fn lost(server: SocketAddr) -> Vec<usize> {
    let there = |&user: &usize| {
        let mut phone = Phone::new(&user.to_string(), 20, server);
        let query = phone.registration("");
        text::contacts(&phone.transact(&query)) == [contact(user)]
    };
    (0..REGISTRATIONS).filter(|user| !there(user)).collect()
}
