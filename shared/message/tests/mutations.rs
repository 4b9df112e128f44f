//! Messages mutated at random, from a seed, so that each failure can be had again.

#[path = "torture/cases.rs"]
mod cases;
mod common;
#[path = "common/exercise.rs"]
mod exercise;

use std::panic::{AssertUnwindSafe, catch_unwind};

use exercise::{exercise, frame_in_pieces};

const CALL: &str = "INVITE sip:11@192.168.1.15 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.168.1.10:5060;rport;branch=z9hG4bK776asdhds\r\n\
    Max-Forwards: 70\r\n\
    Route: <sip:192.168.1.15;lr>, <sip:[2001:db8::1]:5061;transport=tcp;lr>\r\n\
    From: \"Ten\" <sip:10@192.168.1.15>;tag=1928301774\r\n\
    To: <sip:11@192.168.1.15>\r\n\
    Call-ID: a84b4c76e66710@192.168.1.10\r\n\
    CSeq: 314159 INVITE\r\n\
    Contact: \"Ten, at home\" <sip:10@192.168.1.10:5060;ob>;expires=60;q=0.7\r\n\
    Allow: INVITE, ACK, CANCEL, BYE\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length: 27\r\n\r\n\
    v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\n";
const RINGING: &str = "SIP/2.0 180 Ringing\r\n\
    Via: SIP/2.0/UDP 192.168.1.15;branch=z9hG4bK4b43c2ff8.1;received=192.168.1.15\r\n\
    Via: SIP/2.0/UDP 192.168.1.10:5060;rport=5060;branch=z9hG4bK776asdhds\r\n\
    Record-Route: <sip:192.168.1.15;lr>\r\n\
    f: \"Ten\" <sip:10@192.168.1.15>;tag=1928301774\r\n\
    t: <sip:11@192.168.1.15>;tag=a6c85cf\r\n\
    i: a84b4c76e66710@192.168.1.10\r\n\
    CSeq: 314159 INVITE\r\n\
    m: <tel:+49-30-123;phone-context=example.com>\r\n\
    l: 0\r\n\r\n";

/// Pieces that mean something to a parser.
const PIECES: [&[u8]; 24] = [
    b"\r\n",
    b"\r\n ",
    b"\r",
    b"\n",
    b"\0",
    b"\\",
    b"\"",
    b"<",
    b">",
    b",",
    b";",
    b":",
    b"@",
    b"%",
    b"%00",
    b"[",
    b"]",
    b"*",
    b"=",
    b"4294967296",
    b"-1",
    b"\xff\xfe",
    b"SIP/2.0",
    b"\r\n\r\n",
];

/// Xorshift64* (Vigna 2014): enough to mutate with, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below.max(1)
    }
}

fn corpus() -> Vec<&'static [u8]> {
    let ours = [common::GOOD, CALL, RINGING].map(str::as_bytes);
    let cases = cases::RFC4475.iter().chain(cases::RFC5118);
    ours.into_iter()
        .chain(cases.map(|case| case.bytes))
        .collect()
}

fn mutate(corpus: &[&[u8]], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = corpus[dice.roll(corpus.len())].to_vec();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(bytes.len() + 1);
        let end = (at + dice.roll(24)).min(bytes.len());
        match dice.roll(7) {
            0 if at < bytes.len() => bytes[at] = dice.roll(256) as u8,
            1 if at < bytes.len() => bytes[at] ^= 1 << dice.roll(8),
            2 => drop(bytes.splice(at..at, PIECES[dice.roll(PIECES.len())].iter().copied())),
            3 => drop(bytes.splice(at..end, PIECES[dice.roll(PIECES.len())].iter().copied())),
            4 => drop(bytes.drain(at..end)),
            5 => {
                let again = bytes[at..end].repeat(1 + dice.roll(9));
                bytes.splice(at..at, again);
            }
            _ => {
                let other = corpus[dice.roll(corpus.len())];
                let from = dice.roll(other.len());
                let to = (from + dice.roll(80)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
        }
    }
    bytes
}

fn try_mutations(count: usize, seed: u64) {
    let corpus = corpus();
    let mut dice = Dice(seed);
    for number in 0..count {
        let bytes = mutate(&corpus, &mut dice);
        let attempt = catch_unwind(AssertUnwindSafe(|| {
            exercise(&bytes);
            let stream = [&bytes, CALL.as_bytes()].concat();
            let whole = frame_in_pieces(&stream, [stream.len()].into_iter());
            let sizes = std::iter::from_fn(|| Some(1 + dice.roll(97)));
            assert_eq!(
                whole,
                frame_in_pieces(&stream, sizes),
                "framed by its pieces"
            );
        }));
        if attempt.is_err() {
            panic!("mutation {number} of seed {seed}: {}", bytes.escape_ascii());
        }
    }
}

#[test]
fn some_mutated_messages_are_parsed_printed_and_framed_as_promised() {
    try_mutations(5_000, 3261);
}

#[test]
#[ignore = "takes a minute: cargo test --release -p sip-message --test mutations -- --ignored"]
fn a_million_mutated_messages_are_parsed_printed_and_framed_as_promised() {
    try_mutations(1_000_000, 4475);
}
