//! What durability costs: REGISTERs of 32 phones in flight, each waiting for its commit, and
//! how long a restart takes with 100,000 rows. `cargo run --release -p sip-database --example
//! durable [DIRECTORY]`.
#![allow(
    clippy::unwrap_used,
    reason = "a measurement that cannot begin has failed"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

use sip_database::Database;
use sip_location::{Location, Settings};
use sip_message::{Arrival, Request, fixture};
use tokio::task::{LocalSet, spawn_local};

const USERS: u32 = 100_000;
const IN_FLIGHT: usize = 32;
const REFRESHES: u32 = 40_000;

fn main() {
    let directory = std::env::args()
        .nth(1)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let path = directory.join(format!("durable-{}.db", std::process::id()));
    measure(&path);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
}

fn measure(path: &std::path::Path) {
    let database = Database::open(path).unwrap();
    let location = Location::new(Settings::default(), Some(Arc::new(database.clone())));
    let filled = Instant::now();
    run(&location, 1024, 0..USERS, 1);
    println!("filled with {USERS} bindings in {:.1?}", filled.elapsed());

    let (began, cpu, own) = (Instant::now(), cpu("self"), cpu("thread-self"));
    run(&location, IN_FLIGHT, 0..REFRESHES, 2);
    let (took, used) = (began.elapsed(), self::cpu("self") - cpu);
    let own = self::cpu("thread-self") - own;
    println!(
        "{IN_FLIGHT} in flight: {:.0} durable saves a second; {:.1?} of CPU time a save, {:.1?} of \
         it here and the rest in the writer",
        f64::from(REFRESHES) / took.as_secs_f64(),
        used / REFRESHES,
        own / REFRESHES,
    );
    drop((location, database));

    let (began, cpu) = (Instant::now(), self::cpu("self"));
    let database = Database::open(path).unwrap();
    let opened = began.elapsed();
    let location = Location::new(Settings::default(), None);
    let loaded = database.load(&location, SystemTime::now()).unwrap();
    println!(
        "opened in {opened:.1?}, {} bindings loaded in {:.1?}, {:.1?} of CPU time",
        loaded.bindings,
        began.elapsed() - opened,
        self::cpu("self") - cpu,
    );
    println!(
        "file {} MB",
        std::fs::metadata(path).unwrap().len() / 1_000_000
    );
}

/// Saves every user of the range once, so many at a time.
fn run(location: &Location, in_flight: usize, users: std::ops::Range<u32>, cseq: u32) {
    let next = Arc::new(AtomicU32::new(users.start));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let together = LocalSet::new();
    together.block_on(&runtime, async {
        let phones = (0..in_flight).map(|_| {
            let (location, next, end) = (location.clone(), Arc::clone(&next), users.end);
            spawn_local(async move {
                loop {
                    // A prime step, so that neighbours in time are none in the file.
                    let count = next.fetch_add(1, Ordering::Relaxed);
                    if count >= end {
                        return;
                    }
                    let user = (u64::from(count) * 7919 % u64::from(USERS)) as u32;
                    location.save(&register(user, cseq)).await.unwrap();
                }
            })
        });
        for phone in phones.collect::<Vec<_>>() {
            phone.await.unwrap();
        }
    });
}

fn register(user: u32, cseq: u32) -> Request {
    let text = format!(
        "REGISTER sip:127.0.0.15 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 127.0.0.11:5060;branch=z9hG4bK{user}x{cseq};rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:{user}@127.0.0.15>;tag=r8j8s9vw\r\n\
         To: <sip:{user}@127.0.0.15>\r\nCall-ID: pikslpglb3qon0-{user}@127.0.0.11\r\n\
         CSeq: {cseq} REGISTER\r\nContact: <sip:{user}@127.0.0.11:5060>\r\n\
         User-Agent: Bench phone 1.0\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n"
    );
    let flow = fixture::flow("127.0.0.15:5060", "127.0.0.11:5060");
    let at = SystemTime::now();
    fixture::request(text, Arrival { flow, at })
}

/// The processor time of this process or thread, user and system, to 10 ms.
fn cpu(whose: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{whose}/stat")).unwrap();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name
        .split(' ')
        .skip(12)
        .take(2)
        .map(|t| t.parse::<u64>().unwrap());
    Duration::from_millis(10 * ticks.sum::<u64>())
}
