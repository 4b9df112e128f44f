//! The phone's sockets: every message is shown, and it is noted what came from the server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll};

use sip_message::{Connection, Flow, Transport};
use sip_server::{
    Account, Clock, Direction, Event, Lookup, Network, Outgoing, Sockets, Unreachable,
};
use tokio::sync::watch;

use crate::show::Show;

/// What has come from the server.
pub(crate) struct Heard {
    server: SocketAddr,
    anything: AtomicBool,
    lost: watch::Sender<()>,
}

impl Heard {
    pub(crate) fn new(server: SocketAddr) -> Arc<Self> {
        Arc::new(Self {
            server,
            anything: AtomicBool::new(false),
            lost: watch::Sender::new(()),
        })
    }

    /// Whether anything came from it since the last [`Heard::forget`].
    pub(crate) fn anything(&self) -> bool {
        self.anything.load(Relaxed)
    }

    /// Starts over.
    pub(crate) fn forget(&self) {
        self.anything.store(false, Relaxed);
    }

    /// Waits until something sent to it from now on is known to be lost.
    pub(crate) async fn lost(&self) {
        // An error would mean that the sender is gone, but it is in `self`.
        let _ = self.lost.subscribe().changed().await;
    }
}

/// Sockets whose messages are all shown.
pub(crate) struct Watched {
    sockets: Sockets,
    show: Show,
    heard: Arc<Heard>,
    clock: Clock,
}

impl Watched {
    pub(crate) fn new(sockets: Sockets, show: Show, heard: Arc<Heard>, clock: Clock) -> Self {
        Self {
            sockets,
            show,
            heard,
            clock,
        }
    }
}

impl Network for Watched {
    fn poll_events(&mut self, context: &mut Context<'_>, events: &mut Vec<Event>) -> Poll<()> {
        let before = events.len();
        let polled = self.sockets.poll_events(context, events);
        for event in &events[before..] {
            match event {
                Event::Message { bytes, arrival } => {
                    self.show
                        .message(Direction::In, &arrival.flow, arrival.at, bytes);
                    self.heard
                        .anything
                        .fetch_or(arrival.flow.remote == self.heard.server, Relaxed);
                }
                Event::Failed { flow } if flow.remote == self.heard.server => {
                    self.heard.lost.send_replace(());
                }
                Event::Failed { .. } => {}
            }
        }
        polled
    }

    fn flow_to(
        &mut self,
        transport: Transport,
        remote: SocketAddr,
        account: Account,
    ) -> Result<Flow, Unreachable> {
        self.sockets.flow_to(transport, remote, account)
    }

    fn flow_of(&self, connection: Connection) -> Option<Flow> {
        self.sockets.flow_of(connection)
    }

    fn send_all(&mut self, out: &mut Outgoing) {
        for (flow, bytes) in out.messages() {
            self.show
                .message(Direction::Out, flow, self.clock.now(), bytes);
        }
        self.sockets.send_all(out);
    }

    fn resolve(&self, host: &str, port: u16, account: Account) -> Lookup {
        self.sockets.resolve(host, port, account)
    }
}
