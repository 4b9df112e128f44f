//! How an exchange is played from its first message to its recording.

use std::time::Duration;

use tokio::task::LocalSet;

use crate::exchange::Exchange;
use crate::network::StageNetwork;
use crate::recording::{Entry, Recording};
use crate::server::StageServer;
use crate::stage::{Serving, Stage};

/// The longest an exchange may take by the stage's clock: a registration lasts an hour.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

impl Stage {
    /// Plays an exchange with a chapter's server and returns the recording. `chapter` is called
    /// to start the server, and again for each restart. What it captures survives a restart, as
    /// a disk does.
    ///
    /// # Panics
    /// When a phone waits in vain, the server panics, or the exchange does not end. The message
    /// says what happened, and standard error shows what was played until then.
    pub fn play<Starting>(
        exchange: &Exchange,
        mut chapter: impl FnMut(StageServer) -> Starting + 'static,
    ) -> Recording
    where
        Starting: Future<Output = ()> + 'static,
    {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            // Only the timer is enabled, which needs nothing from the system.
            .unwrap_or_else(|e| panic!("cannot start a runtime for the stage: {e}"));
        let start_chapter = Box::new(move |server| Box::pin(chapter(server)) as Serving);
        LocalSet::new().block_on(&runtime, async {
            let mut stage = Self::new(exchange.start(), start_chapter);
            let witness = Witness(exchange, stage.network.clone());
            stage.raise_server();
            let played = tokio::time::timeout(LONGEST, exchange.play(&mut stage)).await;
            assert!(
                played.is_ok(),
                "{} goes on for more than {LONGEST:?}",
                exchange.name()
            );
            stage.settle().await;
            stage.lower_server().await;
            witness.check();
            with_the_server_second(witness.recording())
        })
    }
}

/// Watches the stage, and prints what happened if the exchange breaks off.
struct Witness<'a>(&'a Exchange, StageNetwork);

impl Witness<'_> {
    /// Notes that the exchange ended, and checks that every explanation and loss met its message.
    fn check(&self) {
        let Self(exchange, network) = self;
        let name = exchange.name();
        assert!(!network.overflowed(), "{name} sends without end");
        let left_over = network.left_over();
        assert!(
            left_over.is_empty(),
            "{name} ends early: nothing came for {left_over:?}"
        );
    }

    fn recording(&self) -> Recording {
        let Self(exchange, network) = self;
        Recording {
            name: exchange.name(),
            title: exchange.title().to_owned(),
            start: exchange.start(),
            nodes: network.nodes(),
            entries: network.take_entries(),
            decisions: network.with(|it| std::mem::take(&mut it.decisions)),
        }
    }
}

impl Drop for Witness<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() && !self.1.overflowed() {
            let played = self.recording().snapshot();
            eprint!(
                "\nPlayed until then:\n\n{}",
                String::from_utf8_lossy(&played)
            );
        }
    }
}

/// Puts the server, which joined first, between the phones, where the arrows of a ladder are
/// short.
fn with_the_server_second(mut recording: Recording) -> Recording {
    if recording.nodes.len() < 2 {
        return recording;
    }
    recording.nodes.swap(0, 1);
    let moved = |index: usize| match index {
        0 => 1,
        1 => 0,
        other => other,
    };
    for entry in &mut recording.entries {
        if let Entry::Message(message) = entry {
            message.sender = moved(message.sender);
            message.receiver = message.receiver.map(moved);
        }
    }
    recording
}
