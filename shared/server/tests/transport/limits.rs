//! What one peer may take of connections, bytes and time.

use std::time::Duration;

use sip_server::{Network, TransportLimits};

use crate::peer::{Phone, Server, is_kept, request};

const SHORT: Duration = Duration::from_millis(50);

async fn server_and_phone(limits: TransportLimits) -> (Server, Phone) {
    let mut server = Server::with_limits("127.0.0.1:0", limits);
    let phone = call(&mut server).await;
    (server, phone)
}

async fn call(server: &mut Server) -> Phone {
    let address = server.sockets.listeners()[0];
    server.serve(Phone::call(address)).await
}

async fn call_from(host: u8, server: &mut Server) -> Phone {
    let address = server.sockets.listeners()[0];
    server.serve(Phone::call_from(host, address)).await
}

#[tokio::test]
async fn a_peer_that_never_speaks_is_closed() {
    let limits = TransportLimits {
        patience: SHORT,
        ..TransportLimits::default()
    };
    let (mut server, mut phone) = server_and_phone(limits).await;
    assert_eq!(server.serve(phone.receive_to_the_end()).await, b"");
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn a_message_that_is_begun_and_never_ended_closes_the_connection() {
    let limits = TransportLimits {
        patience: SHORT,
        ..TransportLimits::default()
    };
    let (mut server, mut phone) = server_and_phone(limits).await;
    phone.send(&request("127.0.0.1", "a")).await;
    server.message().await;
    phone.send(b"OPTIONS sip:slow").await;
    assert_eq!(server.serve(phone.receive_to_the_end()).await, b"");
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn a_connection_that_falls_silent_is_closed_when_idle_for_too_long() {
    let limits = TransportLimits {
        idle: SHORT,
        ..TransportLimits::default()
    };
    let (mut server, mut phone) = server_and_phone(limits).await;
    phone.send(&request("127.0.0.1", "a")).await;
    let (_, arrival) = server.message().await;
    assert_eq!(server.serve(phone.receive_to_the_end()).await, b"");
    assert_eq!(
        server.sockets.flow_of(arrival.flow.connection.unwrap()),
        None
    );
}

#[tokio::test]
async fn a_peer_that_spoke_is_not_hurried() {
    let limits = TransportLimits {
        patience: SHORT,
        ..TransportLimits::default()
    };
    let (mut server, mut phone) = server_and_phone(limits).await;
    phone.send(&request("127.0.0.1", "a")).await;
    server.message().await;
    server.serve(tokio::time::sleep(2 * SHORT)).await;
    assert!(is_kept(&mut server, &mut phone).await);
}

#[tokio::test]
async fn a_peer_that_does_not_read_is_closed_and_costs_no_more_than_its_share() {
    let limits = TransportLimits {
        waiting_bytes: 64 << 10,
        ..TransportLimits::default()
    };
    let (mut server, mut phone) = server_and_phone(limits).await;
    phone.send(&request("127.0.0.1", "a")).await;
    let (_, arrival) = server.message().await;
    let connection = arrival.flow.connection.unwrap();
    let kilobyte = [b'x'; 1024];
    let mut sent = 0;
    while server.sockets.flow_of(connection).is_some() {
        for _ in 0..16 {
            server.sockets.send(&arrival.flow, &kilobyte);
        }
        sent += 16;
        assert!(sent < 16 << 10, "still open after {sent} KiB");
        server.serve(tokio::task::yield_now()).await;
    }
    assert_eq!(server.failure().await, arrival.flow);
    assert!(server.serve(phone.receive_to_the_end()).await.len() < sent << 10);
}

#[tokio::test]
async fn peers_that_do_not_read_have_one_share_together_and_who_reads_is_served() {
    let limits = TransportLimits {
        waiting_bytes: 64 << 20,
        waiting_bytes_in_all: 96 << 20,
        ..TransportLimits::default()
    };
    let much = vec![b'x'; 32 << 20]; // more than the system takes
    let (mut server, mut reader) = server_and_phone(limits).await;
    let mut deaf = Vec::new();
    for host in 2..5 {
        let mut phone = call_from(host, &mut server).await;
        phone.send(&request("127.0.0.1", "a")).await;
        let (_, arrival) = server.message().await;
        server.send(&arrival.flow, &much);
        deaf.push((phone, arrival.flow));
    }
    reader.send(&request("127.0.0.1", "b")).await;
    let (_, arrival) = server.message().await;
    for _ in 0..100 {
        server.send(&arrival.flow, &[b'x'; 1024]);
        server.serve(reader.receive(1024)).await;
    }
    for (_, flow) in &deaf {
        server.sockets.send(flow, b"one more");
    }
    for _ in 0..deaf.len() {
        let closed = server.failure().await;
        assert!(deaf.iter().any(|(_, flow)| *flow == closed));
    }
    assert!(is_kept(&mut server, &mut reader).await);
    // What waited for them has made room.
    server.send(&arrival.flow, &much);
    server.send(&arrival.flow, b"one more");
    let all = server.serve(reader.receive(much.len() + 8)).await;
    assert!(all.ends_with(b"one more"));
}

#[tokio::test]
async fn large_messages_that_are_not_whole_have_one_bound_and_small_ones_are_served() {
    let limits = TransportLimits {
        unfinished_bytes_in_all: 200 << 10,
        ..TransportLimits::default()
    };
    let (mut server, mut other) = server_and_phone(limits).await;
    let request = request("127.0.0.1", "a");
    let large = String::from_utf8(request.clone()).unwrap();
    let large = large.replace("Length: 0", "Length: 60000") + &"x".repeat(40_000);
    let mut slow = Vec::new();
    for host in 2..6 {
        let mut phone = call_from(host, &mut server).await;
        phone.send(large.as_bytes()).await;
        server.serve(tokio::time::sleep(SHORT)).await;
        slow.push(phone);
    }
    let last = slow.last_mut().unwrap();
    assert_eq!(server.serve(last.receive_to_the_end()).await, b"");
    other.send(&request[..100]).await;
    server.serve(tokio::time::sleep(SHORT)).await;
    other.send(&request[100..]).await;
    assert_eq!(server.message().await.0, request);
    assert!(is_kept(&mut server, &mut other).await);
    // What was kept of those that are gone has made room, and who is left may go on.
    slow.truncate(1);
    server.serve(tokio::time::sleep(SHORT)).await;
    slow[0].send(&[b'x'; 20_000]).await;
    assert_eq!(server.message().await.0.len(), large.len() + 20_000);
}

#[tokio::test]
async fn much_said_in_one_turn_is_not_held_against_the_peer() {
    let limits = TransportLimits {
        waiting_bytes: 16 << 10,
        ..TransportLimits::default()
    };
    let (mut server, mut phone) = server_and_phone(limits).await;
    phone.send(&request("127.0.0.1", "a")).await;
    let (_, arrival) = server.message().await;
    for _ in 0..64 {
        server.sockets.send(&arrival.flow, &[b'x'; 1024]);
    }
    let received = server.serve(phone.receive(64 << 10)).await;
    assert!(received.iter().all(|byte| *byte == b'x'));
    assert!(is_kept(&mut server, &mut phone).await);
}

#[tokio::test]
async fn a_peer_that_reads_nothing_for_too_long_is_closed() {
    let limits = TransportLimits {
        waiting_bytes: 64 << 20,
        stall: SHORT,
        ..TransportLimits::default()
    };
    let (mut server, mut phone) = server_and_phone(limits).await;
    phone.send(&request("127.0.0.1", "a")).await;
    let (_, arrival) = server.message().await;
    server.sockets.send(&arrival.flow, &vec![b'x'; 32 << 20]);
    assert_eq!(server.failure().await, arrival.flow);
}
