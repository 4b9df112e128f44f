//! What was answered is written before the server closes a connection, whatever it closes it for.

use std::time::Duration;

use sip_message::Arrival;
use sip_server::{Network, TransportLimits};
use tokio::net::TcpStream;

use crate::peer::{Phone, Server, request};

const SHORT: Duration = Duration::from_millis(50);

async fn server_and_phone(limits: TransportLimits) -> (Server, Phone) {
    let mut server = Server::with_limits("127.0.0.1:0", limits);
    let address = server.sockets.listeners()[0];
    let phone = server.serve(Phone::call(address)).await;
    (server, phone)
}

/// Two requests in one write, and what follows them; then they are answered late.
async fn answers_before_the_end(limits: TransportLimits, behind: &[u8]) -> String {
    let (mut server, mut phone) = server_and_phone(limits).await;
    let requests = [request("127.0.0.1", "a"), request("127.0.0.1", "b")].concat();
    phone.send(&[&requests, behind].concat()).await;
    for (number, arrival) in both(&mut server).await.into_iter().enumerate() {
        server.serve(tokio::time::sleep(SHORT)).await;
        let answer = format!("SIP/2.0 40{number} no\r\n\r\n");
        server.send(&arrival.flow, answer.as_bytes());
    }
    let all = server.serve(phone.receive_to_the_end()).await;
    String::from_utf8(all).unwrap()
}

async fn both(server: &mut Server) -> [Arrival; 2] {
    [server.message().await.1, server.message().await.1]
}

const BOTH: &str = "SIP/2.0 400 no\r\n\r\nSIP/2.0 401 no\r\n\r\n";

#[tokio::test]
async fn behind_two_requests_bytes_that_are_no_message_do_not_take_their_answers() {
    for noise in [
        &b" "[..],
        b"x\r\n",
        b"\x16\x03\x01",
        b"OPTIONS sip:h SIP/2.0\n",
    ] {
        let all = answers_before_the_end(TransportLimits::default(), noise).await;
        assert_eq!(all, BOTH, "{noise:?}");
    }
}

#[tokio::test]
async fn a_refusal_of_what_came_later_follows_what_was_answered() {
    let mut late = String::from_utf8(request("127.0.0.1", "c")).unwrap();
    late = late.replace("Content-Length: 0", "Content-Length: 70000");
    late.push_str(&"x".repeat(70_000));
    let all = answers_before_the_end(TransportLimits::default(), late.as_bytes()).await;
    let refusal = all.strip_prefix(BOTH).expect("the answers first");
    assert!(refusal.starts_with("SIP/2.0 513 "), "{refusal}");
}

#[tokio::test]
async fn a_peer_that_is_silent_or_slow_gets_its_answers_before_it_is_closed() {
    for behind in [&b""[..], b"OPTIONS sip:slow"] {
        let limits = TransportLimits {
            idle: SHORT,
            patience: SHORT,
            ..TransportLimits::default()
        };
        let all = answers_before_the_end(limits, behind).await;
        assert_eq!(all, BOTH, "{behind:?}");
    }
}

#[tokio::test]
async fn a_peer_that_holds_too_much_gets_its_answers_before_it_is_closed() {
    let limits = TransportLimits {
        unfinished_bytes_in_all: 10_000,
        ..TransportLimits::default()
    };
    let large = String::from_utf8(request("127.0.0.1", "c")).unwrap();
    let large = large.replace("Length: 0", "Length: 60000") + &"x".repeat(40_000);
    assert_eq!(answers_before_the_end(limits, large.as_bytes()).await, BOTH);
}

#[tokio::test]
async fn a_peer_that_the_server_hangs_up_on_gets_its_answers() {
    let (mut server, mut phone) = server_and_phone(TransportLimits::default()).await;
    phone.send(&request("127.0.0.1", "a")).await;
    let (_, arrival) = server.message().await;
    server.sockets.hang_up(arrival.flow.connection.unwrap());
    server.serve(tokio::time::sleep(SHORT)).await;
    server.send(&arrival.flow, b"SIP/2.0 400 no\r\n\r\n");
    let all = server.serve(phone.receive_to_the_end()).await;
    assert_eq!(all, b"SIP/2.0 400 no\r\n\r\n");
}

#[tokio::test]
async fn a_server_that_ends_leaves_its_answers_and_no_reset() {
    let (mut server, mut phone) = server_and_phone(TransportLimits::default()).await;
    phone.send(&request("127.0.0.1", "a")).await;
    let (_, arrival) = server.message().await;
    // Nobody reads it: the server's tasks run only while something here is waited for.
    let written = phone.0.try_write(&[b'x'; 50_000]);
    assert!(written.is_ok_and(|length| length > 0));
    server
        .sockets
        .send(&arrival.flow, b"SIP/2.0 200 OK\r\n\r\n");
    drop(server);
    assert_eq!(read_whole(&mut phone.0).await, b"SIP/2.0 200 OK\r\n\r\n");
}

/// What comes until the peer has closed its side.
async fn read_whole(stream: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(stream, &mut all).await;
    read.expect("no reset, which could take the answer with it");
    all
}

#[tokio::test]
async fn a_peer_that_nothing_is_owed_is_closed_at_once() {
    let (mut server, mut phone) = server_and_phone(TransportLimits::default()).await;
    let began = std::time::Instant::now();
    phone.send(b"\r\n\0 nonsense").await;
    assert_eq!(server.serve(phone.receive_to_the_end()).await, b"");
    assert!(began.elapsed() < Duration::from_millis(400));
}
