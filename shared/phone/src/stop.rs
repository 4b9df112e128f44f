//! Ctrl-C, and what a service manager sends.

use std::process;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::failure::Failure;

/// What a shell says of a command that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Tells everybody who waits that the person wants to end. Who presses Ctrl-C twice is in a
/// hurry, and the command is gone at once.
#[derive(Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens from now on.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let failed = |e| Failure::new(format!("the system gives no signals: {e}"));
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let (tell, told) = watch::channel(false);
        tokio::spawn(async move {
            either(&mut interrupt, &mut terminate).await;
            tell.send_replace(true);
            either(&mut interrupt, &mut terminate).await;
            process::exit(INTERRUPTED);
        });
        Ok(Self(told))
    }

    /// Waits for it; over at once when it was pressed before.
    pub(crate) async fn pressed(&self) {
        // An error is a listener that is gone, with the whole command.
        let _ = self.0.clone().wait_for(|pressed| *pressed).await;
    }
}

async fn either(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
