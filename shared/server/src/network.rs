//! What a server needs of a network, and the observer that watches it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use sip_message::{Arrival, Connection, Flow, Reply, Transport};

use crate::account::Account;
use crate::action::Action;
use crate::outgoing::Outgoing;
use crate::request::Request;
use crate::unreachable::Unreachable;

/// What happens on a network.
#[derive(Debug)]
pub enum Event {
    /// A datagram, or one message cut from a stream. Keepalives never come this far.
    Message {
        /// The message as it came; spare capacity serves the edits of a relay.
        bytes: Vec<u8>,
        /// Where it came from and when.
        arrival: Arrival,
    },
    /// What was last sent to this flow did not arrive: a connection refused or lost, an ICMP
    /// error. Transactions that wait for an answer from there need wait no longer (§16.9).
    Failed {
        /// The flow it was sent on.
        flow: Flow,
    },
}

/// A name look-up under way.
pub type Lookup = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// The network that a server uses: real sockets ([`crate::Sockets`]), or a stage in the process.
///
/// One server owns it and calls it from one task. Sending never waits: what a full socket or a
/// slow connection cannot take is dropped, as UDP would, and reported where it matters.
pub trait Network {
    /// Puts what has come into `events`, at most a batch; ready when there is at least one.
    fn poll_events(&mut self, context: &mut Context<'_>, events: &mut Vec<Event>) -> Poll<()>;

    /// The flow a packet to `remote` would take: our address on that path, and for TCP the
    /// connection to it, opened (in the background) where none is. One that is opened counts for
    /// the account.
    ///
    /// # Errors
    /// When nothing listens on that transport or address family, or connections ran out, for all
    /// or for this account.
    fn flow_to(
        &mut self,
        transport: Transport,
        remote: SocketAddr,
        account: Account,
    ) -> Result<Flow, Unreachable>;

    /// The same from `local`, one of the addresses listened on; as [`Network::flow_to`] where
    /// nothing can leave from there to that peer.
    ///
    /// # Errors
    /// As [`Network::flow_to`].
    fn flow_from(
        &mut self,
        local: SocketAddr,
        transport: Transport,
        remote: SocketAddr,
        account: Account,
    ) -> Result<Flow, Unreachable> {
        let _ = local;
        self.flow_to(transport, remote, account)
    }

    /// The flow of a connection that is still open.
    fn flow_of(&self, connection: Connection) -> Option<Flow>;

    /// Takes everything that leaves in a turn, and leaves `out` empty. The messages leave at the
    /// latest when events are asked for next, each peer's in their order but for the server's own
    /// final answers, which may leave last.
    fn send_all(&mut self, out: &mut Outgoing);

    /// Sends one message.
    fn send(&mut self, flow: &Flow, bytes: &[u8]) {
        let mut out = Outgoing::default();
        out.send(flow, bytes);
        self.send_all(&mut out);
    }

    /// Looks a host name up (A and AAAA) on behalf of an account, within a time limit of its own.
    fn resolve(&self, host: &str, port: u16, account: Account) -> Lookup;
}

/// An observer: the trace of a running server, the counters, a pcap file.
pub trait Observer {
    /// A message came in or went out (`outgoing`), before anything was done with it.
    fn message(
        &mut self,
        direction: Direction,
        flow: &Flow,
        at: std::time::SystemTime,
        bytes: &[u8],
    );

    /// The script has decided about a request: before anything is done about it, at `at`.
    fn decided(
        &mut self,
        at: std::time::SystemTime,
        request: &Request,
        decision: &Result<Action, Reply>,
    ) {
        let _ = (at, request, decision);
    }

    /// One line for the log: a refusal and why, a peer that misbehaves; `from` is the peer it is
    /// about. Printable as it is; not formatted yet, so that it costs nothing if no observer
    /// prints it.
    fn note(&mut self, at: std::time::SystemTime, from: SocketAddr, text: fmt::Arguments<'_>);
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To us.
    In,
    /// From us.
    Out,
}
