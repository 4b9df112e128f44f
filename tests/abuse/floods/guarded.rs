//! A server under a flood, and everybody who uses it in good faith meanwhile.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use whole_system::step::{PASSWORD, STEP_07, Server};
use whole_system::wire::Phone;
use whole_system::{core, text, usage};

/// How long each flood lasts.
const FLOOD: Duration = Duration::from_secs(10);

/// Everybody else: phones at addresses of their own, and how many act at one time.
const PHONES: std::ops::Range<u8> = 100..200;
const AT_ONCE: usize = 2;

/// What one phone waits before the next acts.
const PAUSE: Duration = Duration::from_millis(10);

/// How long a registration or a call may take, of all but one in a hundred.
const SOON: Duration = Duration::from_millis(50);

/// What may be kept of a flood for the next, where a tenth is less: the allocator keeps about a
/// quarter of what a hundred thousand messages under way have held.
const KEPT: u64 = 32 << 20;

/// How long the server may take to forget a flood: a request that nobody answers ends after 64*T1,
/// and is remembered as long again.
const FORGETS: Duration = Duration::from_secs(90);

/// How long a callee waits for a message before it looks whether the call is over.
const LOOK: Duration = Duration::from_millis(5);

/// A server, and everybody who uses it in good faith.
pub struct Guarded {
    pub server: Server,
    phones: Vec<Phone>,
    _files: tempfile::TempDir,
}

impl Guarded {
    /// Starts chapter 7, on a processor of its own where there are two, and a hundred phones.
    pub fn start() -> Self {
        let files = whole_system::directory();
        let server = Server::start(STEP_07, files.path());
        server.add_users(PHONES.map(|it| it.to_string()));
        let cores = core::ours();
        if let [first, second, ..] = cores[..] {
            core::pin(server.id(), &[first]);
            core::pin_this(&[second]);
        }
        let phone = |host: u8| {
            let phone = Phone::new(&host.to_string(), host, server.address());
            phone.with_password(Some(PASSWORD))
        };
        let phones = PHONES.map(phone).collect();
        Self {
            server,
            phones,
            _files: files,
        }
    }

    /// Whether all phones are served while `flood` runs, and the memory comes back.
    pub fn withstands(&mut self, what: &str, flood: impl FnOnce(&AtomicBool) -> u64 + Send) {
        // What is made once, such as the room for a batch of datagrams, is made now.
        let server = self.server.address();
        self.all_act(FLOOD / 5, |is_over| warm_up(server, is_over));
        let calm = self.all_act(FLOOD, |_| 0);
        let before = usage::memory(self.server.id());
        let flooded = self.all_act(FLOOD, flood);
        let (peak, ended) = (usage::memory(self.server.id()), Instant::now());
        let mut after = peak;
        let most = (before + before / 10).max(before + KEPT);
        while after > most && ended.elapsed() < FORGETS {
            std::thread::sleep(Duration::from_secs(1));
            // An allocator gives memory back when it is asked for some.
            self.phones[0].register(600);
            after = usage::memory(self.server.id());
        }
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        let rate = flooded.sent / FLOOD.as_secs();
        println!(
            "{what}: {rate} a second; {} registrations and calls, p50 {:?}, p99 {:?} \
             (calm: p99 {:?}); memory {:.1} MiB before, {:.1} at the end, {:.1} after {} s",
            flooded.took.len(),
            flooded.percentile(50),
            flooded.percentile(99),
            calm.percentile(99),
            mib(before),
            mib(peak),
            mib(after),
            ended.elapsed().as_secs(),
        );
        assert!(flooded.sent > 0 && flooded.took.len() > 100, "{what}");
        let slow = flooded.percentile(99);
        assert!(slow < SOON, "{what}: one in a hundred took {slow:?}");
        assert!(after <= most, "{what}: {before} to {after}");
        assert!(self.server.runs(), "{what}");
    }

    /// Every phone registers and calls, again and again, while something else happens.
    fn all_act(&mut self, time: Duration, flood: impl FnOnce(&AtomicBool) -> u64 + Send) -> Acted {
        let (is_over, took) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        let share = self.phones.len() / AT_ONCE;
        let sent = std::thread::scope(|scope| {
            let flooding = scope.spawn(|| flood(&is_over));
            for phones in self.phones.chunks_mut(share) {
                scope.spawn(|| act(phones, &is_over, &took));
            }
            std::thread::sleep(time);
            is_over.store(true, Ordering::Relaxed);
            flooding.join().expect("a flood does not fail")
        });
        let mut took = took.into_inner().expect("nobody failed");
        took.sort_unstable();
        Acted { sent, took }
    }
}

/// As many requests as the flood to come will send, of a kind that leaves nothing behind.
fn warm_up(server: SocketAddr, is_over: &AtomicBool) -> u64 {
    let phone = Phone::new("warm", 99, server);
    let uri = format!("sip:{server}");
    let filler = format!("Subject: {}\r\n", "x".repeat(1_000));
    let request = phone.request("OPTIONS", &uri, &filler);
    let mut sent = 0;
    while !is_over.load(Ordering::Relaxed) {
        phone.send(&request);
        sent += 1;
        if sent % 20 == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    sent
}

/// What was done, and how long each took.
struct Acted {
    sent: u64,
    took: Vec<Duration>,
}

impl Acted {
    fn percentile(&self, percent: usize) -> Duration {
        self.took[(self.took.len() - 1) * percent / 100]
    }
}

/// One phone after the other registers and calls its neighbour.
fn act(phones: &mut [Phone], is_over: &AtomicBool, took: &Mutex<Vec<Duration>>) {
    for phone in phones.iter_mut() {
        phone.register(600);
    }
    for at in (0..phones.len() - 1).cycle() {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let began = Instant::now();
        phones[at].register(600);
        let registered = began.elapsed();
        let began = Instant::now();
        call(&phones[at], &phones[at + 1]);
        let called = began.elapsed();
        let mut took = took.lock().expect("nobody failed");
        took.extend([registered, called]);
        drop(took);
        std::thread::sleep(PAUSE);
    }
}

/// A call that is answered.
fn call(caller: &Phone, callee: &Phone) {
    let is_answered = AtomicBool::new(false);
    let user = callee.address().ip().to_string();
    let user = user.rsplit('.').next().expect("four numbers");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_answered.load(Ordering::Relaxed) {
                if let Some(message) = callee.receive(LOOK)
                    && text::method(&message) == Some("INVITE")
                {
                    callee.answer_to_via(&message, "200 OK");
                }
            }
        });
        let answer = caller.invite(user);
        is_answered.store(true, Ordering::Relaxed);
        assert_eq!(text::status(&answer), Some(200), "{answer}");
    });
}
