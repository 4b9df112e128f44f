//! Datagrams: received many at a time with the address they came to, sent from the address
//! the peer knows.

use std::array;
use std::io::{self, ErrorKind, IoSliceMut};
use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};

use nix::errno::Errno;
use nix::sys::socket::{setsockopt, sockopt};
use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSocketState};
use sip_message::{Arrival, Flow};
use tokio::io::Interest;
use tokio::net::UdpSocket;

use super::keepalive::is_keepalive;
use super::kernel_routes::is_of_one_machine;
use super::outbox::Parcel;
#[cfg(target_os = "linux")]
use super::singles::{Single, send_each};
use crate::Clock;
use crate::network::Event;

/// Room behind a message for what a relay adds to it: Via, Record-Route.
const SPARE: usize = 512;
/// The largest datagram, and a little more: slots of a power of two would fight for the same
/// lines of the processor's cache.
const SLOT: usize = 65_536 + 704;
/// Errors that are skipped in one go. They belong to packets sent before, not to the socket.
const SKIPPED_ERRORS: usize = 8;

/// The UDP socket of one listener.
#[derive(Debug)]
pub(crate) struct Datagrams {
    socket: UdpSocket,
    state: UdpSocketState,
    local: SocketAddr,
}

/// Where a batch of datagrams is received, shared by all sockets.
pub(crate) struct Batch {
    slots: Vec<u8>,
    meta: [RecvMeta; BATCH_SIZE],
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            slots: vec![0; SLOT * BATCH_SIZE],
            meta: [RecvMeta::default(); BATCH_SIZE],
        }
    }
}

impl Datagrams {
    pub(crate) fn new(socket: std::net::UdpSocket) -> io::Result<Self> {
        let local = socket.local_addr()?;
        if local.ip().is_unspecified() {
            ask_for_destination(&socket, local)?;
        }
        Ok(Self {
            state: state_for(local)?,
            socket: UdpSocket::from_std(socket)?,
            local,
        })
    }

    pub(crate) fn local(&self) -> SocketAddr {
        self.local
    }

    /// Receives a batch. Ready means that the socket may have more.
    pub(crate) fn poll_receive(
        &self,
        context: &mut Context<'_>,
        batch: &mut Batch,
        clock: &Clock,
        events: &mut Vec<Event>,
    ) -> Poll<()> {
        loop {
            if self.socket.poll_recv_ready(context).is_pending() {
                return Poll::Pending;
            }
            // Not ready after all: the next round asks to be woken.
            if let Ok(count) = self
                .socket
                .try_io(Interest::READABLE, || self.receive(batch))
            {
                self.unpack(batch, count, clock, events);
                return Poll::Ready(());
            }
        }
    }

    fn receive(&self, batch: &mut Batch) -> io::Result<usize> {
        let mut slots = batch.slots.chunks_exact_mut(SLOT);
        let mut slots: [IoSliceMut<'_>; BATCH_SIZE] =
            array::from_fn(|_| IoSliceMut::new(slots.next().unwrap_or_default()));
        for _ in 0..SKIPPED_ERRORS {
            match self
                .state
                .recv((&self.socket).into(), &mut slots, &mut batch.meta)
            {
                Err(e) if e.kind() != ErrorKind::WouldBlock => {}
                result => return result,
            }
        }
        Err(ErrorKind::WouldBlock.into())
    }

    fn unpack(&self, batch: &Batch, count: usize, clock: &Clock, events: &mut Vec<Event>) {
        let at = clock.now();
        for (meta, slot) in batch.meta[..count]
            .iter()
            .zip(batch.slots.chunks_exact(SLOT))
        {
            let Some(local) = self.destination(meta) else {
                continue;
            };
            let flow = Flow::udp(local, meta.addr);
            let arrival = Arrival { flow, at };
            // Datagrams the kernel has merged lie one after another (RecvMeta::stride).
            for datagram in slot[..meta.len].chunks(meta.stride.max(1)) {
                if !is_keepalive(datagram) {
                    let mut bytes = Vec::with_capacity(datagram.len() + SPARE);
                    bytes.extend_from_slice(datagram);
                    events.push(Event::Message { bytes, arrival });
                }
            }
        }
    }

    /// The address of ours that a datagram came to. `None` for one to everybody, which would
    /// be answered from an address nobody asked.
    fn destination(&self, meta: &RecvMeta) -> Option<SocketAddr> {
        if !self.local.ip().is_unspecified() {
            return Some(self.local);
        }
        let local = SocketAddr::new(meta.dst_ip?, self.local.port());
        is_of_one_machine(local).then_some(local)
    }

    /// Whether a flow with that end of ours leaves through this socket.
    pub(crate) fn serves(&self, local: SocketAddr) -> bool {
        local == self.local
            || self.local.ip().is_unspecified()
                && local.port() == self.local.port()
                && local.is_ipv4() == self.local.is_ipv4()
    }

    /// The most datagrams the system sends as one.
    pub(crate) fn longest_run(&self) -> usize {
        self.state.max_gso_segments()
    }

    /// Sends datagrams from the local address of their flows. Flows whose peer cannot be reached
    /// are added to `lost`. What a full buffer does not take is lost, as any network may lose it,
    /// and the transaction sends it again.
    pub(crate) fn send(&self, parcel: Parcel<'_>, lost: &mut Vec<Flow>) {
        if let Some(run) = parcel.run()
            && self.write(run.flow, run.bytes, Some(run.segment)).is_ok()
        {
            return;
        }
        // Each by itself, or the way to this peer takes no runs.
        let mut report = |flow: &Flow, error: io::Error| {
            if is_about_peer(&error) {
                lost.push(*flow);
            }
        };
        #[cfg(target_os = "linux")]
        if let singles @ [(first, _), _, ..] = &*parcel.datagrams().collect::<Vec<Single<'_>>>() {
            return send_each(&self.socket, self.source(first), singles, report);
        }
        for (flow, datagram) in parcel.datagrams() {
            if let Err(error) = self.write(flow, datagram, None) {
                report(flow, error);
            }
        }
    }

    /// The address that what leaves has to name as its source: where it is bound to all of them.
    fn source(&self, flow: &Flow) -> Option<IpAddr> {
        self.local.ip().is_unspecified().then(|| flow.local.ip())
    }

    fn write(&self, flow: &Flow, bytes: &[u8], segment_size: Option<usize>) -> io::Result<()> {
        let transmit = Transmit {
            destination: flow.remote,
            ecn: None,
            contents: bytes,
            segment_size,
            src_ip: self.source(flow),
        };
        self.state.try_send((&self.socket).into(), &transmit)
    }
}

/// Whether an error means that the peer cannot be reached. A full buffer does not, nor does a
/// datagram longer than any can be: an attacker who forges a request in a phone's name could make
/// its answer grow to that, and what others have sent to the phone would count as lost.
fn is_about_peer(error: &io::Error) -> bool {
    let is_too_long = error.raw_os_error() == Some(Errno::EMSGSIZE as i32);
    error.kind() != ErrorKind::WouldBlock && !is_too_long
}

/// quinn-udp sets a socket up for QUIC: no fragments, datagrams of one size merged, each with
/// a time stamp. SIP needs fragments (a large message would be lost) and none of the rest, so
/// the state is made from a socket that is thrown away.
fn state_for(local: SocketAddr) -> io::Result<UdpSocketState> {
    let any_port = SocketAddr::new(local.ip(), 0);
    let model = std::net::UdpSocket::bind(any_port)?;
    UdpSocketState::new((&model).into())
}

/// Asks the kernel for the address each datagram came to (RFC 3542 §6).
fn ask_for_destination(socket: &std::net::UdpSocket, local: SocketAddr) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let destination = sockopt::Ipv4PacketInfo;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let destination = sockopt::Ipv4RecvDstAddr;
    match local {
        SocketAddr::V4(_) => setsockopt(socket, destination, &true)?,
        SocketAddr::V6(_) => setsockopt(socket, sockopt::Ipv6RecvPacketInfo, &true)?,
    }
    Ok(())
}
