//! What is made of a recording: each way to show it shows all of it, safely.

mod support;

use anstream::adapter::strip_str;
use sip_message::HeaderName;
use sip_server::{Reply, Request};
use sip_stage::{Stage, StageServer, exchange};
use support::{call, forgetful, trouble};

/// A stranger sends what would colour a terminal and break a picture.
async fn mischief(stage: &mut Stage) {
    let mallory = stage.peer("mallory", "66", "203.0.113.66");
    let _ = mallory.send_raw(b"\x1b[31mBOO</text> sip:a@b SIP/2.0\r\n\x1b]0;x\x07\r\n\r\n");
}

#[test]
fn a_ladder_has_a_line_a_message() {
    let expected = "
               phone 10                       server                       phone 11
             192.168.1.10                  192.168.1.15                  192.168.1.11
  1    +0.000 s    │                             │◀──────── REGISTER ──────────┤
  2    +0.001 s    │                             ├────────── 200 OK ──────────▶│
  3    +0.002 s    ├────────── INVITE ──────────▶│                             │
  4    +0.003 s    │◀─────── 100 Trying ─────────┤                             │
  5                │                             ├────────── INVITE ──────────▶│
  6    +0.004 s    │                             │◀─────── 180 Ringing ────────┤
  7    +0.005 s    │◀─────── 180 Ringing ────────┤                             │
  8    +0.006 s    │                             │◀───────── 200 OK ───────────┤
  9    +0.007 s    │◀───────── 200 OK ───────────┤                             │
 10    +0.008 s    ├──────────── ACK ───────────▶│                             │
 11    +0.009 s    │                             ├──────────── ACK ───────────▶│
 12    +0.010 s    ├──────── INFO, key 3 ───────▶│                             │
 13    +0.011 s    │                             ├──────── INFO, key 3 ───────▶│
 14    +0.012 s    │                             │◀───────── 200 OK ───────────┤
 15    +0.013 s    │◀───────── 200 OK ───────────┤                             │
 16    +0.014 s    │                             │◀─────────── BYE ────────────┤
 17    +0.015 s    │◀─────────── BYE ────────────┤                             │
 18    +0.016 s    ├────────── 200 OK ──────────▶│                             │
 19    +0.017 s    │                             ├────────── 200 OK ──────────▶│
";
    assert_eq!(format!("\n{}", call().ladder()), expected);
}

#[test]
fn a_ladder_of_four_shows_losses_tcp_and_scenes_within_100_columns() {
    let ladder = trouble().ladder();
    let has = |line: &str| assert!(ladder.contains(line), "{line} is not in\n{ladder}");
    has("  3    +0.002 s    ├───── INVITE ─────✗    │");
    has("│◀═════ REGISTER ═══════╡");
    has("│·························· The server stops. ··························│");
    has("│◀────────────────── INVITE ────────────────────┤");
    has("──▶ UDP   ══▶ TCP");
    let widest = ladder.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{widest:?}");
}

#[test]
fn a_snapshot_has_each_message_verbatim_under_its_line() {
    let recording = trouble();
    let snapshot = recording.snapshot();
    let mut rest = snapshot.as_slice();
    for message in recording.messages() {
        let at = find(rest, &message.bytes).expect("the message is in the snapshot");
        let line = rest[..at].trim_ascii_end();
        let line = String::from_utf8_lossy(line.rsplit(|b| *b == b'\n').next().unwrap());
        let ends = format!("{} -> {}", message.from, message.to);
        assert!(line.starts_with("--- +") && line.contains(&ends), "{line}");
        rest = &rest[at + message.bytes.len()..];
    }
    let text = String::from_utf8_lossy(&snapshot);
    assert!(text.starts_with(
        "--- +0.000 s  192.168.1.11:40001 -> 192.168.1.15:5060  (TCP, connection 1)\nREGISTER "
    ));
    assert!(text.contains("192.168.1.10:5060 -> 192.168.1.15:5060  (UDP, lost)\nINVITE "));
    assert!(text.contains("\n--- +2.560 s  The server stops.\n"));
}

#[test]
fn the_terminal_shows_requests_and_responses_in_two_colours_and_explains_each() {
    let text = trouble().terminal();
    assert!(text.contains("\u{1b}[32mVia: "), "requests are green");
    assert!(text.contains("\u{1b}[36mVia: "), "responses are cyan");
    let plain = strip_str(&text).to_string();
    for expected in [
        "4  +0.502 s  phone 10 → server  INVITE 11@192.168.1.15\n          \
         Phone 10 has heard nothing and sends it again.\n\n    INVITE sip:11@192.168.1.15 SIP/2.0\n",
        "Phone 10 calls. It never arrives.",
        "The server has it and sees to it: phone 10 need not send it again.",
        "The server passes the INVITE on to phone 11.",
        "The server passes it back the way the request came.",
        "── The server stops. ──",
        "the server's log: ",
    ] {
        assert!(plain.contains(expected), "{expected:?} is not in\n{plain}");
    }
}

#[test]
fn the_terminal_explains_a_challenge_a_refusal_an_answer_and_a_first_try() {
    async fn asked(stage: &mut Stage) {
        let ten = stage.phone("10", "192.168.1.10");
        ten.new_register().send().answer(401).await;
        let answer = ten.new_register().header("Authorization", "Digest x");
        answer.send().answer(403).await;
    }
    async fn asks(stage: StageServer) {
        let script = async |request: &mut Request| {
            let is_answer = request.value(HeaderName::Authorization).is_some();
            Err(Reply::of(if is_answer { 403 } else { 401 }))
        };
        stage.serve(&script).await;
    }
    let text = Stage::play(&exchange!(asked, "Asked"), asks).terminal();
    let plain = strip_str(&text).to_string();
    for expected in [
        "Phone 10 says where it is, and for how long.",
        "The server asks phone 10 for a password.",
        "Phone 10 sends the REGISTER with its answer to the challenge.",
        "The server refuses: 403 Forbidden.",
    ] {
        assert_eq!(
            plain.matches(expected).count(),
            1,
            "{expected:?} in\n{plain}"
        );
    }
}

#[test]
fn what_the_exchange_explains_stands_instead() {
    let plain = strip_str(&call().terminal()).to_string();
    assert!(plain.contains("Phone 10 calls 11, of which it knows no more than the number."));
    assert!(!plain.contains("Phone 10 calls.\n"));
}

#[test]
fn nothing_a_stranger_sends_reaches_the_terminal_raw() {
    let recording = Stage::play(&exchange!(mischief, "Mischief"), forgetful);
    let terminal = recording.terminal();
    let escaped = "\\u{1b}[31mBOO</text> sip:a@b";
    // In the line above the message, and in the message.
    assert_eq!(terminal.matches(escaped).count(), 2, "{terminal}");
    for shown in [terminal, recording.ladder(), recording.svg()] {
        assert!(!shown.contains("\u{1b}[31mBOO"), "{shown}");
        let own = ['\n', '\u{1b}'];
        let raw = shown.chars().find(|c| c.is_control() && !own.contains(c));
        assert_eq!(raw, None, "{shown}");
    }
}

#[test]
fn a_picture_is_well_formed_and_told_in_words() {
    for recording in [
        call(),
        trouble(),
        Stage::play(&exchange!(mischief, "M"), forgetful),
    ] {
        let svg = recording.svg();
        let mut open = Vec::new();
        for event in svg::read(&svg).unwrap() {
            match event {
                svg::parser::Event::Tag(name, svg::node::element::tag::Type::Start, _) => {
                    open.push(name);
                }
                svg::parser::Event::Tag(name, svg::node::element::tag::Type::End, _) => {
                    assert_eq!(open.pop(), Some(name));
                }
                svg::parser::Event::Error(error) => panic!("{error}"),
                _ => {}
            }
        }
        assert_eq!(open, Vec::<&str>::new());
    }
    let svg = trouble().svg();
    assert!(svg.contains("A call &lt;in bad weather&gt;"), "{svg}");
    assert!(svg.contains("phone 10 to server: INVITE, lost."), "{svg}");
    assert!(svg.contains("prefers-color-scheme: dark"));
    assert_eq!(svg.matches("class=\"cross\"").count(), 1);
}

#[test]
fn a_picture_of_two_is_as_wide_as_its_title() {
    async fn small(stage: &mut Stage) {
        stage.phone("10", "192.168.1.10").register().await;
    }
    let short = exchange!(small, "Short");
    let long = exchange!(small, "A title of fifty characters and some, as books have");
    let has = |svg: String, width| assert!(svg.contains(&format!("width=\"{width}\"")), "{svg}");
    has(Stage::play(&short, forgetful).svg(), 540);
    has(Stage::play(&long, forgetful).svg(), 32 + 10 * 51);
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}
