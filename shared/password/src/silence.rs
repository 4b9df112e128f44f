//! The terminal gets its echo back, whatever ends the program.

use std::fs::File;
use std::io;
use std::os::unix::thread::JoinHandleExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};

use nix::sys::pthread::pthread_kill;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, raise};
use nix::sys::termios::{SetArg, tcgetattr, tcsetattr};

/// Signals that end a program unless it handles them: Ctrl-C, `kill`, a closed terminal.
const ENDS: [Signal; 3] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];

/// Asks at the terminal; `ask` may change its settings meanwhile. A typed Ctrl-C ends the program
/// afterwards, a signal from elsewhere at once. In both cases the terminal has its old settings by
/// then.
pub(crate) fn heard_afterwards<T>(ask: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let ends = SigSet::from_iter(ENDS);
    let before = ends.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    let is_over = Arc::new(AtomicBool::new(false));
    let watch = watch(ends, is_over.clone());
    let asked = ask();
    is_over.store(true, Relaxed);
    if let Some(watch) = watch {
        // This only wakes the thread. An error means that it has ended.
        let _ = pthread_kill(watch.as_pthread_t(), Signal::SIGTERM);
        let _ = watch.join();
    }
    before.thread_set_mask()?;
    asked
}

/// Waits for a signal, gives the terminal its settings back, and lets the signal end the program.
/// `None` without a terminal: then there are no settings to give back.
fn watch(ends: SigSet, is_over: Arc<AtomicBool>) -> Option<JoinHandle<()>> {
    let terminal = File::open("/dev/tty").ok()?;
    let settings = tcgetattr(&terminal).ok()?;
    let wait = move || {
        let Ok(signal) = ends.wait() else { return };
        if is_over.load(Relaxed) {
            return;
        }
        // Whether or not that succeeds, the program must end.
        let _ = tcsetattr(&terminal, SetArg::TCSANOW, &settings);
        let _ = ends.thread_unblock();
        let _ = raise(signal);
    };
    thread::Builder::new().spawn(wait).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    fn ctrl_c_waits_until_the_terminal_echoes_again() {
        let waits = || {
            let held = SigSet::thread_get_mask().unwrap();
            ENDS.map(|signal| held.contains(signal))
        };
        assert_eq!(waits(), [false; 3]);
        assert_eq!(heard_afterwards(|| Ok(waits())).unwrap(), [true; 3]);
        assert_eq!(waits(), [false; 3]);
    }
}
