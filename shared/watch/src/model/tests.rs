//! What is kept, what is marked, and what a slow reader learns.

use serde_json::Value;
use sip_control::watch::{Decision, Direction, Event, Message, Verdict};

use super::{Limits, Reader, Store};
use crate::source::About;
use crate::view::{Kind, Row, SourceView};

const PHONE: &str = "192.168.1.10:5060";
const SERVER: &str = "192.168.1.15:5060";

/// A message between phone and server, at a time in milliseconds.
fn message(at: u64, is_request: bool, text: String) -> Event {
    let (from, to, direction) = if is_request {
        (PHONE, SERVER, Direction::In)
    } else {
        (SERVER, PHONE, Direction::Out)
    };
    Event::Message(Message {
        at: at * 1_000,
        direction: Some(direction),
        from: from.to_owned(),
        to: to.to_owned(),
        transport: "UDP".to_owned(),
        connection: None,
        lost: false,
        explanation: None,
        bytes: text.into_bytes(),
    })
}

fn common(cseq: u32, method: &str, more: &str) -> String {
    format!(
        "Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK{cseq}\r\n\
         From: <sip:10@192.168.1.15>;tag=a\r\nTo: <sip:11@192.168.1.15>;tag=b\r\n\
         Call-ID: 1\r\nCSeq: {cseq} {method}\r\n{more}Content-Length: 0\r\n\r\n"
    )
}

fn request(at: u64, cseq: u32, method: &str, more: &str) -> Event {
    let rest = common(cseq, method, more);
    message(
        at,
        true,
        format!("{method} sip:11@192.168.1.15 SIP/2.0\r\n{rest}"),
    )
}

fn response(at: u64, cseq: u32, method: &str, status: &str, more: &str) -> Event {
    let rest = common(cseq, method, more);
    message(at, false, format!("SIP/2.0 {status}\r\n{rest}"))
}

fn store(events: impl IntoIterator<Item = Event>) -> Store {
    let mut store = Store::new(Limits::default(), &[]);
    events.into_iter().for_each(|event| store.take(event));
    store
}

fn marks(store: &Store, n: u64) -> Vec<&'static str> {
    let row: &Row = &store.message(n).unwrap().row;
    row.marks.iter().map(|mark| mark.kind).collect()
}

#[test]
fn what_is_kept_is_bounded() {
    let limits = Limits {
        messages: 100,
        notes: 10,
        ..Limits::default()
    };
    let mut bounded = Store::new(limits, &[]);
    for cseq in 1..=1_000 {
        bounded.take(request(1, cseq, "OPTIONS", ""));
    }
    assert_eq!(bounded.size(), (100, 901));
    assert_eq!(bounded.keys.size(), 3 * 100, "a request is in three tables");
    let few = Limits {
        bytes: 300_000,
        ..Limits::default()
    };
    let mut bounded = Store::new(few, &[]);
    for cseq in 1..=1_000 {
        let long = format!("Subject: {}\r\n", "x".repeat(10_000));
        bounded.take(request(1, cseq, "OPTIONS", &long));
    }
    assert!(bounded.size().0 < 30, "{:?}", bounded.size());
}

#[test]
fn a_call_without_an_ack_is_marked_after_two_seconds_and_not_before() {
    let call = [
        request(0, 1, "INVITE", ""),
        response(10, 1, "INVITE", "200 OK", ""),
    ];
    let mut open = store(call.clone());
    open.tick(2_009_000);
    assert_eq!(marks(&open, 2), Vec::<&str>::new());
    open.tick(2_010_000);
    assert_eq!(marks(&open, 2), ["missing_ack"]);
    assert_eq!(open.groups.get(0).unwrap().marks[0].kind, "missing_ack");
    open.take(request(2_020, 1, "ACK", ""));
    assert_eq!(marks(&open, 2), Vec::<&str>::new(), "it came after all");
    assert!(open.groups.get(0).unwrap().marks.is_empty());

    let mut whole = store(call);
    whole.take(request(20, 1, "ACK", ""));
    whole.end();
    assert_eq!(marks(&whole, 2), Vec::<&str>::new());
    assert_eq!(whole.message(2).unwrap().row.tied.ack, Some(3));
}

#[test]
fn a_request_without_an_answer_is_marked() {
    let mut lonely = store([request(0, 1, "OPTIONS", "")]);
    lonely.tick(2_000_000);
    lonely.take(request(0, 2, "OPTIONS", ""));
    lonely.tick(4_000_000);
    assert_eq!(marks(&lonely, 1), ["missing_answer"]);
    lonely.take(response(2_100, 1, "OPTIONS", "200 OK", ""));
    assert_eq!(marks(&lonely, 1), Vec::<&str>::new());
    let group = |store: &Store| store.groups.get(0).unwrap().marks.len();
    assert_eq!(group(&lonely), 1, "the other one is still missing");
    lonely.take(response(2_200, 2, "OPTIONS", "200 OK", ""));
    assert_eq!(group(&lonely), 0);
}

#[test]
fn the_same_bytes_again_are_a_retransmission() {
    let again = store([request(0, 1, "OPTIONS", ""), request(500, 1, "OPTIONS", "")]);
    assert_eq!(marks(&again, 2), ["retransmission"]);
    assert_eq!(again.message(2).unwrap().row.tied.original, Some(1));
}

#[test]
fn a_phone_that_goes_round_in_circles_is_marked_with_the_servers_reason() {
    let mut events = Vec::new();
    for cseq in 1..=4_u32 {
        let credentials = format!(
            "Authorization: Digest username=\"10\", realm=\"r\", nonce=\"n{}\", uri=\"u\", response=\"x\"\r\n",
            cseq - 1
        );
        let challenge = format!("WWW-Authenticate: Digest realm=\"r\", nonce=\"n{cseq}\"\r\n");
        let more = if cseq == 1 { "" } else { &credentials };
        events.push(request(u64::from(cseq), cseq, "REGISTER", more));
        if cseq > 1 {
            events.push(Event::Decision(Decision {
                at: u64::from(cseq) * 1_000,
                from: PHONE.to_owned(),
                call_id: "1".to_owned(),
                cseq: format!("{cseq} REGISTER"),
                branch: format!("z9hG4bK{cseq}"),
                verdict: Verdict::Refused,
                answer: Some((401, "Unauthorized".to_owned())),
                because: Some("user 10: wrong password".to_owned()),
                places: Vec::new(),
            }));
        }
        events.push(response(
            u64::from(cseq),
            cseq,
            "REGISTER",
            "401 Unauthorized",
            &challenge,
        ));
    }
    let store = store(events);
    assert_eq!(
        marks(&store, 2),
        Vec::<&str>::new(),
        "the first challenge is as it should be"
    );
    assert_eq!(marks(&store, 4), ["wrong_password"]);
    assert_eq!(marks(&store, 8), ["wrong_password", "loop"]);
    let row = &store.message(4).unwrap().row;
    assert!(
        row.marks[0].text.contains("user 10: wrong password"),
        "{row:?}"
    );
    assert_eq!((row.tied.request, row.marks[0].of), (Some(3), Some(2)));
    assert_eq!(store.message(2).unwrap().row.tied.answer, Some(3));
}

fn view() -> SourceView {
    let about = About::opened(Kind::Live, String::new());
    crate::source::Source::new(about, &[]).view()
}

/// Everything a reader gets until nothing is new.
fn read(reader: &mut Reader, store: &Store) -> Vec<(&'static str, Value)> {
    let mut events = Vec::new();
    loop {
        let batch = reader.next(store, &view());
        if batch.is_empty() {
            return events;
        }
        let parsed = batch
            .into_iter()
            .map(|(name, json)| (name, serde_json::from_str(&json).unwrap()));
        events.extend(parsed);
    }
}

fn numbers(events: &[(&'static str, Value)]) -> Vec<u64> {
    let messages = events.iter().filter(|(name, _)| *name == "messages");
    let rows = messages.flat_map(|(_, data)| data["messages"].as_array().unwrap());
    rows.map(|row| row["n"].as_u64().unwrap()).collect()
}

#[test]
fn a_reader_gets_everything_and_then_what_is_new() {
    let mut store = store((1..=1_200).map(|cseq| request(1, cseq, "OPTIONS", "")));
    let mut reader = Reader::default();
    let first = read(&mut reader, &store);
    assert_eq!(first[0].0, "source");
    assert_eq!(numbers(&first), (1..=1_200).collect::<Vec<u64>>());
    store.take(request(2, 1_201, "OPTIONS", ""));
    let next = read(&mut reader, &store);
    assert_eq!(numbers(&next), [1_201]);
}

#[test]
fn a_change_of_the_same_kind_is_seen_each_time() {
    let mut store = store([]);
    let mut reader = Reader::default();
    read(&mut reader, &store);
    for _ in 0..2 {
        store.source_changed();
        let names: Vec<&str> = read(&mut reader, &store)
            .iter()
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(names, ["source"]);
    }
}

#[test]
fn a_slow_reader_learns_how_many_messages_it_missed() {
    let mut store = store((1..=10).map(|cseq| request(1, cseq, "OPTIONS", "")));
    let mut reader = Reader::default();
    read(&mut reader, &store);
    let sent = 20_000;
    for cseq in 11..=sent {
        store.take(request(1, cseq, "OPTIONS", ""));
    }
    let events = read(&mut reader, &store);
    let (_, missed) = events.iter().find(|(name, _)| *name == "missed").unwrap();
    assert_eq!(
        (&missed["by"], &missed["after"]),
        (&"browser".into(), &10.into())
    );
    let seen = numbers(&events);
    let count = missed["count"].as_u64().unwrap();
    assert_eq!(10 + count + seen.len() as u64, u64::from(sent));
    assert_eq!(seen.last(), Some(&u64::from(sent)));
}

#[test]
fn what_the_server_could_not_hand_over_is_reported() {
    let mut store = store([request(1, 1, "OPTIONS", "")]);
    let mut reader = Reader::default();
    read(&mut reader, &store);
    store.take(Event::Missed(320));
    let events = read(&mut reader, &store);
    let expected = serde_json::json!({"count": 320, "by": "watch", "after": 1});
    assert_eq!(events, [("missed", expected)]);
}
