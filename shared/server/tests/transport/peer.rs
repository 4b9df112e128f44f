//! A server's sockets under test, and the messages its peers send.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use sip_message::{Arrival, Flow, Transport};
use sip_server::{
    Account, Clock, Event, Lookup, Network, Sockets, SystemEntropy, TransportLimits, Unreachable,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// When a test has failed; nothing here takes so long.
pub(crate) const AT_MOST: Duration = Duration::from_secs(20);

pub(crate) struct Server {
    pub(crate) sockets: Sockets,
    heard: VecDeque<Event>,
}

impl Server {
    pub(crate) fn on(address: &str) -> Self {
        Self::with_limits(address, TransportLimits::default())
    }

    pub(crate) fn with_limits(address: &str, limits: TransportLimits) -> Self {
        let listeners: Vec<SocketAddr> = address.split(' ').map(|a| a.parse().unwrap()).collect();
        let mut entropy = SystemEntropy::default();
        let sockets = Sockets::bind(&listeners, Clock::system(), &mut entropy, limits).unwrap();
        Self {
            sockets,
            heard: VecDeque::new(),
        }
    }

    /// The port of the first listener.
    pub(crate) fn port(&self) -> u16 {
        self.sockets.listeners()[0].port()
    }

    pub(crate) async fn event(&mut self) -> Event {
        if self.heard.is_empty() {
            timeout(AT_MOST, self.listen()).await.expect("an event");
        }
        self.heard.pop_front().unwrap()
    }

    pub(crate) async fn message(&mut self) -> (Vec<u8>, Arrival) {
        match self.event().await {
            Event::Message { bytes, arrival } => (bytes, arrival),
            failed => panic!("no message but {failed:?}"),
        }
    }

    pub(crate) async fn failure(&mut self) -> Flow {
        match self.event().await {
            Event::Failed { flow } => flow,
            Event::Message { bytes, .. } => {
                panic!("a message: {}", String::from_utf8_lossy(&bytes))
            }
        }
    }

    /// Serves while a peer does something; what comes is kept for later.
    pub(crate) async fn serve<T>(&mut self, peer: impl Future<Output = T>) -> T {
        let mut peer = pin!(timeout(AT_MOST, peer));
        loop {
            tokio::select! {
                done = &mut peer => return done.expect("the peer is done"),
                () = self.listen() => {}
            }
        }
    }

    /// The events that have come while serving.
    pub(crate) fn heard(&mut self) -> Vec<Event> {
        self.heard.drain(..).collect()
    }

    /// The flow to a peer, opened for a request of 127.0.0.1.
    pub(crate) fn flow_to(
        &mut self,
        transport: Transport,
        remote: SocketAddr,
    ) -> Result<Flow, Unreachable> {
        let account = Account::at(Ipv4Addr::LOCALHOST.into());
        self.sockets.flow_to(transport, remote, account)
    }

    /// Looks a name up for a request of 127.0.0.1.
    pub(crate) fn resolve(&self, host: &str, port: u16) -> Lookup {
        let account = Account::at(Ipv4Addr::LOCALHOST.into());
        self.sockets.resolve(host, port, account)
    }

    /// Sends, and ends the turn.
    pub(crate) fn send(&mut self, flow: &Flow, bytes: &[u8]) {
        self.sockets.send(flow, bytes);
        self.end_turn();
    }

    /// Asks for events once, so that what was gathered leaves; what has come is kept for later.
    pub(crate) fn end_turn(&mut self) {
        let mut events = Vec::new();
        let mut context = Context::from_waker(Waker::noop());
        let _ = self.sockets.poll_events(&mut context, &mut events);
        self.heard.extend(events);
    }

    async fn listen(&mut self) {
        let mut events = Vec::new();
        poll_fn(|context| self.sockets.poll_events(context, &mut events)).await;
        assert!(!events.is_empty(), "ready without an event");
        self.heard.extend(events);
    }
}

/// A request of that Call-ID, from a peer that says it listens at `sent_by`.
pub(crate) fn request(sent_by: &str, call_id: &str) -> Vec<u8> {
    format!(
        "OPTIONS sip:127.0.0.1 SIP/2.0\r\n\
         Via: SIP/2.0/TCP {sent_by};branch=z9hG4bK{call_id}\r\n\
         From: <sip:10@127.0.0.1>;tag=1\r\n\
         To: <sip:127.0.0.1>\r\n\
         Call-ID: {call_id}\r\n\
         CSeq: 1 OPTIONS\r\n\
         Content-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

/// A TCP peer.
pub(crate) struct Phone(pub(crate) TcpStream);

impl Phone {
    pub(crate) async fn call(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// From an address of its own, 127.0.0.`host`.
    pub(crate) async fn call_from(host: u8, address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket
            .bind(SocketAddr::from(([127, 0, 0, host], 0)))
            .unwrap();
        Self(socket.connect(address).await.unwrap())
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    pub(crate) async fn receive(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).await.unwrap();
        bytes
    }

    /// What comes until the connection ends, by whatever means.
    pub(crate) async fn receive_to_the_end(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let _ = self.0.read_to_end(&mut bytes).await;
        bytes
    }
}

/// Whether the server keeps the connection: it answers a ping.
pub(crate) async fn is_kept(server: &mut Server, phone: &mut Phone) -> bool {
    let ping = async {
        phone.send(b"\r\n\r\n").await;
        let mut answer = [0; 2];
        let read = phone.0.read(&mut answer).await;
        matches!(read, Ok(2))
    };
    server.serve(ping).await
}
