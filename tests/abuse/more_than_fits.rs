//! More requests than a server can answer: some get 503, and a phone that sends few is served.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::time::{Duration, Instant};

use whole_system::step::{STEP_01, Server};
use whole_system::text;
use whole_system::wire::Phone;

const FLOODER: u8 = 66;

/// How long it floods at most.
const FLOOD: Duration = Duration::from_secs(20);

/// Bytes of the system's largest receive buffer for each request that waits: the buffer holds them
/// all, and a phone's request finds room.
const FOR_EACH: usize = 1_048;

/// After this time without an answer, nothing waits.
const SILENCE: Duration = Duration::from_millis(50);

/// The refusals looked at.
const ENOUGH: usize = 20;

#[test]
#[ignore = "a flood of twenty seconds at most, which a release build serves"]
fn one_source_that_floods_gets_503_with_a_time_to_come_again_and_others_are_served() {
    let files = whole_system::directory();
    let server = Server::start(STEP_01, files.path());
    let flooder = Phone::new("66", FLOODER, server.address());
    let uri = format!("sip:{}", server.address());
    let mut requests = Vec::new();
    let mut refused = Vec::new();
    let largest = std::fs::read_to_string("/proc/sys/net/core/rmem_max");
    let largest: usize = largest.map_or(212_992, |text| text.trim().parse().expect("a number"));
    let window = largest.min(4 << 20) / FOR_EACH;
    let mut waiting = 0;
    let began = Instant::now();
    let served = std::thread::scope(|scope| {
        let phone = scope.spawn(|| {
            let mut phone = server.phone("10", 10);
            std::thread::sleep(Duration::from_millis(500));
            (0..10).map(|_| phone.register(600)).count()
        });
        while !phone.is_finished() || refused.len() < ENOUGH && began.elapsed() < FLOOD {
            while waiting < window {
                waiting += 1;
                let request = flooder.request("OPTIONS", &uri, "");
                flooder.send(&request);
                requests.push(request);
            }
            // Half of them are answered, then as many follow.
            while waiting > window / 2 {
                let Some(answer) = flooder.receive(SILENCE) else {
                    waiting = 0;
                    break;
                };
                waiting -= 1;
                if text::status(&answer) == Some(503) && refused.len() < ENOUGH {
                    refused.push(answer);
                }
            }
        }
        phone.join().expect("each registration is answered 200")
    });
    assert_eq!(served, 10);
    assert_eq!(refused.len(), ENOUGH, "of {} requests", requests.len());
    for answer in &refused {
        is_of_its_request(answer, &requests);
    }
    assert!(server.stop().success());
}

/// What RFC 3261 §8.2.6.2 asks of a response, and when to come again.
fn is_of_its_request(answer: &str, requests: &[String]) {
    let copied = |name| text::header(answer, name).expect("a response copies it");
    let is_its = |request: &&String| text::header(request, "Call-ID") == Some(copied("Call-ID"));
    let request = requests.iter().find(is_its).expect("it was sent");
    for name in ["From", "CSeq"] {
        assert_eq!(text::header(request, name), Some(copied(name)), "{answer}");
    }
    let branch = |message| {
        let via = text::header(message, "Via")?;
        let (_, rest) = via.split_once("branch=")?;
        rest.split(';').next()
    };
    assert_eq!(branch(answer), branch(request), "{answer}");
    let (to, tag) = copied("To")
        .split_once(";tag=")
        .expect("a tag of the server");
    assert_eq!(text::header(request, "To"), Some(to));
    assert!(!tag.is_empty(), "{answer}");
    let seconds: u32 = copied("Retry-After").parse().expect("seconds");
    assert!((5..=20).contains(&seconds), "{answer}");
    assert_eq!(copied("Content-Length"), "0");
}
