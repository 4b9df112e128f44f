//! When the server stops: Ctrl-C, and what a service manager sends.

use nix::sys::signal::Signal::SIGXFSZ;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use crate::failure::Failure;

/// The signals that stop a server.
pub(crate) struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    /// Listens for them from now on.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn new() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(|e| Failure::of("cannot listen for signals", e));
        // Without a handler, a write to a file at its size limit (`ulimit -f`) would end the
        // server. With one, only the write fails (setrlimit(2)).
        let _ = listen(SignalKind::from_raw(SIGXFSZ as i32))?;
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    /// Sends on `stop` at the first signal, and returns at the second: a person who presses
    /// Ctrl-C again is in a hurry.
    pub(crate) async fn twice(mut self, stop: oneshot::Sender<()>) {
        self.next().await;
        let _ = stop.send(());
        self.next().await;
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
