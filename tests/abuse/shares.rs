//! One peer or one user takes all it can, and everybody else is still served.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use whole_system::digest::{self, Credentials};
use whole_system::step::{PASSWORD, STEP_01, STEP_07, Server};
use whole_system::stream::{Connection, connect};
use whole_system::wire::Phone;
use whole_system::{address, text};

const ATTACKER: u8 = 66;
const DEAD: u8 = 250;

/// Long enough for an answer on a busy machine.
const SOON: Duration = Duration::from_secs(5);

#[test]
fn large_messages_of_one_user_to_a_host_that_never_answers_cause_no_503_for_others() {
    let files = whole_system::directory();
    let server = Server::start(STEP_07, files.path());
    let mut callee = server.phone("11", 11);
    callee.register(600);
    server.add_user("66");
    let dead = address::socket(DEAD);
    let dead = dead.local_addr().expect("bound");

    let asking = Phone::new("66", ATTACKER, server.address());
    let filler = format!("Subject: {}\r\n", "x".repeat(58_000));
    let request = asking.request("MESSAGE", &format!("sip:x@{dead}"), &filler);
    let challenge = asking.transact(&request);
    let request = request.replace("SIP/2.0/UDP", "SIP/2.0/TCP");
    let mut attacker = Connection::from_host(ATTACKER, server.address());
    for number in 1..=1130 {
        let credentials = Credentials {
            user: "66",
            password: PASSWORD,
        };
        let line = digest::nth_answer(&request, &challenge, credentials, number);
        let line = line.expect("chapter 7 asks");
        let call_id = text::header(&request, "Call-ID").expect("every request has one");
        let mark = format!("large{number}");
        attacker.send(
            text::again(&request, &line, &mark)
                .replace(call_id, &mark)
                .as_bytes(),
        );
    }
    let answers = std::iter::from_fn(|| attacker.receive(SOON));
    let mut refusals = answers.filter(|it| text::status(it) != Some(100));
    let refused = refusals.next();
    let refused = refused.expect("the server says when it is too much");
    assert_eq!(text::status(&refused), Some(503), "{refused}");
    assert!(text::header(&refused, "Retry-After").is_some(), "{refused}");

    let mut phone = server.phone("10", 10);
    phone.register(600);
    let options = phone.request("OPTIONS", &format!("sip:{}", server.address()), "");
    assert_eq!(text::status(&phone.transact(&options)), Some(200));
    phone.begin_call("11");
    assert_eq!(text::method(&callee.receive_request()), Some("INVITE"));
    // Even a phone at the attacker's address can register.
    server.phone("12", ATTACKER).register(600);
    assert!(server.stop().success());
}

#[test]
fn one_peer_takes_no_more_than_its_share_of_the_connections() {
    let files = whole_system::directory();
    let server = Server::start_limited(STEP_01, files.path(), "-n 300");
    let options = |host: u8| {
        let phone = Phone::new("11", host, server.address());
        let request = phone.request("OPTIONS", &format!("sip:{}", server.address()), "");
        request.replace("SIP/2.0/UDP", "SIP/2.0/TCP")
    };
    // As many as a server with so few files accepts. Each is held after its request was answered.
    let mut held = Vec::new();
    for _ in 0..300 {
        let mut connection = Connection::from_host(ATTACKER, server.address());
        connection.send(options(ATTACKER).as_bytes());
        held.push(connection);
    }
    let answered = held.iter_mut().filter_map(|it| it.receive(SOON));
    let answered = answered.count();
    assert!((50..150).contains(&answered), "{answered}");
    let mut other = Connection::from_host(10, server.address());
    other.send(options(10).as_bytes());
    let answer = other.receive(SOON).expect("an answer for somebody else");
    assert_eq!(text::status(&answer), Some(200), "{answer}");
    assert!(server.stop().success());
}

#[test]
fn what_was_answered_over_tcp_arrives_whatever_comes_behind() {
    let files = whole_system::directory();
    let server = Server::start(STEP_07, files.path());
    for noise in ["\0\0 nonsense\r\n\r\n", " ", "x\r\n"] {
        let mut phone = Phone::new("10", 10, server.address());
        let requests: String = (0..2).map(|_| phone.registration("")).collect();
        let requests = requests.replace("SIP/2.0/UDP", "SIP/2.0/TCP");
        let mut stream = connect(server.address());
        let sent = stream.write_all((requests + noise).as_bytes());
        sent.expect("the server reads");
        let mut all = String::new();
        let read = stream.read_to_string(&mut all);
        read.expect("the server closes, and resets nothing");
        assert_eq!(all.matches("SIP/2.0 401 ").count(), 2, "{noise:?}: {all}");
    }
    assert!(server.stop().success());
}

#[test]
fn bytes_in_front_of_a_request_are_a_keepalive_or_end_the_connection() {
    let files = whole_system::directory();
    let server = Server::start(STEP_01, files.path());
    for (noise, is_keepalive) in [
        ("\r\n\0", true),
        ("\0", true),
        (" ", false),
        ("x\r\n", false),
    ] {
        let phone = Phone::new("10", 10, server.address());
        let request = phone.request("OPTIONS", &format!("sip:{}", server.address()), "");
        let request = request.replace("SIP/2.0/UDP", "SIP/2.0/TCP");
        let mut stream = connect(server.address());
        let began = Instant::now();
        let sent = stream.write_all((noise.to_owned() + &request).as_bytes());
        sent.expect("the server reads");
        let mut buffer = [0; 4096];
        let length = stream.read(&mut buffer).expect("an answer, or the end");
        assert_eq!(length > 0, is_keepalive, "{noise:?}");
        assert!(began.elapsed() < SOON, "{noise:?}");
    }
    assert!(server.stop().success());
}
