//! How an exchange is played from its first message to its recording.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::LocalSet;

use crate::broken::to_its_end;
use crate::exchange::Exchange;
use crate::network::StageNetwork;
use crate::recording::{Entry, Recording};
use crate::server::StageServer;
use crate::setting::Setting;
use crate::stage::{Serving, Stage};

/// The longest an exchange may take by the stage's clock: a registration lasts an hour.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

impl Stage {
    /// Plays an exchange with a chapter's server and returns the recording. `chapter` is called
    /// to start the server, and again for each restart. What it captures survives a restart, as
    /// a disk does.
    ///
    /// When a phone waits in vain, the server panics, or the exchange does not end, the recording
    /// ends there and says why ([`Recording::broke_off`]).
    pub fn play<Starting>(
        exchange: &Exchange,
        chapter: impl FnMut(StageServer) -> Starting + 'static,
    ) -> Recording
    where
        Starting: Future<Output = ()> + 'static,
    {
        Self::play_in(Setting::default(), exchange, chapter)
    }

    /// [`Stage::play`] with another setting than the exchange as it is written.
    pub fn play_in<Starting>(
        setting: Setting,
        exchange: &Exchange,
        mut chapter: impl FnMut(StageServer) -> Starting + 'static,
    ) -> Recording
    where
        Starting: Future<Output = ()> + 'static,
    {
        let start_chapter = Box::new(move |server| Box::pin(chapter(server)) as Serving);
        let start = exchange.start() + setting.values.later();
        let network = Rc::new(RefCell::new(None));
        let seen = Rc::clone(&network);
        let played = to_its_end(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                // Only the timer is enabled, which needs nothing from the system.
                .unwrap_or_else(|e| panic!("cannot start a runtime for the stage: {e}"));
            LocalSet::new().block_on(&runtime, async {
                let mut stage = Self::new(start, setting, start_chapter);
                *seen.borrow_mut() = Some(stage.network.clone());
                act(exchange, &mut stage).await;
            });
        });
        let network: Option<StageNetwork> = network.take();
        let nodes = network.as_ref().map(StageNetwork::nodes);
        let entries = network.as_ref().map(StageNetwork::take_entries);
        let decisions = network.map(|it| it.with(|it| std::mem::take(&mut it.decisions)));
        with_the_server_second(Recording {
            name: exchange.name(),
            title: exchange.title().to_owned(),
            start,
            nodes: nodes.unwrap_or_default(),
            entries: entries.unwrap_or_default(),
            decisions: decisions.unwrap_or_default(),
            broke_off: played.err(),
        })
    }
}

/// Plays to the end, and checks that every explanation and loss met its message.
async fn act(exchange: &Exchange, stage: &mut Stage) {
    let name = exchange.name();
    stage.raise_server();
    let played = tokio::time::timeout(LONGEST, exchange.play(stage)).await;
    assert!(played.is_ok(), "{name} goes on for more than {LONGEST:?}");
    stage.settle().await;
    stage.lower_server().await;
    assert!(!stage.network.overflowed(), "{name} sends without end");
    let left_over = stage.network.left_over();
    assert!(
        left_over.is_empty(),
        "{name} ends early: nothing came for {left_over:?}"
    );
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
