//! What comes to a phone: the unread, repetitions told from news, waits with a limit.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use sip_message::{Flow, Message, Packet};
use sip_server::{Event, Network};
use tokio::time::Instant;

use crate::phone::Phone;
use crate::wanted::{NeverCame, Wanted, first_line};

/// How many unread messages, and how many answers to repetitions, a phone keeps.
const KEPT: usize = 256;

/// A message and the flow it goes on.
pub(crate) type Outgoing = (Flow, Vec<u8>);

/// What has come to a phone.
#[derive(Default)]
pub(crate) struct Inbox {
    unread: VecDeque<Packet>,
    /// What came, as bytes, and what repetitions of it are answered with.
    heard: VecDeque<(Vec<u8>, Option<Outgoing>)>,
}

impl Inbox {
    /// Takes what the network has; repetitions are answered again and are no news.
    fn listen(&mut self, network: &mut dyn Network, context: &mut Context<'_>) -> Poll<()> {
        let mut events = Vec::new();
        let ready = network.poll_events(context, &mut events);
        for event in events {
            if let Event::Message { bytes, arrival } = event {
                self.hear(network, bytes, arrival);
            }
        }
        ready
    }

    fn hear(&mut self, network: &mut dyn Network, bytes: Vec<u8>, arrival: sip_message::Arrival) {
        if let Some((_, answer)) = self.heard.iter().find(|(heard, _)| *heard == bytes) {
            if let Some((flow, bytes)) = answer {
                network.send(flow, bytes);
            }
            return;
        }
        let Ok(packet) = sip_message::parse(bytes.clone(), arrival) else {
            return;
        };
        push_bounded(&mut self.heard, (bytes, None));
        push_bounded(&mut self.unread, packet);
    }

    /// Remembers what was answered to a message, for its repetitions (RFC 3261 §17.2, §13.2.2.4).
    pub(crate) fn answered(&mut self, message: &Message, answer: Outgoing) {
        let bytes = message.to_bytes();
        if let Some(heard) = self.heard.iter_mut().find(|(heard, _)| *heard == bytes) {
            heard.1 = Some(answer);
        }
    }

    fn take(&mut self, wanted: &Wanted) -> Option<Packet> {
        let at = self.unread.iter().position(|packet| wanted.is(packet))?;
        let packet = self.unread.remove(at)?;
        if matches!(&packet, Packet::Response(response) if response.status() >= 200) {
            // Nobody asks what was provisional once it is final.
            self.unread.retain(|other| !wanted.is_provisional_of(other));
        }
        Some(packet)
    }

    fn is_hopeless(&self, wanted: &Wanted) -> bool {
        self.unread.iter().any(|p| wanted.is_excluded_by(p))
    }
}

fn push_bounded<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() == KEPT {
        queue.pop_front();
    }
    queue.push_back(item);
}

/// A message to be sent again until something comes (§17.1.1.2, §17.1.2.2, §13.3.1.4).
pub(crate) struct Repeat {
    pub(crate) outgoing: Outgoing,
    pub(crate) first_sent: Instant,
    pub(crate) pace: Pace,
}

/// How repetitions are spaced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Timer A: doubling without a limit; stops at the first provisional response.
    Invite,
    /// Timers E and G: doubling up to T2.
    Capped,
}

impl Phone {
    /// Waits for a message; what else comes meanwhile stays unread, for a later wait.
    ///
    /// # Errors
    /// When it has not come within the phone's patience, or cannot come any more because its
    /// request has got another final response.
    pub async fn wait_for(&self, wanted: impl Into<Wanted>) -> Result<Packet, NeverCame> {
        self.wait(wanted.into(), None).await
    }

    pub(crate) async fn wait(
        &self,
        wanted: Wanted,
        mut repeat: Option<Repeat>,
    ) -> Result<Packet, NeverCame> {
        let began = Instant::now();
        let deadline = began + self.patience();
        let timers = self.timers();
        let mut interval = timers.t1;
        let mut again = repeat.as_ref().map(|repeat| repeat.first_sent + interval);
        loop {
            let mut reached = false;
            let limit = again.map_or(deadline, |again| again.min(deadline));
            let heard = poll_fn(|context| self.poll_inbox(context, &wanted));
            tokio::select! {
                biased;
                packet = heard => match packet {
                    Some(packet) => return Ok(packet),
                    None => reached = true,
                },
                () = tokio::time::sleep_until(limit) => {}
            }
            if reached || Instant::now() >= deadline {
                return Err(self.in_vain(wanted, began.elapsed()));
            }
            if let Some(sending) = &repeat {
                if sending.pace == Pace::Invite && self.has_provisional(&wanted) {
                    (repeat, again) = (None, None);
                } else if sending.first_sent.elapsed() >= timers.t1 * 64 {
                    again = None; // Timers B, F and H
                } else {
                    self.send_again(&sending.outgoing);
                    interval *= 2;
                    if sending.pace == Pace::Capped {
                        interval = interval.min(timers.t2);
                    }
                    again = Some(Instant::now() + interval);
                }
            }
        }
    }

    /// Ready with the message, or with `None` when it can no longer come.
    fn poll_inbox(&self, context: &mut Context<'_>, wanted: &Wanted) -> Poll<Option<Packet>> {
        self.with(|state| {
            loop {
                if let Some(packet) = state.inbox.take(wanted) {
                    return Poll::Ready(Some(packet));
                }
                if state.inbox.is_hopeless(wanted) {
                    return Poll::Ready(None);
                }
                if state
                    .inbox
                    .listen(&mut *state.network, context)
                    .is_pending()
                {
                    return Poll::Pending;
                }
            }
        })
    }

    fn send_again(&self, (flow, bytes): &Outgoing) {
        self.with(|state| state.network.send(flow, bytes));
    }

    fn has_provisional(&self, wanted: &Wanted) -> bool {
        self.with(|state| {
            let mut unread = state.inbox.unread.iter();
            unread.any(|packet| wanted.is_provisional_of(packet))
        })
    }

    fn in_vain(&self, wanted: Wanted, waited: Duration) -> NeverCame {
        let unread = self.with(|state| state.inbox.unread.iter().map(first_line).collect());
        NeverCame {
            who: self.name(),
            wanted,
            waited,
            unread,
        }
    }

    /// Listens for a while and gives what is unread after it, oldest first, save 100 Trying:
    /// how a test sees that nothing came.
    pub async fn listen_for(&self, time: Duration) -> Vec<Packet> {
        let listening = poll_fn(|context| {
            self.with(|state| {
                while state.inbox.listen(&mut *state.network, context).is_ready() {}
                Poll::<()>::Pending
            })
        });
        // The time ends this, never the phone.
        let _ = tokio::time::timeout(time, listening).await;
        let is_trying =
            |packet: &Packet| matches!(packet, Packet::Response(r) if r.status() == 100);
        self.with(|state| {
            let unread = state.inbox.unread.drain(..);
            unread.filter(|packet| !is_trying(packet)).collect()
        })
    }
}
