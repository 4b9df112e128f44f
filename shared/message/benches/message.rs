//! What a message costs: `cargo bench -p sip-message`.
//!
//! The goal is that parsing and printing a 600-byte INVITE takes less than 2 microseconds. The
//! hostile messages are 64 KiB of one thing; their cost must stay in proportion to their size.
#![allow(missing_docs, reason = "criterion's macros write public functions")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use sip_message::{
    Arrival, Contacts, Framer, HeaderName, Packet, Reply, Request, Transport, Uri, fixture, parse,
};

/// 600 bytes, as a phone sends them.
const INVITE: &str = "INVITE sip:11@192.168.1.15 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.168.1.10:5060;rport;branch=z9hG4bK776asdhds\r\n\
    Max-Forwards: 70\r\n\
    From: \"Phone Ten\" <sip:10@192.168.1.15>;tag=1928301774\r\n\
    To: <sip:11@192.168.1.15>\r\n\
    Call-ID: a84b4c76e66710@192.168.1.10\r\n\
    CSeq: 314159 INVITE\r\n\
    Contact: <sip:10@192.168.1.10:5060;ob>\r\n\
    Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE\r\n\
    User-Agent: Desk Phone 7 (firmware 8.9.10)\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length: 150\r\n\r\n\
    v=0\r\n\
    o=ten 3890844526 3890844526 IN IP4 192.168.1.10\r\n\
    s=-\r\n\
    c=IN IP4 192.168.1.10\r\n\
    t=0 0\r\n\
    m=audio 40000 RTP/AVP 0 8\r\n\
    a=rtpmap:0 PCMU/8000\r\n\
    a=ptime:20\r\n";

fn arrival() -> Arrival {
    fixture::arrival("192.168.1.15:5060", "192.168.1.10:5060", 0)
}

/// As a socket hands it over: with room for a relay's edits.
fn datagram(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 512);
    bytes.extend_from_slice(text);
    bytes
}

fn request(text: &[u8]) -> Request {
    fixture::request(datagram(text), arrival())
}

/// What a proxy reads of a request before it relays it.
fn read(request: &Request) -> usize {
    let via = request
        .top_via()
        .map(|via| via.branch().len() + usize::from(via.rport().is_some()));
    let uri = request
        .uri()
        .map(|uri| uri.sip().and_then(|uri| uri.user).map_or(0, str::len));
    let tags = [request.from(), request.to()].map(|address| address.map(|a| a.tag().is_some()));
    let ids = (
        request.call_id().map(str::len),
        request.cseq().map(|cseq| cseq.number),
    );
    let hops = request.max_forwards();
    let _ = black_box((tags, ids, hops, request.routes().count()));
    via.unwrap_or(0) + uri.unwrap_or(0)
}

/// What a proxy changes of a request when it relays it (RFC 3261 §16.6).
fn relay(request: &mut Request, out: &mut Vec<u8>) {
    request.set_uri("sip:11@192.168.1.11:5060;ob");
    request.set(HeaderName::MaxForwards, "69");
    request.set_first(
        HeaderName::Via,
        "SIP/2.0/UDP 192.168.1.10:5060;rport=5060;branch=z9hG4bK776asdhds",
    );
    request.push_front(HeaderName::RecordRoute, "<sip:192.168.1.15;lr>");
    request.push_front(
        HeaderName::Via,
        "SIP/2.0/UDP 192.168.1.15;branch=z9hG4bK4b43c2ff8.1",
    );
    request.print(Transport::Udp, out);
}

fn call(c: &mut Criterion) {
    assert_eq!(INVITE.len(), 600, "the goal is for 600 bytes");
    let mut out = Vec::with_capacity(2048);
    let mut group = c.benchmark_group("INVITE");
    group.bench_function("parse", |b| {
        let parse = |bytes| parse(bytes, arrival());
        b.iter_batched(|| datagram(INVITE.as_bytes()), parse, BatchSize::SmallInput);
    });
    group.bench_function("parse and print", |b| {
        let parse_and_print = |bytes: Vec<u8>| {
            out.clear();
            let packet = parse(bytes, arrival());
            if let Ok(Packet::Request(request)) = &packet {
                request.print(Transport::Udp, &mut out);
            }
            packet // so that freeing it is measured nowhere
        };
        b.iter_batched(
            || datagram(INVITE.as_bytes()),
            parse_and_print,
            BatchSize::SmallInput,
        );
    });
    let invite = request(INVITE.as_bytes());
    group.bench_function("read as a proxy does", |b| {
        b.iter(|| read(black_box(&invite)))
    });
    let mut out = Vec::with_capacity(2048);
    group.bench_function("edit and print as a proxy does", |b| {
        let relay = |mut request: Request| {
            out.clear();
            relay(&mut request, &mut out);
            request
        };
        b.iter_batched(|| request(INVITE.as_bytes()), relay, BatchSize::SmallInput);
    });
    let reply = Reply::of(404).with("Server", "bench");
    group.bench_function("reply", |b| {
        b.iter(|| reply.to_bytes(black_box(&invite), "4f2a"))
    });
    group.bench_function("frame", |b| {
        let mut framer = Framer::default();
        b.iter(|| {
            framer.push(INVITE.as_bytes());
            framer.next_frame()
        });
    });
    group.finish();

    let [a, b] = [
        "sip:10@192.168.1.10:5060;ob",
        "sip:%310@192.168.1.10:5060;x=1",
    ];
    let uris = [a, b].map(|text| Uri::parse(text).ok());
    c.bench_function("URI comparison", |b| {
        b.iter(|| matches!(black_box(&uris), [Some(a), Some(b)] if a.is_equivalent(b)));
    });
}

/// Everything a server does to a message, whatever is in it.
fn everything(bytes: Vec<u8>) -> usize {
    let mut request = match parse(bytes, arrival()) {
        Ok(Packet::Request(request)) => request,
        Err(malformed) => return usize::from(malformed.request.is_some()),
        Ok(Packet::Response(_)) => return 0,
    };
    let contacts = match request.contacts() {
        Ok(Contacts::List(list)) => list.len(),
        _ => 0,
    };
    let routes = request.remove_first_while(HeaderName::Route, |_| true);
    request.remove_last(HeaderName::Contact);
    request.set_first(HeaderName::Contact, "<sip:10@192.168.1.10>");
    contacts + routes + Reply::of(200).to_bytes(&request, "4f2a").len() + request.to_bytes().len()
}

fn hostile(c: &mut Criterion) {
    let head = INVITE
        .split_once("Content-Length")
        .map_or("", |(head, _)| head);
    let fill = |before: &str, piece: &str, after: &str| {
        let count = (65_000 - head.len()) / piece.len();
        [head, before, &piece.repeat(count), after, "\r\n\r\n"].concat()
    };
    let mut group = c.benchmark_group("64 KiB of");
    for (name, text) in [
        ("header fields", fill("", "a:\r\n", "b:")),
        ("Route fields", fill("", "Route:<sip:a>\r\n", "b:")),
        ("Route values", fill("Route:<sip:a>", ",<sip:a>", "")),
        ("contacts", fill("m:a", ",a", "")),
        ("commas", fill("Route:a", ",", "")),
        ("quotes", fill("Route:a", "\"", "")),
        ("parameters", fill("m:<sip:a>", ";a", "")),
        ("folds", fill("Route:a", "\r\n ", "")),
        ("brackets", fill("Route:", "<", "")),
    ] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |b| {
            b.iter_batched(
                || datagram(text.as_bytes()),
                everything,
                BatchSize::SmallInput,
            );
        });
    }
    let params = |name: &str| format!("sip:10@h{}", format!(";{name}=1").repeat(8_000));
    let (a, b) = (params("aa"), params("ab"));
    group.bench_function("parameters of two URIs compared", |bench| {
        bench.iter(
            || matches!((Uri::parse(&a), Uri::parse(&b)), (Ok(a), Ok(b)) if a.is_equivalent(&b)),
        );
    });
    group.bench_function("single bytes framed", |b| {
        let text = fill("Route:a", "a", "\r\nContent-Length: 0");
        b.iter(|| {
            let mut framer = Framer::default();
            let mut frames = 0;
            for byte in text.as_bytes().chunks(1) {
                framer.push(byte);
                frames += usize::from(matches!(framer.next_frame(), Ok(Some(_))));
            }
            assert_eq!(frames, 1);
        });
    });
    group.finish();
}

criterion_group!(benches, call, hostile);
criterion_main!(benches);
