//! When a message is repeated because UDP may have lost it, and until when.

use sip_message::{Message, Method, Packet};
use sip_server::Timers;
use tokio::time::Instant;

use crate::inbox::Outgoing;

/// A message that is repeated until something comes.
pub(crate) struct Repeat {
    pub(crate) outgoing: Outgoing,
    pub(crate) until: Until,
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
    began: Instant,
    pub(crate) next: Instant,
}

/// What ends the repetitions of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Until {
    /// An INVITE: any response (RFC 3261 §17.1.1.2, Timer A, doubling).
    AnyResponse,
    /// Another request: its final response (§17.1.2.2, Timer E, doubling to T2).
    FinalResponse(Method),
    /// A final response to an INVITE: its ACK (§13.3.1.4 and §17.2.1, Timer G, doubling to T2).
    Ack,
}

impl Repeat {
    pub(crate) fn new(
        outgoing: Outgoing,
        until: Until,
        call_id: &str,
        cseq: u32,
        timers: &Timers,
    ) -> Self {
        let began = Instant::now();
        Self {
            outgoing,
            until,
            call_id: call_id.to_owned(),
            cseq,
            began,
            next: began + timers.t1,
        }
    }

    pub(crate) fn is_settled_by(&self, packet: &Packet) -> bool {
        let message: &Message = match packet {
            Packet::Request(request) => request,
            Packet::Response(response) => response,
        };
        let Ok(cseq) = message.cseq() else {
            return false;
        };
        let is_same =
            cseq.number == self.cseq && message.call_id().is_ok_and(|c| c == self.call_id);
        is_same
            && match (&self.until, packet) {
                (Until::AnyResponse, Packet::Response(_)) => cseq.method == Method::Invite,
                (Until::FinalResponse(method), Packet::Response(response)) => {
                    cseq.method == *method && response.status().is_final()
                }
                (Until::Ack, Packet::Request(request)) => *request.method() == Method::Ack,
                _ => false,
            }
    }

    /// The time of the next repetition after the one due now; `None` after 64·T1, when it ends.
    pub(crate) fn after(&self, now: Instant, timers: &Timers) -> Option<Instant> {
        let doubled = (self.next - self.began) * 2 + timers.t1;
        let step = self.next - self.began + timers.t1;
        let next = match self.until {
            Until::AnyResponse => self.began + doubled,
            _ if step < timers.t2 => self.began + doubled,
            _ => now + timers.t2,
        };
        (next < self.began + timers.t1 * 64).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use sip_message::fixture;

    use super::*;

    fn times(until: Until) -> Vec<u128> {
        let flow = fixture::flow("192.168.1.10:5060", "192.168.1.15:5060");
        let timers = Timers::default();
        let mut repeat = Repeat::new((flow, Vec::new()), until, "c", 1, &timers);
        let mut times = vec![(repeat.next - repeat.began).as_millis()];
        while let Some(next) = repeat.after(repeat.next, &timers) {
            repeat.next = next;
            times.push((next - repeat.began).as_millis());
        }
        times
    }

    #[test]
    fn an_invite_is_repeated_at_doubling_intervals_for_32_seconds() {
        let expected = [500, 1500, 3500, 7500, 15500, 31500];
        assert_eq!(times(Until::AnyResponse), expected);
    }

    #[test]
    fn any_other_request_is_repeated_every_4_seconds_in_the_end() {
        let expected = [
            500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500,
        ];
        assert_eq!(times(Until::FinalResponse(Method::Bye)), expected);
    }
}
