//! Whether the machine stood still while a test ran: no test of who waits for whom can tell that
//! from a server that was slow.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often it is looked.
const PAUSE: Duration = Duration::from_millis(20);

/// A thread that does next to nothing, and notes how long that took.
pub struct Standstill {
    ended: Arc<AtomicBool>,
    thread: JoinHandle<Duration>,
}

impl Standstill {
    /// Begins to watch the processor, and the disk `directory` lies on.
    ///
    /// # Panics
    /// When no file can be made there.
    pub fn watch(directory: &Path) -> Self {
        let file = File::create(directory.join("standstill")).expect("room for a file");
        let ended = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ended);
        let thread = std::thread::spawn(move || {
            let mut longest = Duration::ZERO;
            while !told.load(Ordering::Relaxed) {
                let began = Instant::now();
                std::thread::sleep(PAUSE);
                file.write_all_at(&[0; 512], 0)
                    .and_then(|()| file.sync_data())
                    .expect("room for a few bytes");
                longest = longest.max(began.elapsed().saturating_sub(PAUSE));
            }
            longest
        });
        Self { ended, thread }
    }

    /// The longest time for which nothing went on since.
    ///
    /// # Panics
    /// When the disk failed.
    pub fn longest(self) -> Duration {
        self.ended.store(true, Ordering::Relaxed);
        self.thread.join().expect("the watch could write its file")
    }
}
