//! A server under a flood, and the honest phones that use it meanwhile.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use whole_system::step::{PASSWORD, STEP_07, Server};
use whole_system::wire::Phone;
use whole_system::{core, usage};

use crate::honest::{all_act, warm_up};

/// How long each flood lasts.
const FLOOD: Duration = Duration::from_secs(10);

/// The phones of everybody else, each at an address of its own.
const PHONES: std::ops::Range<u8> = 100..200;

/// How long a registration or a call may take, except for one in a hundred.
const SOON: Duration = Duration::from_millis(50);

/// How long the server may take to forget a flood: a request without an answer ends after 64*T1
/// and is remembered for as long again, then the allocator takes ten seconds to return its memory.
const FORGETS: Duration = Duration::from_secs(90);

/// A server and its honest phones.
pub struct Guarded {
    pub server: Server,
    phones: Vec<Phone>,
    _files: tempfile::TempDir,
}

impl Guarded {
    /// Starts chapter 7 and a hundred phones, each side on its own processor where there are two.
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

    /// Checks that all phones are served while `flood` runs, and that the server's memory returns
    /// to within a tenth of what it was.
    pub fn withstands(&mut self, what: &str, flood: impl FnOnce(&AtomicBool) -> u64 + Send) {
        warm_up(&self.phones, self.server.address());
        let calm = all_act(&mut self.phones, FLOOD, |_| 0);
        let before = usage::memory(self.server.id());
        let flooded = all_act(&mut self.phones, FLOOD, flood);
        let (peak, ended) = (usage::memory(self.server.id()), Instant::now());
        let mut after = peak;
        let most = before + before / 10;
        // Nothing is sent meanwhile: an idle server has to return memory, too.
        while after > most && ended.elapsed() < FORGETS {
            std::thread::sleep(Duration::from_secs(1));
            after = usage::memory(self.server.id());
        }
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        let rate = flooded.flood / FLOOD.as_secs();
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
        assert!(flooded.flood > 0 && flooded.took.len() > 100, "{what}");
        let slow = flooded.percentile(99);
        assert!(slow < SOON, "{what}: one in a hundred took {slow:?}");
        assert!(
            after <= most,
            "{what}: {before} bytes before, {after} after"
        );
        assert!(self.server.runs(), "{what}");
    }
}
