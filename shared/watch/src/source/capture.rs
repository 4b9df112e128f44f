//! A capture file: pcap or pcapng, of either byte order, with SIP over UDP and TCP.

use std::io::Cursor;
use std::net::{IpAddr, SocketAddr};

use etherparse::defrag::IpDefragPool;
use etherparse::{IpNumber, NetSlice, SlicedPacket, TransportSlice, UdpSlice};
use pcap_parser::data::{PacketData, get_packetdata};
use pcap_parser::{Block, Linktype, PcapBlockOwned, PcapError, create_reader};
use sip_control::watch::{Event, Message};

use super::streams::{Segment, Streams};

/// The largest block of a capture that is read, in bytes.
const BLOCK: usize = 1 << 20;

/// How many pieces of cut packets may wait for the others: each takes up to 64 KiB.
const MOST_PIECES: usize = 1_000;

/// How a pcap begins, with microseconds or nanoseconds, in either byte order; and a pcapng.
const MAGIC: [[u8; 4]; 5] = [
    [0xd4, 0xc3, 0xb2, 0xa1],
    [0xa1, 0xb2, 0xc3, 0xd4],
    [0x4d, 0x3c, 0xb2, 0xa1],
    [0xa1, 0xb2, 0x3c, 0x4d],
    [0x0a, 0x0d, 0x0d, 0x0a],
];

/// Whether bytes begin as a capture file does.
pub(super) fn is_capture(bytes: &[u8]) -> bool {
    MAGIC.iter().any(|magic| bytes.starts_with(magic))
}

/// The messages of a capture file. A file that breaks off keeps those before.
///
/// # Errors
/// If not even its beginning can be read.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Event>, String> {
    let mut reader = create_reader(BLOCK, Cursor::new(bytes))
        .map_err(|error| format!("This capture file cannot be read: {error}."))?;
    let mut packets = Packets::default();
    let mut links: Vec<Link> = Vec::new();
    let mut is_waiting = false;
    loop {
        match reader.next() {
            Ok((length, block)) => {
                is_waiting = false;
                packets.take(&block, &mut links);
                reader.consume(length);
            }
            Err(PcapError::Incomplete(_)) if !is_waiting => {
                is_waiting = true;
                if reader.refill().is_err() {
                    break;
                }
            }
            Err(_) => break,
        }
    }
    Ok(packets.events)
}

/// An interface that was captured from: how its packets begin, and how its times are counted.
#[derive(Debug, Clone, Copy)]
struct Link {
    kind: Linktype,
    /// Parts of a second.
    resolution: u64,
    offset: u64,
}

#[derive(Default)]
struct Packets {
    events: Vec<Event>,
    streams: Streams,
    pieces: IpDefragPool,
    pieces_taken: usize,
}

impl Packets {
    fn take(&mut self, block: &PcapBlockOwned<'_>, links: &mut Vec<Link>) {
        match block {
            PcapBlockOwned::LegacyHeader(header) => {
                let nanoseconds = header.is_nanosecond_precision();
                links.clear();
                links.push(Link {
                    kind: header.network,
                    resolution: if nanoseconds {
                        1_000_000_000
                    } else {
                        1_000_000
                    },
                    offset: 0,
                });
            }
            PcapBlockOwned::Legacy(packet) => {
                let Some(link) = links.first() else { return };
                let fraction = u64::from(packet.ts_usec) * 1_000_000 / link.resolution;
                let at = u64::from(packet.ts_sec) * 1_000_000 + fraction;
                self.packet(at, link.kind, packet.data, packet.caplen as usize);
            }
            PcapBlockOwned::NG(Block::SectionHeader(_)) => links.clear(),
            PcapBlockOwned::NG(Block::InterfaceDescription(about)) => links.push(Link {
                kind: about.linktype,
                resolution: about.ts_resolution().unwrap_or(1_000_000),
                offset: u64::try_from(about.ts_offset()).unwrap_or_default(),
            }),
            PcapBlockOwned::NG(Block::EnhancedPacket(packet)) => {
                let Some(link) = links.get(packet.if_id as usize) else {
                    return;
                };
                let seconds = packet.decode_ts_f64(link.offset, link.resolution);
                let at = (seconds * 1_000_000.0) as u64;
                self.packet(at, link.kind, packet.data, packet.caplen as usize);
            }
            PcapBlockOwned::NG(Block::SimplePacket(packet)) => {
                let Some(link) = links.first() else { return };
                self.packet(0, link.kind, packet.data, packet.origlen as usize);
            }
            PcapBlockOwned::NG(_) => {}
        }
    }

    fn packet(&mut self, at: u64, kind: Linktype, data: &[u8], length: usize) {
        let length = length.min(data.len());
        let sliced = match get_packetdata(data, kind, length) {
            Some(PacketData::L2(frame)) => SlicedPacket::from_ethernet(frame),
            Some(PacketData::L3(_, packet)) => SlicedPacket::from_ip(packet),
            _ => return,
        };
        let Ok(sliced) = sliced else { return };
        let Some([from, to]) = addresses(&sliced) else {
            return;
        };
        match &sliced.transport {
            Some(TransportSlice::Udp(udp)) => self.datagram(at, [from, to], udp),
            Some(TransportSlice::Tcp(tcp)) => {
                let segment = Segment {
                    at,
                    from: SocketAddr::new(from, tcp.source_port()),
                    to: SocketAddr::new(to, tcp.destination_port()),
                    sequence: tcp.sequence_number(),
                    begins: tcp.syn(),
                    bytes: tcp.payload(),
                };
                self.events
                    .extend(self.streams.take(&segment).into_iter().map(Event::Message));
            }
            None => self.piece(at, [from, to], &sliced),
            Some(_) => {}
        }
    }

    /// A piece of a datagram that IP has cut. The last piece gives the datagram.
    fn piece(&mut self, at: u64, ends: [IpAddr; 2], sliced: &SlicedPacket<'_>) {
        self.pieces_taken += 1;
        if self.pieces_taken > MOST_PIECES {
            self.pieces = IpDefragPool::new();
            self.pieces_taken = 0;
        }
        let joined = self.pieces.process_sliced_packet(sliced, (), ());
        let Ok(Some(joined)) = joined else { return };
        if joined.ip_number == IpNumber::UDP
            && let Ok(udp) = UdpSlice::from_slice(&joined.payload)
        {
            self.datagram(at, ends, &udp);
        }
    }

    fn datagram(&mut self, at: u64, [from, to]: [IpAddr; 2], udp: &UdpSlice<'_>) {
        let bytes = udp.payload();
        if !is_sip(bytes) {
            return;
        }
        self.events.push(Event::Message(Message {
            at,
            direction: None,
            from: SocketAddr::new(from, udp.source_port()).to_string(),
            to: SocketAddr::new(to, udp.destination_port()).to_string(),
            transport: "UDP".to_owned(),
            connection: None,
            lost: false,
            explanation: None,
            bytes: bytes.to_vec(),
        }));
    }
}

fn addresses(sliced: &SlicedPacket<'_>) -> Option<[IpAddr; 2]> {
    Some(match sliced.net.as_ref()? {
        NetSlice::Ipv4(ip) => {
            let header = ip.header();
            [
                header.source_addr().into(),
                header.destination_addr().into(),
            ]
        }
        NetSlice::Ipv6(ip) => {
            let header = ip.header();
            [
                header.source_addr().into(),
                header.destination_addr().into(),
            ]
        }
        NetSlice::Arp(_) => return None,
    })
}

/// Whether bytes begin as a SIP message does: its version is on the first line.
fn is_sip(bytes: &[u8]) -> bool {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let line = &bytes[..end.unwrap_or(bytes.len())];
    line.windows(7)
        .any(|part| part.eq_ignore_ascii_case(b"SIP/2.0"))
}
