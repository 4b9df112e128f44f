//! How long a phone waits for a message, and when it gives up earlier.

use std::time::Duration;

use sip_message::{Packet, Request};
use tokio::time::{Instant, timeout_at};

use crate::phone::Phone;
use crate::wanted::{NeverCame, Wanted, or_panic};

impl Phone {
    /// Waits for a message. Other messages that come meanwhile stay unread for a later wait.
    ///
    /// # Errors
    /// When it has not come within the phone's patience, or cannot come any more because its request
    /// has had another final response.
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
                return Err(self.never_came(wanted, began.elapsed()));
            }
        }
    }

    /// Waits for a request.
    ///
    /// # Panics
    /// When it does not come.
    pub(crate) async fn wait_for_request(&self, wanted: Wanted) -> Request {
        match or_panic(self.wait_for(wanted).await) {
            Packet::Request(request) => request,
            Packet::Response(_) => unreachable!("only a request has a method"),
        }
    }

    fn never_came(&self, wanted: Wanted, waited: Duration) -> NeverCame {
        let unread = self.with(|state| state.inbox.unread_lines());
        NeverCame {
            phone: self.name(),
            wanted,
            waited,
            unread,
        }
    }

    /// Listens for this time and returns the unread messages, oldest first, without 100 Trying. A
    /// test uses it to see that nothing came.
    pub async fn listen_for(&self, time: Duration) -> Vec<Packet> {
        tokio::time::sleep(time).await;
        let is_trying = |p: &Packet| matches!(p, Packet::Response(r) if r.status() == 100);
        let mut unread = self.with(|state| state.inbox.take_all());
        unread.retain(|packet| !is_trying(packet));
        unread
    }
}
