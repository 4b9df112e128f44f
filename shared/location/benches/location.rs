//! What a REGISTER and a look-up cost in memory, with 100,000 bindings there.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "criterion's macros write public functions; a measurement that cannot begin fails"
)]

use std::hint::black_box;
use std::task::{Context, Poll, Waker};

use criterion::{Criterion, criterion_group, criterion_main};
use sip_location::{Location, Settings};
use sip_message::{Request, fixture};

const USERS: usize = 100_000;

fn request(text: String) -> Request {
    let arrival = fixture::arrival("127.0.0.15:5060", "127.0.0.11:5060", 1_795_251_600);
    fixture::request(text, arrival)
}

fn register(user: usize, cseq: u32) -> Request {
    request(format!(
        "REGISTER sip:127.0.0.15 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 127.0.0.11:5060;branch=z9hG4bK{user}x{cseq};rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:{user}@127.0.0.15>;tag=r8j8s9vw\r\n\
         To: <sip:{user}@127.0.0.15>\r\nCall-ID: pikslpglb3qon0-{user}@127.0.0.11\r\n\
         CSeq: {cseq} REGISTER\r\nContact: <sip:{user}@127.0.0.11:5060;ob>\r\n\
         User-Agent: Bench phone 1.0\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n"
    ))
}

fn invite(user: usize) -> Request {
    request(format!(
        "INVITE sip:{user}@127.0.0.15 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 127.0.0.10:5060;branch=z9hG4bK{user}\r\n\
         From: <sip:10@127.0.0.15>;tag=a\r\nTo: <sip:{user}@127.0.0.15>\r\n\
         Call-ID: 6bx747pwko7e@127.0.0.10\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
    ))
}

fn save(location: &Location, request: &Request) {
    let future = std::pin::pin!(location.save(request));
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(reply) => drop(black_box(reply.unwrap())),
        Poll::Pending => panic!("memory alone never waits"),
    }
}

/// The resident memory of this process in bytes.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

fn location(c: &mut Criterion) {
    let before = resident();
    let location = Location::new(Settings::default(), None);
    for user in 0..USERS {
        save(&location, &register(user, 1));
    }
    let bytes = (resident() - before) / USERS as u64;
    println!("memory: {bytes} bytes a binding, {USERS} bindings");

    // More requests than the processor's caches hold bindings of.
    let refreshes: Vec<_> = (0..20_000).map(|i| register(i * 7919 % USERS, 2)).collect();
    let mut next = refreshes.iter().cycle();
    c.bench_function("save", |b| {
        b.iter_batched(
            || {
                let mut request = next.next().unwrap().clone();
                request.set(sip_message::HeaderName::CSeq, "3 REGISTER");
                request
            },
            |request| save(&location, &request),
            criterion::BatchSize::SmallInput,
        )
    });
    let mut again = Vec::new();
    for (i, _) in refreshes.iter().enumerate() {
        let request = register(i * 7919 % USERS, 4);
        save(&location, &request);
        again.push(request);
    }
    let mut next = again.iter().cycle();
    c.bench_function("save (sent again)", |b| {
        b.iter(|| save(&location, next.next().unwrap()))
    });
    let invites: Vec<_> = (0..20_000).map(|i| invite(i * 7919 % USERS)).collect();
    let mut next = invites.iter().cycle();
    c.bench_function("lookup", |b| {
        b.iter(|| black_box(location.lookup(next.next().unwrap())))
    });
}

criterion_group!(benches, location);
criterion_main!(benches);
