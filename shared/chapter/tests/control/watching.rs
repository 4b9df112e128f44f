//! Watching a server: every event in its order, and a count of those that did not fit.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use sip_control::watch::Event;
use sip_message::Flow;
use sip_server::{Direction, Observer};

use crate::server::{Server, now, server};

/// An observer that nobody reads.
struct Nobody;

impl Observer for Nobody {
    fn message(&mut self, _: Direction, _: &Flow, _: SystemTime, _: &[u8]) {}
    fn note(&mut self, _: SystemTime, _: SocketAddr, _: std::fmt::Arguments<'_>) {}
}

fn flow() -> Flow {
    let local = "192.168.1.15:5060".parse().unwrap();
    Flow::udp(local, "192.168.1.10:5060".parse().unwrap())
}

/// A watcher that the server has greeted.
fn watcher(server: &Server) -> (BufReader<UnixStream>, Value) {
    let mut stream = server.connect();
    let call = r#"{"jsonrpc":"2.0","method":"server.watch","id":1}"#;
    stream.write_all(call.as_bytes()).unwrap();
    let mut stream = BufReader::new(stream);
    let mut greeting = String::new();
    stream.read_line(&mut greeting).unwrap();
    (stream, serde_json::from_str(&greeting).unwrap())
}

fn next(stream: &mut BufReader<UnixStream>) -> Event {
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap()
}

#[test]
fn a_watcher_learns_who_the_server_is_and_then_sees_every_message() {
    let server = server([]);
    let (mut stream, greeting) = watcher(&server);
    assert_eq!(greeting["result"]["package"], "step-01");
    let mut observer = server.watchers.beside(Box::new(Nobody));
    observer.message(
        Direction::In,
        &flow(),
        now(),
        b"OPTIONS sip:h SIP/2.0\r\n\r\n",
    );
    let from = flow().remote;
    observer.note(now(), from, format_args!("refused"));
    let Event::Message(message) = next(&mut stream) else {
        panic!("a message comes first");
    };
    assert_eq!(message.bytes, b"OPTIONS sip:h SIP/2.0\r\n\r\n");
    assert_eq!(
        (&*message.from, &*message.to),
        ("192.168.1.10:5060", "192.168.1.15:5060")
    );
    assert!(matches!(next(&mut stream), Event::Note(note) if note.text == "refused"));
}

#[test]
fn a_slow_watcher_holds_nothing_up_and_learns_how_many_events_it_missed() {
    let server = server([]);
    let (mut stream, _) = watcher(&server);
    let mut observer = server.watchers.beside(Box::new(Nobody));
    let message = vec![b'x'; 60_000];
    let sent = 1_000;
    let began = std::time::Instant::now();
    for _ in 0..sent {
        observer.message(Direction::In, &flow(), now(), &message);
    }
    assert!(began.elapsed() < Duration::from_secs(2), "nobody waits");
    let (mut seen, mut missed) = (0, 0);
    while seen + missed < sent {
        match next(&mut stream) {
            Event::Message(_) => seen += 1,
            Event::Missed(count) => missed += count,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(seen + missed, sent);
    assert!(missed > 0 && seen < 200, "{seen} seen: 4 MiB may wait");
}

#[test]
fn watchers_that_go_make_room_for_others() {
    let server = server([]);
    for _ in 0..100 {
        let (_, greeting) = watcher(&server);
        assert_eq!(greeting["result"]["package"], "step-01");
    }
}
