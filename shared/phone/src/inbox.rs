//! What comes to a phone: the unread, repetitions told from news, waits with a limit.

use std::collections::VecDeque;
use std::time::Duration;

use sip_message::{Arrival, Flow, Message, Packet};
use sip_server::{Event, Network};
use tokio::time::{Instant, timeout_at};

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
    /// Takes what the network brought. A repetition is answered again and is no news; what
    /// cannot be parsed is dropped. Gives the news.
    pub(crate) fn take_in(&mut self, network: &mut dyn Network, event: Event) -> Option<&Packet> {
        let Event::Message { bytes, arrival } = event else {
            return None;
        };
        if let Some((_, answer)) = self.heard.iter().find(|(heard, _)| *heard == bytes) {
            if let Some((flow, bytes)) = answer {
                network.send(flow, bytes);
            }
            return None;
        }
        self.keep(bytes, arrival)
    }

    fn keep(&mut self, bytes: Vec<u8>, arrival: Arrival) -> Option<&Packet> {
        let packet = sip_message::parse(bytes.clone(), arrival).ok()?;
        push_bounded(&mut self.heard, (bytes, None));
        push_bounded(&mut self.unread, packet);
        self.unread.back()
    }

    /// Remembers what was answered to a message, for its repetitions (RFC 3261 §17.2, §13.2.2.4).
    pub(crate) fn answered(&mut self, message: &Message, answer: Outgoing) {
        let bytes = message.to_bytes();
        if let Some(heard) = self.heard.iter_mut().find(|(heard, _)| *heard == bytes) {
            heard.1 = Some(answer);
        }
    }

    /// The oldest unread message that is wanted.
    fn take(&mut self, wanted: &Wanted) -> Option<Packet> {
        let at = self.unread.iter().position(|packet| wanted.is(packet))?;
        let packet = self.unread.remove(at)?;
        if matches!(&packet, Packet::Response(response) if response.status() >= 200) {
            // Nobody asks what was provisional once it is final.
            self.unread.retain(|other| !wanted.is_provisional_of(other));
        }
        Some(packet)
    }

    /// Whether what is wanted cannot come any more.
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

impl Phone {
    /// Waits for a message; what else comes meanwhile stays unread, for a later wait.
    ///
    /// # Errors
    /// When it has not come within the phone's patience, or cannot come any more because its
    /// request has got another final response.
    pub async fn wait_for(&self, wanted: impl Into<Wanted>) -> Result<Packet, NeverCame> {
        let wanted = wanted.into();
        let began = Instant::now();
        let deadline = began + self.patience();
        loop {
            let news = self.news();
            let mut news = std::pin::pin!(news.notified());
            news.as_mut().enable();
            let (found, is_hopeless) = self.with(|state| {
                let found = state.inbox.take(&wanted);
                (found, state.inbox.is_hopeless(&wanted))
            });
            if let Some(packet) = found {
                return Ok(packet);
            }
            if is_hopeless || timeout_at(deadline, news).await.is_err() {
                return Err(self.in_vain(wanted, began.elapsed()));
            }
        }
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
        tokio::time::sleep(time).await;
        let is_trying = |p: &Packet| matches!(p, Packet::Response(r) if r.status() == 100);
        self.with(|state| {
            let unread = state.inbox.unread.drain(..);
            unread.filter(|packet| !is_trying(packet)).collect()
        })
    }
}
