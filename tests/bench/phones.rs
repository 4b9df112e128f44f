//! Phones, each at an address of its own, behind one socket.
//!
//! A socket for each would take thousands of descriptors, and asking them all would keep the
//! generator busy. A socket bound to every address names the source of each datagram it sends, and
//! learns the destination of each that comes (IP_PKTINFO, ip(7)).

use std::array;
use std::io::IoSliceMut;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use nix::sys::socket::{setsockopt, sockopt};
use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSocketState};
use socket2::SockRef;

/// The phones that register or call: 127.16.0.0 and following.
pub(crate) const CALLING: Ipv4Addr = Ipv4Addr::new(127, 16, 0, 0);

/// The phones that are called: 127.64.0.0 and following.
pub(crate) const CALLED: Ipv4Addr = Ipv4Addr::new(127, 64, 0, 0);

/// How many phones there are where no users limit them.
pub(crate) const PHONES: u64 = 10_000;

/// The largest message that comes.
const SLOT: usize = 4096;

/// Where the phones are: a port, and consecutive addresses of 127.0.0.0/8.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places {
    first: Ipv4Addr,
    count: u64,
    port: u16,
}

impl Places {
    /// The place of phone `number`, counted round.
    pub(crate) fn of(&self, number: u64) -> SocketAddr {
        let first = u32::from(self.first);
        let ip = Ipv4Addr::from(first + (number % self.count) as u32);
        SocketAddr::from((ip, self.port))
    }
}

/// The phones.
pub(crate) struct Phones {
    places: Places,
    socket: UdpSocket,
    state: UdpSocketState,
}

/// Messages that came.
pub(crate) struct Batch {
    slots: Vec<u8>,
    meta: [RecvMeta; BATCH_SIZE],
    came: usize,
}

/// One of them.
pub(crate) struct Received<'m> {
    /// The phone it came to.
    pub(crate) at: IpAddr,
    pub(crate) from: SocketAddr,
    pub(crate) bytes: &'m [u8],
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            slots: vec![0; SLOT * BATCH_SIZE],
            meta: [RecvMeta::default(); BATCH_SIZE],
            came: 0,
        }
    }
}

impl Batch {
    /// Each message, and the address of the phone it came to.
    pub(crate) fn messages(&self) -> impl ExactSizeIterator<Item = Received<'_>> {
        let came = self.meta[..self.came]
            .iter()
            .zip(self.slots.chunks_exact(SLOT));
        came.map(|(meta, slot)| Received {
            at: meta.dst_ip.expect("the socket asks for it"),
            from: meta.addr,
            bytes: &slot[..meta.len],
        })
    }
}

impl Phones {
    /// `count` phones at `first` and the addresses that follow, with the largest buffer the system
    /// allows, so that nothing is lost that comes while the generator does not run.
    pub(crate) fn new(first: Ipv4Addr, count: u64) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("a free port");
        SockRef::from(&socket)
            .set_recv_buffer_size(1 << 22)
            .expect("the system takes what it allows of it");
        setsockopt(&socket, sockopt::Ipv4PacketInfo, &true).expect("Linux has it");
        socket.set_nonblocking(true).expect("sockets can");
        // quinn-udp would have the system merge what comes; phones get their datagrams one by one.
        let model = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        Self {
            places: Places {
                first,
                count,
                port: socket.local_addr().expect("bound").port(),
            },
            socket,
            state: UdpSocketState::new((&model).into()).expect("Linux has what it asks for"),
        }
    }

    /// Where they are.
    pub(crate) fn places(&self) -> Places {
        self.places
    }

    /// The place of the phone with this address.
    pub(crate) fn at(&self, ip: IpAddr) -> SocketAddr {
        SocketAddr::new(ip, self.places.port)
    }

    /// Sends from one of them.
    pub(crate) fn send(&self, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        self.transmit(from, to, bytes, None);
    }

    /// Sends several messages from one of them, all of one size, in one system call.
    pub(crate) fn send_run(&self, from: SocketAddr, to: SocketAddr, bytes: &[u8], size: usize) {
        self.transmit(from, to, bytes, (bytes.len() > size).then_some(size));
    }

    fn transmit(&self, from: SocketAddr, to: SocketAddr, bytes: &[u8], size: Option<usize>) {
        let transmit = Transmit {
            destination: to,
            ecn: None,
            contents: bytes,
            segment_size: size,
            src_ip: Some(from.ip()),
        };
        let sent = self.state.try_send((&self.socket).into(), &transmit);
        sent.expect("loopback takes datagrams");
    }

    /// Takes what has come to any of them, as much as fits into `batch`. True if anything had.
    pub(crate) fn receive(&self, batch: &mut Batch) -> bool {
        let mut slots = batch.slots.chunks_exact_mut(SLOT);
        let mut slots: [IoSliceMut<'_>; BATCH_SIZE] =
            array::from_fn(|_| IoSliceMut::new(slots.next().unwrap_or_default()));
        let socket = (&self.socket).into();
        let came = self.state.recv(socket, &mut slots, &mut batch.meta);
        batch.came = came.unwrap_or_default();
        batch.came > 0
    }
}
