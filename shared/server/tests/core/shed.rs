//! More requests than can be served: some new ones are refused before any work is spent on them.

use std::sync::atomic::Ordering::Relaxed;

use sip_message::{Arrival, Packet, Reply, parse};

use super::harness::{Server, caller, ms, starts};
use super::messages::{as_method, invite, request, to_tagged, with};
use super::recorded::{Peer, Sent, tcp, udp};

const REFUSED: &str = "SIP/2.0 503 Service Unavailable";

/// A request to the server itself that no other is like.
fn options(from: Peer, number: usize) -> String {
    request(
        from,
        "OPTIONS",
        "sip:192.0.2.1",
        &format!("z9hG4bK{number}"),
    )
}

/// A server at which everything has waited too long for so long.
fn behind(milliseconds: u64) -> Server {
    let mut server = Server::new();
    server.is_behind(true);
    server.passes(ms(milliseconds));
    server.is_behind(true);
    server
}

/// A server under pressure at which the next request of that busy source is refused.
fn pressed_by(from: Peer) -> Server {
    let mut server = behind(100);
    makes_itself_busy(&mut server, from);
    server
}

/// A source sends until one of its requests is refused, and then one that is served.
fn makes_itself_busy(server: &mut Server, from: Peer) {
    let requests = (0..5).map(|number| options(from, 1_000 + number));
    let sent: Vec<Sent> = requests.flat_map(|it| server.gets(from, &it)).collect();
    let refused: Vec<bool> = starts(&sent).iter().map(|it| *it == REFUSED).collect();
    assert_eq!(refused, [false, false, false, true, false]);
    server.passes(ms(1));
}

fn pressed() -> Server {
    pressed_by(caller())
}

#[test]
fn a_new_request_gets_503_and_a_time_to_come_again_and_leaves_nothing_behind() {
    let mut server = pressed();
    server.holds_scripts = true;
    let sent = server.gets(caller(), &invite(caller(), "b"));
    assert_eq!(starts(&sent), [REFUSED]);
    let seconds: u64 = sent[0].header("Retry-After").parse().unwrap();
    assert!((5..=20).contains(&seconds), "{seconds}");
    assert_eq!((server.waiting(), server.transactions()), (0, 0));
    assert_eq!(server.stats.shed.load(Relaxed), 2);
}

/// §8.2.6: byte for byte what a response is that was made of the parsed request.
#[test]
fn it_is_the_response_that_the_parser_would_have_led_to() {
    let nat = udp("198.51.100.9:31000");
    let plain = options(udp("192.168.1.7:5062"), 3).replace(";branch", ";rport;branch");
    let relayed = with(
        &plain,
        "v: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa, SIP/2.0/TCP h",
    )
    .replace("From:", "f :")
    .replace("Call-ID: ", "i:");
    for text in [plain, relayed] {
        let mut server = pressed_by(nat);
        let sent = server.gets(nat, &text);
        assert_eq!(starts(&sent), [REFUSED]);
        assert!(sent[0].is_to(nat), "back to where it came from");
        let marked = text.replace(";rport;", ";rport=31000;").replacen(
            "z9hG4bK3",
            "z9hG4bK3;received=198.51.100.9",
            1,
        );
        let arrival = Arrival {
            flow: nat.0,
            at: std::time::SystemTime::UNIX_EPOCH,
        };
        let Ok(Packet::Request(request)) = parse(marked.into_bytes(), arrival) else {
            panic!("a request");
        };
        let (_, tag) = sent[0].header("To").split_once(";tag=").unwrap();
        let seconds = sent[0].header("Retry-After").to_owned();
        let reply = Reply::of(503).with("Retry-After", seconds);
        let expected = String::from_utf8(reply.to_bytes(&request, tag)).unwrap();
        assert_eq!(sent[0].text, expected);
    }
}

#[test]
fn a_burst_that_is_over_in_a_tenth_of_a_second_is_served() {
    let mut server = behind(99);
    server.passes(ms(0));
    for number in 0..50 {
        let sent = server.gets(caller(), &options(caller(), number));
        assert_eq!(starts(&sent), ["SIP/2.0 200 OK"]);
    }
    let mut server = pressed();
    server.is_behind(false);
    let sent = server.gets(caller(), &options(caller(), 1));
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 200 OK"],
        "and when it is over, too"
    );
}

#[test]
fn a_copy_of_what_was_refused_gets_the_same_answer() {
    let mut server = pressed();
    let first = server.gets(caller(), &options(caller(), 1));
    server.passes(ms(500));
    makes_itself_busy(&mut server, caller());
    let again = server.gets(caller(), &options(caller(), 1));
    assert_eq!(first, again);
}

#[test]
fn the_ack_to_it_goes_nowhere() {
    let mut server = pressed();
    let invite = invite(caller(), "b");
    let sent = server.gets(caller(), &invite);
    assert_eq!(starts(&sent), [REFUSED]);
    server.holds_scripts = true;
    let (_, tag) = sent[0].header("To").split_once(";tag=").unwrap();
    let ack = to_tagged(&as_method(&invite, "ACK"), tag);
    assert!(server.gets(caller(), &ack).is_empty());
    assert_eq!(server.waiting(), 0, "no script hears of it");
}

/// Else a call that rings would get a 503 when its caller has not heard of that.
#[test]
fn a_copy_of_an_invite_that_was_admitted_gets_what_that_got() {
    let mut server = Server::new();
    assert_eq!(server.calls("b").len(), 1);
    server.is_behind(true);
    server.passes(ms(150));
    server.is_behind(true);
    for _ in 0..10 {
        server.passes(ms(10));
        let sent = server.gets(caller(), &invite(caller(), "b"));
        assert!(!starts(&sent).contains(&REFUSED), "{sent:?}");
    }
}

#[test]
fn what_belongs_to_a_call_or_ends_one_is_never_refused_nor_is_a_stream() {
    let mut server = pressed();
    server.holds_scripts = true;
    let inside = |method| to_tagged(&as_method(&invite(caller(), "b"), method), "to-b");
    let mut all = vec![
        (caller(), inside("BYE")),
        (caller(), inside("INVITE")),
        (caller(), inside("ACK")),
        (caller(), as_method(&invite(caller(), "b"), "NOTIFY")),
    ];
    let stream = tcp("192.0.2.20:40000", 7);
    all.push((stream, options(stream, 9)));
    for (from, text) in all {
        server.passes(ms(1));
        let sent = server.gets(from, &text);
        assert!(!starts(&sent).contains(&REFUSED), "{text}");
    }
    let sent = server.gets(caller(), &options(caller(), 10));
    assert_eq!(starts(&sent), [REFUSED], "others are");
}

/// Of those that come, so many are refused in a second.
#[test]
fn refusals_take_a_small_part_of_the_time() {
    let mut server = behind(100);
    let mut refused = 0;
    for number in 0..5_000 {
        if number % 5 == 0 {
            server.passes(ms(1));
        }
        let from = udp(&format!("192.0.2.{}:5060", number % 20));
        let sent = server.gets(from, &options(from, number));
        refused += usize::from(starts(&sent) == [REFUSED]);
    }
    // 5,000 came in a second, and every second one is served.
    assert!((1_500..=2_500).contains(&refused), "{refused}");
}

#[test]
fn a_source_that_floods_is_refused_and_those_that_send_little_are_served() {
    let mut server = behind(100);
    let flooder = udp("203.0.113.66:5060");
    let (mut flood_refused, mut others_refused) = (0, 0);
    for number in 0..4_000 {
        if number % 40 == 0 {
            server.passes(ms(1));
            let other = udp(&format!("192.0.2.{}:5060", number / 40 % 200));
            let sent: Vec<Sent> = server.gets(other, &options(other, 10_000 + number));
            others_refused += usize::from(starts(&sent) == [REFUSED]);
        }
        let sent = server.gets(flooder, &options(flooder, number));
        flood_refused += usize::from(starts(&sent) == [REFUSED]);
    }
    assert!(flood_refused > 500, "{flood_refused}");
    assert_eq!(others_refused, 0);
}

/// A phone that answers a challenge has waited once already.
#[test]
fn a_request_with_credentials_is_served_before_one_without() {
    let mut server = behind(100);
    let (mut without, mut with_them) = (0, 0);
    for number in 0..2_000 {
        if number % 20 == 0 {
            server.passes(ms(1));
        }
        let from = udp(&format!("192.0.2.{}:5060", number % 200));
        let has_them = number % 4 == 0;
        let text = options(from, number);
        let text = match has_them {
            true => with(&text, "Authorization: Digest username=\"a\""),
            false => text,
        };
        let sent = server.gets(from, &text);
        let refused = usize::from(starts(&sent) == [REFUSED]);
        *(if has_them {
            &mut with_them
        } else {
            &mut without
        }) += refused;
    }
    assert!(without > 300, "{without}");
    assert_eq!(with_them, 0);
}
