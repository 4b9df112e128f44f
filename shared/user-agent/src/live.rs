//! What a phone does by itself: it listens, and repeats what UDP may have lost.

use std::future::poll_fn;

use tokio::time::{Instant, sleep_until};

use crate::phone::{Phone, State};

impl Phone {
    /// Listens, answers repetitions, and repeats. Never returns; runs beside the task that decides
    /// what the phone does.
    pub async fn live(self) {
        let nudge = self.nudge();
        loop {
            let next = self.with(|state| state.repeats.iter().map(|r| r.next).min());
            let alarm = async {
                match next {
                    Some(next) => sleep_until(next).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                events = self.events() => {
                    self.with(|state| state.take_in(events));
                    self.news().notify_waiters();
                }
                () = nudge.notified() => {}
                () = alarm => self.with(State::repeat_what_is_due),
            }
        }
    }

    async fn events(&self) -> Vec<sip_server::Event> {
        let mut events = Vec::new();
        poll_fn(|context| self.with(|state| state.network.poll_events(context, &mut events))).await;
        events
    }
}

impl State {
    fn take_in(&mut self, events: Vec<sip_server::Event>) {
        for event in events {
            if let Some(news) = self.inbox.take_in(&mut *self.network, event) {
                self.repeats.retain(|repeat| !repeat.is_settled_by(news));
            }
        }
    }

    fn repeat_what_is_due(&mut self) {
        let now = Instant::now();
        let Self {
            repeats,
            network,
            timers,
            ..
        } = self;
        repeats.retain_mut(|repeat| {
            if repeat.next > now {
                return true;
            }
            let (flow, bytes) = &repeat.outgoing;
            network.send(flow, bytes);
            match repeat.after(now, timers) {
                Some(next) => repeat.next = next,
                None => return false,
            }
            true
        });
    }
}
