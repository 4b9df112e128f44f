//! The sockets of a phone: between what the exchange writes and what is on the wire.

use std::net::SocketAddr;
use std::task::{Context, Poll};

use sip_message::{Connection, Flow, Transport};
use sip_server::{Account, Event, Lookup, Network, Outgoing, Unreachable};

use crate::answering::{Answering, Heard};
use crate::sockets::StageSockets;
use crate::values::Values;

/// The sockets of a phone. Names are replaced in both directions, and challenges that the exchange
/// does not know of are answered.
pub(crate) struct PhoneSockets {
    pub(crate) sockets: StageSockets,
    pub(crate) values: Values,
    pub(crate) answering: Option<Answering>,
}

impl PhoneSockets {
    /// What the phone gets of a message; `None` if it was answered here.
    fn heard(&mut self, flow: &Flow, bytes: Vec<u8>) -> Option<Vec<u8>> {
        let bytes = match &mut self.answering {
            None => bytes,
            Some(answering) => match answering.heard(flow, bytes) {
                Heard::Passed(bytes) => bytes,
                Heard::Answered(answers) => {
                    for answer in answers {
                        self.sockets.send(flow, &answer);
                    }
                    return None;
                }
            },
        };
        Some(rewritten(bytes, |head| {
            self.values.as_exchange_writes(head)
        }))
    }
}

/// A message with its head rewritten. The body stays, as its length is in the head.
fn rewritten(bytes: Vec<u8>, rewrite: impl Fn(&str) -> String) -> Vec<u8> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = bytes.split_at(end.unwrap_or(bytes.len()));
    let Ok(head) = str::from_utf8(head) else {
        return bytes;
    };
    let mut out = rewrite(head).into_bytes();
    out.extend_from_slice(body);
    out
}

impl Network for PhoneSockets {
    fn poll_events(&mut self, context: &mut Context<'_>, events: &mut Vec<Event>) -> Poll<()> {
        loop {
            let mut arrived = Vec::new();
            if self.sockets.poll_events(context, &mut arrived).is_pending() {
                return Poll::Pending;
            }
            let before = events.len();
            for event in arrived {
                match event {
                    Event::Message { bytes, arrival } => {
                        let heard = self.heard(&arrival.flow, bytes);
                        events.extend(heard.map(|bytes| Event::Message { bytes, arrival }));
                    }
                    other => events.push(other),
                }
            }
            if events.len() > before {
                return Poll::Ready(());
            }
        }
    }

    fn flow_to(
        &mut self,
        transport: Transport,
        remote: SocketAddr,
        peer: Account,
    ) -> Result<Flow, Unreachable> {
        let remote = self.values.address(remote);
        self.sockets.flow_to(transport, remote, peer)
    }

    fn flow_of(&self, connection: Connection) -> Option<Flow> {
        self.sockets.flow_of(connection)
    }

    fn send_all(&mut self, out: &mut Outgoing) {
        for (flow, bytes) in out.messages() {
            let mut bytes = rewritten(bytes.to_vec(), |head| self.values.text(head));
            if let Some(answering) = &mut self.answering {
                bytes = answering.sent(flow, &bytes);
            }
            self.sockets.send(flow, &bytes);
        }
        out.clear();
    }

    fn resolve(&self, host: &str, port: u16, peer: Account) -> Lookup {
        self.sockets.resolve(&self.values.text(host), port, peer)
    }
}
