//! Calls and registrations as ladders, from the messages that a server saw.

use std::time::UNIX_EPOCH;

use sip_message::{Flow, Transport};

use super::*;
use crate::trace::calls::MOST_MESSAGES;

const TEN: &str = "192.168.1.10:5060";
const ELEVEN: &str = "192.168.1.11:5060";

/// Messages at a server, by time.
struct Wire {
    ladders: Ladders<Vec<u8>>,
    at: SystemTime,
    call_id: String,
}

impl Wire {
    fn new() -> Self {
        Self {
            ladders: Ladders::new(Vec::new()),
            at: UNIX_EPOCH + Duration::from_secs(1_176_998_384),
            call_id: "c".to_owned(),
        }
    }

    fn pass(&mut self, seconds: u64) -> &mut Self {
        self.at += Duration::from_secs(seconds);
        self
    }

    fn see(&mut self, direction: Direction, peer: &str, first: &str, method: &str) -> &mut Self {
        self.at += Duration::from_millis(1);
        let call_id = &self.call_id;
        let text = format!(
            "{first}\r\nVia: SIP/2.0/UDP {peer};branch=z9hG4bK1\r\nFrom: <sip:10@h>;tag=a\r\n\
             To: <sip:11@h>\r\nCall-ID: {call_id}\r\nCSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n"
        );
        let flow = Flow {
            transport: Transport::Udp,
            local: "192.168.1.15:5060".parse().unwrap(),
            remote: peer.parse().unwrap(),
            connection: None,
        };
        let seen = Seen::Message {
            direction,
            flow,
            at: self.at,
            bytes: text.into_bytes(),
        };
        self.ladders.write(seen).unwrap();
        self
    }

    fn request(&mut self, direction: Direction, peer: &str, method: &str) -> &mut Self {
        let line = format!("{method} sip:11@h SIP/2.0");
        self.see(direction, peer, &line, method)
    }

    fn response(&mut self, direction: Direction, peer: &str, code: u16, to: &str) -> &mut Self {
        let line = format!("SIP/2.0 {code} Reason");
        self.see(direction, peer, &line, to)
    }

    /// A call as far as its 200.
    fn answered(&mut self) -> &mut Self {
        self.request(Direction::In, TEN, "INVITE")
            .response(Direction::Out, TEN, 100, "INVITE")
            .request(Direction::Out, ELEVEN, "INVITE")
            .response(Direction::In, ELEVEN, 180, "INVITE")
            .response(Direction::Out, TEN, 180, "INVITE")
            .response(Direction::In, ELEVEN, 200, "INVITE")
            .response(Direction::Out, TEN, 200, "INVITE")
    }

    fn hung_up(&mut self) -> &mut Self {
        self.request(Direction::In, ELEVEN, "BYE")
            .request(Direction::Out, TEN, "BYE")
            .response(Direction::In, TEN, 200, "BYE")
            .response(Direction::Out, ELEVEN, 200, "BYE")
    }

    fn text(&self) -> String {
        String::from_utf8(self.ladders.out.clone()).unwrap()
    }

    /// The titles of what was drawn, and what is said beside.
    fn titles(&self) -> Vec<String> {
        let text = self.text();
        let is_title = |line: &&str| line.starts_with("10 ") || line.starts_with("11 ");
        let is_said = |line: &&str| line.starts_with('…');
        let lines = text.lines().filter(|line| is_title(line) || is_said(line));
        lines.map(str::to_owned).collect()
    }
}

#[test]
fn a_call_is_drawn_when_its_bye_is_answered_both_legs_together() {
    let mut wire = Wire::new();
    wire.answered().pass(3600);
    assert_eq!(wire.text(), "", "a conversation may last");
    wire.hung_up();
    let expected = "
10 calls 11: they talked for 3600.0 s

                  10                          server                          11
             192.168.1.10                  192.168.1.15                  192.168.1.11
  1    +0.000 s    ├────────── INVITE ──────────▶│                             │
  2    +0.001 s    │◀─────── 100 Reason ─────────┤                             │
  3    +0.002 s    │                             ├────────── INVITE ──────────▶│
  4    +0.003 s    │                             │◀─────── 180 Reason ─────────┤
  5    +0.004 s    │◀─────── 180 Reason ─────────┤                             │
  6    +0.005 s    │                             │◀─────── 200 Reason ─────────┤
  7    +0.006 s    │◀─────── 200 Reason ─────────┤                             │
  8 +3600.007 s    │                             │◀─────────── BYE ────────────┤
  9 +3600.008 s    │◀─────────── BYE ────────────┤                             │
 10 +3600.009 s    ├──────── 200 Reason ────────▶│                             │
 11 +3600.010 s    │                             ├──────── 200 Reason ────────▶│

";
    assert_eq!(wire.text(), expected);
}

#[test]
fn a_refused_call_is_over_with_the_ack_and_a_repeated_message_is_marked() {
    let mut wire = Wire::new();
    wire.request(Direction::In, TEN, "INVITE")
        .request(Direction::In, TEN, "INVITE")
        .response(Direction::Out, TEN, 404, "INVITE");
    assert_eq!(wire.text(), "");
    wire.request(Direction::In, TEN, "ACK");
    assert_eq!(wire.titles(), ["10 calls 11: 404 Reason"]);
    assert!(
        wire.text().contains("├─────── INVITE again ───────▶│"),
        "{}",
        wire.text()
    );
}

#[test]
fn a_registration_goes_on_over_its_challenge_and_ends_without_an_answer_to_it() {
    let mut wire = Wire::new();
    wire.request(Direction::In, ELEVEN, "REGISTER")
        .response(Direction::Out, ELEVEN, 401, "REGISTER")
        .request(Direction::In, ELEVEN, "REGISTER")
        .response(Direction::Out, ELEVEN, 200, "REGISTER");
    assert_eq!(wire.titles(), ["11 registers: 200 Reason"]);
    wire.request(Direction::In, ELEVEN, "REGISTER").response(
        Direction::Out,
        ELEVEN,
        401,
        "REGISTER",
    );
    let looked = wire.at + Duration::from_secs(6);
    wire.ladders.look(looked).unwrap();
    let expected = "11 registers: 401 Reason, and no answer to it came";
    assert_eq!(wire.titles()[1..], [expected]);
    assert!(!wire.ladders.calls.waits());
}

#[test]
fn a_phone_that_takes_its_binding_away_unregisters() {
    let mut wire = Wire::new();
    let line = "REGISTER sip:h SIP/2.0\r\nContact: <sip:11@192.168.1.11>;expires=0";
    wire.see(Direction::In, ELEVEN, line, "REGISTER").response(
        Direction::Out,
        ELEVEN,
        200,
        "REGISTER",
    );
    assert_eq!(wire.titles(), ["11 unregisters: 200 Reason"]);
}

#[test]
fn a_long_call_keeps_its_first_messages_and_counts_the_others() {
    let mut wire = Wire::new();
    wire.answered();
    for _ in 0..2 * MOST_MESSAGES {
        wire.request(Direction::In, TEN, "INFO");
    }
    wire.hung_up();
    let left_out = 7 + 2 * MOST_MESSAGES + 4 - MOST_MESSAGES;
    let expected = format!("… {left_out} more messages of it not shown");
    assert_eq!(wire.titles()[1..], [expected]);
}

#[test]
fn a_flood_of_calls_takes_little_memory_and_few_lines() {
    let mut wire = Wire::new();
    for number in 0..5_000 {
        wire.call_id = format!("flood-{number}");
        wire.request(Direction::In, TEN, "INVITE");
    }
    wire.pass(60);
    wire.call_id = "last".to_owned();
    wire.request(Direction::In, TEN, "INVITE").pass(2);
    wire.request(Direction::In, TEN, "INVITE");
    let titles = wire.titles();
    let drawn = titles
        .iter()
        .filter(|it| it.as_str() == "10 calls 11: no answer came");
    assert!(drawn.count() <= 2 * A_SECOND as usize, "{titles:?}");
    let said = titles
        .iter()
        .filter(|it| it.ends_with("not drawn: too many at one time"));
    let counts = said.filter_map(|it| it.split(' ').nth(1)?.parse::<u64>().ok());
    assert_eq!(
        counts.sum::<u64>() + u64::from(A_SECOND),
        5_000,
        "{titles:?}"
    );
}
