//! Ctrl-C, and what a service manager sends.

use std::process;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::failure::Failure;

/// The exit code that a shell gives a command ended by Ctrl-C.
const INTERRUPTED: i32 = 130;

/// Says that the person wants to end. The first Ctrl-C lets the verbs end properly; a second one
/// ends the command at once.
#[derive(Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens from now on.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let failed = |error| Failure::caused(error).of("cannot listen for signals");
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            either(&mut interrupt, &mut terminate).await;
            sender.send_replace(true);
            either(&mut interrupt, &mut terminate).await;
            process::exit(INTERRUPTED);
        });
        Ok(Self(receiver))
    }

    /// Waits for the first Ctrl-C; returns at once if it was pressed before.
    pub(crate) async fn pressed(&self) {
        // An error means that the sender is gone, and with it the whole command.
        let _ = self.0.clone().wait_for(|pressed| *pressed).await;
    }
}

async fn either(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
