//! Whether the whole machine paused while a test ran. A test of waiting times cannot distinguish
//! that from a slow server.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often the watch writes.
const PAUSE: Duration = Duration::from_millis(20);

/// A thread that writes a few bytes again and again, and notes how long each turn takes.
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
        let is_over = Arc::clone(&ended);
        let thread = std::thread::spawn(move || {
            let mut longest = Duration::ZERO;
            while !is_over.load(Ordering::Relaxed) {
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

    /// The longest pause since then.
    ///
    /// # Panics
    /// When the disk failed.
    pub fn longest(self) -> Duration {
        self.ended.store(true, Ordering::Relaxed);
        self.thread.join().expect("the watch could write its file")
    }
}
