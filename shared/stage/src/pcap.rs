//! Messages as a capture file that Wireshark opens: classic pcap, raw IP packets.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::time::SystemTime;

use etherparse::{PacketBuilder, PacketBuilderStep, TcpHeader};
use sip_message::{Flow, Transport};
use sip_server::Direction;

use crate::recording::{Fate, Recording};

/// Marks the file as a capture with microseconds, here little-endian.
const MAGIC: u32 = 0xa1b2_c3d4;
/// Packets start with their IP header, version 4 or 6 (LINKTYPE_RAW).
const RAW_IP: u32 = 101;
/// The longest packet a reader must expect.
const SNAP_LENGTH: u32 = 262_144;
/// The most that a UDP datagram over IPv4 can carry, in bytes.
const MOST_IN_DATAGRAM: usize = 65_507;
/// The most that a TCP segment carries on Ethernet, in bytes, with room for an IPv6 header.
const MOST_IN_SEGMENT: usize = 1_440;
/// The hop limit that most systems set.
const HOP_LIMIT: u8 = 64;
/// How many TCP connections are remembered. A forgotten one starts again in the file.
const MOST_STREAMS: usize = 4_096;

/// Writes a capture file, message by message. Each message gets invented IP, UDP or TCP headers,
/// with correct checksums, and sequence numbers that let a reader join TCP segments.
#[derive(Debug)]
pub struct PcapWriter<W: Write> {
    out: W,
    streams: VecDeque<Stream>,
}

/// A TCP connection: its two ends, and the next sequence number of each.
#[derive(Debug)]
struct Stream {
    ends: [SocketAddr; 2],
    next: [u32; 2],
}

impl<W: Write> PcapWriter<W> {
    /// Starts a file.
    ///
    /// # Errors
    /// When the header cannot be written.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all(&MAGIC.to_le_bytes())?;
        out.write_all(&2u16.to_le_bytes())?; // version 2.4
        out.write_all(&4u16.to_le_bytes())?;
        out.write_all(&[0; 8])?; // times are UTC
        out.write_all(&SNAP_LENGTH.to_le_bytes())?;
        out.write_all(&RAW_IP.to_le_bytes())?;
        Ok(Self {
            out,
            streams: VecDeque::new(),
        })
    }

    /// Writes a message that was received or sent on a flow.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(
        &mut self,
        direction: Direction,
        flow: &Flow,
        at: SystemTime,
        bytes: &[u8],
    ) -> io::Result<()> {
        let (from, to) = match direction {
            Direction::In => (flow.remote, flow.local),
            Direction::Out => (flow.local, flow.remote),
        };
        match flow.transport {
            Transport::Udp => self.datagram(at, from, to, bytes),
            Transport::Tcp => self.segments(at, from, to, bytes),
        }
    }

    /// Flushes everything to the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn datagram(
        &mut self,
        at: SystemTime,
        from: SocketAddr,
        to: SocketAddr,
        bytes: &[u8],
    ) -> io::Result<()> {
        let bytes = &bytes[..bytes.len().min(MOST_IN_DATAGRAM)];
        let packet = ip(from, to)?.udp(from.port(), to.port());
        let mut out = Vec::with_capacity(packet.size(bytes.len()));
        packet.write(&mut out, bytes).map_err(io::Error::other)?;
        self.packet(at, &out)
    }

    fn segments(
        &mut self,
        at: SystemTime,
        from: SocketAddr,
        to: SocketAddr,
        bytes: &[u8],
    ) -> io::Result<()> {
        let known = |stream: &Stream| stream.ends == [from, to] || stream.ends == [to, from];
        let index = match self.streams.iter().position(known) {
            Some(index) => index,
            None => self.handshake(at, from, to)?,
        };
        for piece in bytes.chunks(MOST_IN_SEGMENT) {
            let stream = &mut self.streams[index];
            let side = usize::from(stream.ends[0] != from);
            let mut header = header(from, to, stream.next[side]);
            header.ack = true;
            header.psh = true;
            header.acknowledgment_number = stream.next[1 - side];
            stream.next[side] = stream.next[side].wrapping_add(piece.len() as u32);
            self.segment(at, from, to, header, piece)?;
        }
        Ok(())
    }

    /// SYN, SYN and ACK, ACK. The side that speaks first is assumed to have opened the connection.
    fn handshake(&mut self, at: SystemTime, from: SocketAddr, to: SocketAddr) -> io::Result<usize> {
        if self.streams.len() == MOST_STREAMS {
            self.streams.pop_front();
        }
        let mut syn = header(from, to, 0);
        syn.syn = true;
        let mut syn_ack = header(to, from, 0);
        syn_ack.syn = true;
        syn_ack.ack = true;
        syn_ack.acknowledgment_number = 1;
        let mut ack = header(from, to, 1);
        ack.ack = true;
        ack.acknowledgment_number = 1;
        self.segment(at, from, to, syn, &[])?;
        self.segment(at, to, from, syn_ack, &[])?;
        self.segment(at, from, to, ack, &[])?;
        self.streams.push_back(Stream {
            ends: [from, to],
            next: [1, 1],
        });
        Ok(self.streams.len() - 1)
    }

    fn segment(
        &mut self,
        at: SystemTime,
        from: SocketAddr,
        to: SocketAddr,
        header: TcpHeader,
        bytes: &[u8],
    ) -> io::Result<()> {
        let packet = ip(from, to)?.tcp_header(header);
        let mut out = Vec::with_capacity(packet.size(bytes.len()));
        packet.write(&mut out, bytes).map_err(io::Error::other)?;
        self.packet(at, &out)
    }

    fn packet(&mut self, at: SystemTime, bytes: &[u8]) -> io::Result<()> {
        let time = at.duration_since(SystemTime::UNIX_EPOCH);
        let time = time.unwrap_or_default();
        // The format has 32 bits of seconds, which last until 2106.
        let seconds = u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        for field in [seconds, time.subsec_micros(), length, length] {
            self.out.write_all(&field.to_le_bytes())?;
        }
        self.out.write_all(bytes)
    }
}

fn header(from: SocketAddr, to: SocketAddr, sequence: u32) -> TcpHeader {
    TcpHeader::new(from.port(), to.port(), sequence, u16::MAX)
}

fn ip(from: SocketAddr, to: SocketAddr) -> io::Result<PacketBuilderStep<etherparse::IpHeaders>> {
    // A packet has one address family; an IPv4 address inside IPv6 means IPv4.
    let ends = (from.ip().to_canonical(), to.ip().to_canonical());
    let headers = match ends {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let header = etherparse::Ipv4Header::new(
                0,
                HOP_LIMIT,
                etherparse::IpNumber::UDP,
                from.octets(),
                to.octets(),
            )
            .map_err(io::Error::other)?;
            etherparse::IpHeaders::Ipv4(header, Default::default())
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            let header = etherparse::Ipv6Header {
                source: from.octets(),
                destination: to.octets(),
                hop_limit: HOP_LIMIT,
                ..Default::default()
            };
            etherparse::IpHeaders::Ipv6(header, Default::default())
        }
        (from, to) => {
            let why = format!("{from} and {to} are of two address families");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
    };
    Ok(PacketBuilder::ip(headers))
}

impl Recording {
    /// The recording as a capture file. A datagram that was lost is in it, as it was sent.
    pub fn pcap(&self) -> Vec<u8> {
        // Writing to memory does not fail, and a stage does not join two address families.
        self.captured().unwrap_or_default()
    }

    fn captured(&self) -> io::Result<Vec<u8>> {
        let mut writer = PcapWriter::new(Vec::new())?;
        for message in self.messages() {
            // A message without a connection was never sent.
            if message.fate == Fate::Lost && message.transport == Transport::Tcp {
                continue;
            }
            let flow = Flow {
                transport: message.transport,
                local: message.from,
                remote: message.to,
                connection: message.connection,
            };
            let at = self.start + message.at;
            writer.write(Direction::Out, &flow, at, &message.bytes)?;
        }
        Ok(writer.out)
    }
}
