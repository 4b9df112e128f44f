//! Captures of a recording: what Wireshark reads in them.

mod support;

use std::process::Command;

use etherparse::{NetSlice, SlicedPacket, TransportSlice};
use sip_message::{Flow, Transport, fixture};
use sip_server::Direction;
use sip_stage::PcapWriter;
use support::trouble;

#[test]
fn a_capture_holds_every_message_with_right_checksums() {
    let recording = trouble();
    let packets = packets(&recording.pcap());
    let mut payloads = Vec::new();
    for (_, packet) in &packets {
        let sliced = SlicedPacket::from_ip(packet).unwrap();
        let Some(NetSlice::Ipv4(ip)) = &sliced.net else {
            panic!("no IPv4: {sliced:?}");
        };
        let header = ip.header().to_header();
        assert_eq!(header.header_checksum, header.calc_header_checksum());
        let payload = match sliced.transport.unwrap() {
            TransportSlice::Udp(udp) => {
                let (header, payload) = (udp.to_header(), udp.payload());
                let right = header.calc_checksum_ipv4(&ip.header().to_header(), payload);
                assert_eq!(header.checksum, right.unwrap());
                payload
            }
            TransportSlice::Tcp(tcp) => {
                let (header, payload) = (tcp.to_header(), tcp.payload());
                let right = header.calc_checksum_ipv4(&ip.header().to_header(), payload);
                assert_eq!(header.checksum, right.unwrap());
                payload
            }
            other => panic!("neither UDP nor TCP: {other:?}"),
        };
        if !payload.is_empty() {
            payloads.push(payload.to_vec());
        }
    }
    let sent: Vec<Vec<u8>> = recording.messages().map(|m| m.bytes.clone()).collect();
    assert_eq!(payloads, sent);
    assert_eq!(packets[0].0, (0x4627_91f0, 0), "the paper's second");
    assert_eq!(packets[6].0, (0x4627_91f0, 502_000), "half a second later");
}

#[test]
fn a_long_message_over_tcp_is_cut_and_its_numbers_go_on() {
    let mut file = Vec::new();
    let mut writer = PcapWriter::new(&mut file).unwrap();
    let flow = Flow {
        transport: Transport::Tcp,
        ..fixture::flow("[2001:db8::15]:5060", "[2001:db8::10]:40001")
    };
    let long = vec![b'x'; 3_000];
    let at = std::time::UNIX_EPOCH;
    writer.write(Direction::In, &flow, at, &long).unwrap();
    writer.write(Direction::Out, &flow, at, b"short").unwrap();
    writer.write(Direction::In, &flow, at, b"again").unwrap();
    drop(writer);

    let segments: Vec<_> = packets(&file)
        .iter()
        .map(|(_, packet)| {
            let sliced = SlicedPacket::from_ip(packet).unwrap();
            let Some(TransportSlice::Tcp(tcp)) = sliced.transport else {
                panic!("no TCP");
            };
            let flags = (tcp.syn(), tcp.ack());
            let numbers = (tcp.sequence_number(), tcp.acknowledgment_number());
            (tcp.source_port(), flags, numbers, tcp.payload().len())
        })
        .collect();
    let expected = [
        (40_001, (true, false), (0, 0), 0),
        (5060, (true, true), (0, 1), 0),
        (40_001, (false, true), (1, 1), 0),
        (40_001, (false, true), (1, 1), 1_440),
        (40_001, (false, true), (1_441, 1), 1_440),
        (40_001, (false, true), (2_881, 1), 120),
        (5060, (false, true), (1, 3_001), 5),
        (40_001, (false, true), (3_001, 6), 5),
    ];
    assert_eq!(segments, expected);
}

#[test]
#[ignore = "needs tshark, which .ci/run installs"]
fn wireshark_reads_the_messages_of_a_capture() {
    let recording = trouble();
    let file = std::env::temp_dir().join(format!("sip-stage-{}.pcap", std::process::id()));
    std::fs::write(&file, recording.pcap()).unwrap();
    let checks = ["ip", "udp", "tcp"].map(|layer| format!("{layer}.check_checksum:TRUE"));
    let mut tshark = Command::new("tshark");
    tshark.arg("-r").arg(&file).args(["-Y", "sip"]);
    for check in &checks {
        tshark.args(["-o", check]);
    }
    let fields = ["sip.Method", "sip.Status-Code", "_ws.malformed"];
    tshark.args(["-T", "fields", "-E", "separator=,"]);
    for field in fields {
        tshark.args(["-e", field]);
    }
    let out = tshark.output().unwrap();
    let bad = Command::new("tshark")
        .arg("-r")
        .arg(&file)
        .args(checks.iter().flat_map(|check| ["-o", check.as_str()]))
        .args(["-Y", "ip.checksum.status==Bad || udp.checksum.status==Bad || tcp.checksum.status==Bad || _ws.malformed"])
        .output()
        .unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(String::from_utf8_lossy(&bad.stdout), "");
    let read: Vec<String> = String::from_utf8_lossy(&out.stdout)
        .lines()
        .map(|line| line.trim_matches(',').to_owned())
        .collect();
    let sent: Vec<String> = recording
        .messages()
        .map(|m| {
            let text = String::from_utf8_lossy(&m.bytes).into_owned();
            let mut words = text.split(' ').map(str::to_owned);
            match words.next().unwrap() {
                version if version == "SIP/2.0" => words.next().unwrap(),
                method => method,
            }
        })
        .collect();
    assert_eq!(read, sent);
}

/// Seconds, microseconds and bytes of each packet of a capture file.
fn packets(file: &[u8]) -> Vec<((u32, u32), Vec<u8>)> {
    let number = |at: usize| {
        let bytes = file[at..at + 4].iter().rev();
        bytes.fold(0, |number, byte| number << 8 | u32::from(*byte))
    };
    assert_eq!((number(0), number(20)), (0xa1b2_c3d4, 101));
    let mut packets = Vec::new();
    let mut at = 24;
    while at < file.len() {
        let length = number(at + 8) as usize;
        let bytes = file[at + 16..at + 16 + length].to_vec();
        packets.push(((number(at), number(at + 4)), bytes));
        at += 16 + length;
    }
    packets
}
