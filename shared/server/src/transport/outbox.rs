//! Datagrams on their way out: gathered while the server works through what came in, then sent.
//!
//! Linux takes many datagrams for one peer in one system call, and carries them through its
//! network stack as one, if all are of one size but the last, which may be shorter (UDP_SEGMENT,
//! udp(7)). A carrier's trunk gets its answers that way for less. Phones, each with an address of
//! its own, get theirs together in one system call, but each as a packet of its own (sendmmsg(2)).

use std::cmp::Reverse;
use std::net::{IpAddr, SocketAddr};

use sip_message::{Flow, Transport};

use crate::outgoing::{Envelope, Order, Outgoing};

/// A shorter run is sent one by one: a capture on the sender's side shows a run as one packet,
/// and who watches a phone should never have to wonder about that.
const SHORTEST_RUN: usize = 4;

/// The largest datagram of a run: what IPv6's smallest MTU of 1280 bytes leaves (RFC 8200 §5).
const LARGEST_SEGMENT: usize = 1232;

/// The most bytes of a run: what the length field of IPv4 leaves.
const LARGEST_RUN: usize = 65_507;

/// Messages that wait, in one piece of memory for all peers.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: Outgoing,
    /// Where a run is put together whose datagrams do not lie side by side.
    joined: Vec<u8>,
}

/// What leaves together has to lie together: what leaves from one address, of that one peer's
/// datagrams, those that are free behind the others, the largest first.
fn rank(datagram: &Envelope) -> impl Ord + use<> {
    let free = (datagram.order == Order::Free).then_some(Reverse(datagram.span.len()));
    (datagram.flow.local, datagram.flow.remote, free)
}

/// Datagrams from one address of ours that may leave in one system call, in this order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parcel<'o> {
    /// At least one.
    envelopes: &'o [Envelope],
    bytes: &'o [u8],
    run: Option<Run<'o>>,
}

/// Datagrams of one flow in one piece, one behind the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run<'o> {
    /// Where they go.
    pub(crate) flow: &'o Flow,
    /// At least [`SHORTEST_RUN`].
    pub(crate) bytes: &'o [u8],
    /// The size of each in bytes; the last may be shorter.
    pub(crate) segment: usize,
}

impl<'o> Parcel<'o> {
    /// Each datagram, and where it goes.
    pub(crate) fn datagrams(self) -> impl Iterator<Item = (&'o Flow, &'o [u8])> {
        let datagram = move |it: &'o Envelope| (&it.flow, &self.bytes[it.span.clone()]);
        self.envelopes.iter().map(datagram)
    }

    /// All of them as a run, where they are one.
    pub(crate) fn run(self) -> Option<Run<'o>> {
        self.run
    }
}

impl Outbox {
    /// Takes the messages of a turn. True when no more should wait.
    pub(crate) fn take(&mut self, out: &mut Outgoing) -> bool {
        self.waiting.append_messages(out);
        self.waiting.is_full()
    }

    /// Hands over the messages for streams, each by itself, and then the datagrams, with runs of at
    /// most `longest`.
    pub(crate) fn drain(
        &mut self,
        longest: usize,
        mut send: impl FnMut(SocketAddr, Parcel<'_>),
        mut send_in_stream: impl FnMut(&Flow, &[u8]),
    ) {
        let Outgoing {
            bytes, messages, ..
        } = &mut self.waiting;
        messages.retain(|message| {
            let is_datagram = message.flow.transport == Transport::Udp;
            if !is_datagram {
                send_in_stream(&message.flow, &bytes[message.span.clone()]);
            }
            is_datagram
        });
        if may_lie_apart(messages) {
            messages.sort_by_key(rank);
        }
        let mut rest = messages.as_slice();
        while let Some(first) = rest.first() {
            let run = run_length(rest, longest);
            let length = run.unwrap_or_else(|| singles_length(first, rest, longest));
            let (envelopes, behind) = rest.split_at(length);
            let run = run.map(|_| Run {
                flow: &first.flow,
                bytes: join(envelopes, bytes, &mut self.joined),
                segment: first.span.len(),
            });
            let parcel = Parcel {
                envelopes,
                bytes,
                run,
            };
            send(first.flow.local, parcel);
            rest = behind;
        }
        self.waiting.clear();
    }
}

/// Whether what could leave together may not lie together: enough for a run to one peer, or what
/// leaves from several addresses. Phones send and get a few datagrams each, which need no order.
fn may_lie_apart(datagrams: &[Envelope]) -> bool {
    let Some(first) = datagrams.first() else {
        return false;
    };
    let mut counts = [0_u8; 64];
    datagrams.iter().any(|datagram| {
        let remote = datagram.flow.remote;
        let ip = match remote.ip() {
            IpAddr::V4(ip) => ip.to_bits(),
            IpAddr::V6(ip) => ip.to_bits() as u32,
        };
        // Two peers may have one count: then the order is made for nothing.
        let count = &mut counts[(ip.wrapping_add(remote.port().into()) % 64) as usize];
        *count += 1;
        usize::from(*count) >= SHORTEST_RUN || datagram.flow.local != first.flow.local
    })
}

/// How many of those that wait leave as a run: as many of the first one's size as follow it on its
/// flow, and perhaps a shorter one. `None` where they are too few for a run.
fn run_length(waiting: &[Envelope], longest: usize) -> Option<usize> {
    let first = waiting.first()?;
    let segment = first.span.len();
    let last = waiting.get(SHORTEST_RUN - 1)?;
    if last.flow != first.flow || segment == 0 || segment > LARGEST_SEGMENT {
        return None;
    }
    let most = longest.min(LARGEST_RUN / segment).min(waiting.len());
    let waiting = &waiting[..most];
    let is_alike = |other: &&Envelope| other.flow == first.flow && other.span.len() == segment;
    let alike = waiting.iter().take_while(is_alike).count();
    let ends_shorter = waiting.get(alike).is_some_and(|next| {
        next.flow == first.flow && !next.span.is_empty() && next.span.len() < segment
    });
    let length = alike + usize::from(ends_shorter);
    (length >= SHORTEST_RUN).then_some(length)
}

/// How many leave each by itself: those from the first one's address, up to the next run.
fn singles_length(first: &Envelope, waiting: &[Envelope], longest: usize) -> usize {
    let is_single = |&at: &usize| {
        waiting[at].flow.local == first.flow.local && run_length(&waiting[at..], longest).is_none()
    };
    (0..waiting.len()).take_while(is_single).count()
}

/// The bytes of a run in one piece; they are copied only where others lie between them.
fn join<'o>(run: &[Envelope], bytes: &'o [u8], joined: &'o mut Vec<u8>) -> &'o [u8] {
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return &[];
    };
    let is_one_piece = run.is_sorted_by(|a, b| a.span.end == b.span.start);
    if is_one_piece {
        return &bytes[first.span.start..last.span.end];
    }
    joined.clear();
    for waiting in run {
        joined.extend_from_slice(&bytes[waiting.span.clone()]);
    }
    joined
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use proptest::prelude::*;

    use super::*;

    fn flow(port: u16) -> Flow {
        let local = SocketAddr::from(([127, 0, 0, 1], 5060));
        Flow::udp(local, SocketAddr::from(([127, 0, 0, 2], port)))
    }

    fn push(outbox: &mut Outbox, port: u16, bytes: &[u8], order: Order) -> bool {
        let mut out = Outgoing::default();
        match order {
            Order::Kept => out.send(&flow(port), bytes),
            Order::Free => out.answer(&flow(port), bytes),
        }
        outbox.take(&mut out)
    }

    /// Drains it: `send` gets the port and the datagrams of each run and of each single.
    fn drain(outbox: &mut Outbox, longest: usize, mut send: impl FnMut(u16, Vec<&[u8]>)) {
        let send = |_, parcel: Parcel<'_>| match parcel.run() {
            Some(run) => send(
                run.flow.remote.port(),
                run.bytes.chunks(run.segment).collect(),
            ),
            None => {
                for (flow, bytes) in parcel.datagrams() {
                    send(flow.remote.port(), vec![bytes]);
                }
            }
        };
        outbox.drain(longest, send, |_, _| panic!("no stream is in use"));
    }

    /// What leaves: for each run its port and the sizes of its datagrams.
    fn runs(sent: &[(u16, usize)], longest: usize) -> Vec<(u16, Vec<usize>)> {
        runs_of(Order::Kept, sent, longest)
    }

    fn runs_of(order: Order, sent: &[(u16, usize)], longest: usize) -> Vec<(u16, Vec<usize>)> {
        let mut outbox = Outbox::default();
        for (port, size) in sent {
            push(&mut outbox, *port, &vec![b'x'; *size], order);
        }
        let mut runs = Vec::new();
        drain(&mut outbox, longest, |port, run| {
            runs.push((port, run.into_iter().map(<[u8]>::len).collect()));
        });
        runs
    }

    #[test]
    fn datagrams_of_one_size_for_one_peer_leave_together_and_a_shorter_one_ends_the_run() {
        let sent = [(1, 300), (1, 300), (1, 300), (1, 299), (1, 300)];
        let run = (1, vec![300, 300, 300, 299]);
        assert_eq!(runs(&sent, 64), [run, (1, vec![300])]);
    }

    #[test]
    fn a_larger_one_begins_anew() {
        let sent = [(1, 300), (1, 300), (1, 300), (1, 301)];
        let alone = [300, 300, 300, 301].map(|size| (1, vec![size]));
        assert_eq!(runs(&sent, 64), alone);
    }

    #[test]
    fn those_of_free_order_leave_with_others_of_their_size() {
        let sent = [299, 300, 299, 300, 299, 300, 300, 298, 299].map(|size| (1, size));
        let long = (1, vec![300, 300, 300, 300, 299]);
        let short = (1, vec![299, 299, 299, 298]);
        assert_eq!(runs_of(Order::Free, &sent, 64), [long, short]);
    }

    #[test]
    fn what_goes_to_others_does_not_part_a_run() {
        let sent = [(1, 300), (2, 300), (1, 300), (2, 200), (1, 300), (1, 300)];
        let run = (1, vec![300; 4]);
        assert_eq!(runs(&sent, 64), [run, (2, vec![300]), (2, vec![200])]);
    }

    #[test]
    fn what_leaves_alone_leaves_from_each_address_at_once() {
        let mut outbox = Outbox::default();
        for port in 1..=6 {
            let mut out = Outgoing::default();
            let local = SocketAddr::from(([127, 0, 0, 1], 5060 + port % 2));
            let remote = SocketAddr::from(([127, 0, 0, 2], port));
            out.send(&Flow::udp(local, remote), b"x");
            outbox.take(&mut out);
        }
        let mut parcels = Vec::new();
        let send = |local: SocketAddr, parcel: Parcel<'_>| {
            assert!(parcel.run().is_none(), "{parcel:?}");
            let ports = parcel.datagrams().map(|(flow, _)| flow.remote.port());
            parcels.push((local.port(), ports.collect::<Vec<_>>()));
        };
        outbox.drain(64, send, |_, _| panic!("no stream is in use"));
        assert_eq!(parcels, [(5060, vec![2, 4, 6]), (5061, vec![1, 3, 5])]);
    }

    #[test]
    fn what_no_network_carries_in_one_packet_leaves_alone() {
        assert_eq!(runs(&[(1, 1233); 4], 64).len(), 4);
        assert_eq!(runs(&[(1, 1232); 4], 64).len(), 1);
    }

    #[test]
    fn a_run_is_as_long_as_the_system_takes_it() {
        assert_eq!(
            runs(&[(1, 300); 9], 5),
            [(1, vec![300; 5]), (1, vec![300; 4])]
        );
        assert_eq!(runs(&[(1, 300); 4], 1).len(), 4);
        let bytes = |run: &(u16, Vec<usize>)| run.1.iter().sum::<usize>();
        let runs = runs(&[(1, 1200); 100], 128);
        assert!(runs.iter().all(|run| bytes(run) <= LARGEST_RUN), "{runs:?}");
    }

    #[test]
    fn no_more_waits_than_there_is_room_for() {
        let mut outbox = Outbox::default();
        let full = (1..).find(|_| push(&mut outbox, 1, b"x", Order::Kept));
        assert_eq!(full, Some(128));
        drain(&mut outbox, 64, |_, _| {});
        assert!(push(&mut outbox, 1, &vec![b'x'; 256 * 1024], Order::Kept));
    }

    proptest! {
        /// Whatever is sent, each peer gets its datagrams whole, and those whose order is kept in
        /// that order.
        #[test]
        fn nothing_is_lost_and_what_is_to_keep_its_order_does(
            sent in prop::collection::vec((1_u16..4, 1_usize..5, any::<bool>()), 1..100),
            longest in 1_usize..70,
        ) {
            let mut outbox = Outbox::default();
            let mut all = vec![Vec::new(); 4];
            for (number, (port, size, is_free)) in sent.iter().enumerate() {
                let datagram = vec![number as u8; *size];
                let order = if *is_free { Order::Free } else { Order::Kept };
                push(&mut outbox, *port, &datagram, order);
                all[usize::from(*port)].push(datagram);
            }
            let mut left = vec![Vec::new(); 4];
            drain(&mut outbox, longest, |port, run| {
                left[usize::from(port)].extend(run.into_iter().map(<[u8]>::to_vec));
            });
            for (mut left, all) in left.into_iter().zip(all) {
                let is_kept = |datagram: &&Vec<u8>| !sent[usize::from(datagram[0])].2;
                prop_assert!(left.iter().filter(is_kept).is_sorted());
                left.sort();
                prop_assert_eq!(left, all);
            }
        }
    }
}
