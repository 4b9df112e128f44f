//! `kill -9` at random moments: whatever was answered with 200 is still there afterwards.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use whole_system::digest::{self, Credentials};
use whole_system::random::Random;
use whole_system::step::{PASSWORD, STEPS, Server, Step};
use whole_system::text;
use whole_system::wire::Phone;

/// How many registrations the first chapter that keeps them gets, and the last.
const MANY: usize = 2_000;

/// How many each chapter between gets: these differ little.
const FEWER: usize = 400;

/// Registrations under way at any moment.
const IN_FLIGHT: usize = 32;

const KILLS: u64 = 6;

/// Any number works. It is printed when the test fails.
const SEED: u64 = 20_070_419;

/// How long the phone waits before it sends again: less than a real one, to save time.
const AGAIN: Duration = Duration::from_millis(100);

/// How often the test checks how far the phones have come.
const LOOK: Duration = Duration::from_micros(200);

const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn no_acknowledged_binding_is_lost_when_the_server_is_killed() {
    let kept = || STEPS.iter().filter(|step| step.keeps_bindings);
    std::thread::scope(|scope| {
        for (place, &step) in kept().enumerate() {
            let is_between = 0 < place && place + 1 < kept().count();
            let registrations = if is_between { FEWER } else { MANY };
            scope.spawn(move || loses_nothing(step, registrations));
        }
    });
}

fn loses_nothing(step: Step, registrations: usize) {
    let files = whole_system::directory();
    let server = registered_under_kills(step, registrations, files.path());
    let lost = lost(&server, registrations);
    assert!(lost.is_empty(), "{} lost {lost:?}, seed {SEED}", step.name);
    assert!(server.stop().success());
}

/// Registers all users while the server is killed and started again, then kills it once more.
fn registered_under_kills(step: Step, registrations: usize, files: &Path) -> Server {
    let acknowledged = AtomicUsize::new(0);
    let server = Server::start(step, files);
    server.add_users((0..registrations).map(|user| user.to_string()));
    let address = server.address();
    std::thread::scope(|scope| {
        let killer = scope.spawn(|| kill_at_random(server, registrations, files, &acknowledged));
        register_all(address, registrations, &acknowledged);
        let server = killer
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        server.kill();
        Server::start_at(step, files, address)
    })
}

/// Kills and starts the server again and again, each time after some more registrations.
fn kill_at_random(
    mut server: Server,
    registrations: usize,
    files: &Path,
    acknowledged: &AtomicUsize,
) -> Server {
    let mut random = Random::new(SEED);
    let stretch = registrations as u64 / (KILLS + 1);
    for kill in 0..KILLS {
        let after = (kill * stretch + random.below(stretch)) as usize;
        let began = Instant::now();
        while acknowledged.load(Ordering::Relaxed) < after {
            assert!(began.elapsed() < LIMIT, "{}", server.log());
            std::thread::sleep(LOOK);
        }
        std::thread::sleep(Duration::from_micros(random.below(2_000)));
        let (step, address) = (server.step(), server.address());
        server.kill();
        server = Server::start_at(step, files, address);
    }
    server
}

/// Plays every phone over one socket, with several registrations under way until each is
/// acknowledged.
fn register_all(server: SocketAddr, registrations: usize, acknowledged: &AtomicUsize) {
    let phone = Phone::new("all", 20, server);
    // The last request of each user that waits for a 200.
    let (mut waiting, mut next) = (BTreeMap::new(), 0);
    let (began, mut sent) = (Instant::now(), Instant::now());
    while next < registrations || !waiting.is_empty() {
        assert!(began.elapsed() < LIMIT, "unanswered: {waiting:?}");
        while waiting.len() < IN_FLIGHT && next < registrations {
            let request = registration(next, &phone, server);
            phone.send(&request);
            waiting.insert(next, request);
            next += 1;
        }
        if sent.elapsed() > AGAIN {
            sent = Instant::now();
            waiting.values().for_each(|request| phone.send(request));
        }
        let Some(answer) = phone.receive(AGAIN) else {
            continue;
        };
        let Some(user) = user_of(&answer).filter(|user| waiting.contains_key(user)) else {
            continue;
        };
        // While it is being killed, a server may answer 500 or nothing: neither is an acknowledgement.
        match text::status(&answer) {
            Some(200) => {
                waiting.remove(&user);
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Some(401) => {
                let request = with_password(user, &waiting[&user], &answer);
                if let Some(request) = request {
                    phone.send(&request);
                    waiting.insert(user, request);
                }
            }
            _ => {}
        }
    }
}

/// The user whose registration is answered.
fn user_of(answer: &str) -> Option<usize> {
    let call_id = text::header(answer, "Call-ID")?;
    call_id.strip_prefix("kill-")?.parse().ok()
}

/// The request with an answer to its challenge. `None` if that was sent already and a copy of the
/// first request was challenged again.
///
/// # Panics
/// When the challenged request had an answer: a kill must not cause a second challenge.
fn with_password(user: usize, request: &str, challenge: &str) -> Option<String> {
    let is_answered = text::header(request, "Authorization").is_some();
    if text::header(challenge, "CSeq") != text::header(request, "CSeq") {
        return None;
    }
    assert!(!is_answered, "asked again:\n{challenge}");
    let credentials = Credentials {
        user: &user.to_string(),
        password: PASSWORD,
    };
    let line = digest::answer(request, challenge, credentials)?;
    Some(text::again(request, &line, &format!("answer{user}")))
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

/// The users whose binding is missing when the server is asked for it.
fn lost(server: &Server, registrations: usize) -> Vec<usize> {
    let there = |&user: &usize| {
        let phone = Phone::new(&user.to_string(), 20, server.address());
        let mut phone = phone.with_password(server.step().password());
        let query = phone.registration("");
        text::contacts(&phone.transact(&query)) == [contact(user)]
    };
    (0..registrations).filter(|user| !there(user)).collect()
}
