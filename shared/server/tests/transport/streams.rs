//! Messages over TCP connections.

use std::time::Duration;

use sip_message::Transport;
use sip_server::{Event, Network};
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::peer::{Phone, Server, request};

async fn server_and_phone() -> (Server, Phone) {
    let mut server = Server::on("127.0.0.1:0");
    let address = server.sockets.listeners()[0];
    let phone = server.serve(Phone::call(address)).await;
    (server, phone)
}

#[tokio::test]
async fn messages_that_came_together_are_told_apart() {
    let (mut server, mut phone) = server_and_phone().await;
    let messages = ["a", "b", "c"].map(|id| request("127.0.0.1", id));
    phone.send(&messages.concat()).await;
    let mut connections = Vec::new();
    for message in messages {
        let (bytes, arrival) = server.message().await;
        assert_eq!(bytes, message);
        assert_eq!(arrival.flow.transport, Transport::Tcp);
        assert_eq!(arrival.flow.local, server.sockets.listeners()[0]);
        assert_eq!(arrival.flow.remote, phone.0.local_addr().unwrap());
        connections.push(arrival.flow.connection.unwrap());
    }
    connections.dedup();
    assert_eq!(connections.len(), 1);
}

#[tokio::test]
async fn a_message_that_came_in_pieces_is_whole() {
    let (mut server, mut phone) = server_and_phone().await;
    let message = request("127.0.0.1", "a");
    for piece in message.chunks(7) {
        server.serve(phone.send(piece)).await;
        server.serve(tokio::task::yield_now()).await;
    }
    assert_eq!(server.message().await.0, message);
}

#[tokio::test]
async fn a_ping_is_answered_with_one_line_end_and_the_server_never_hears_it() {
    let (mut server, mut phone) = server_and_phone().await;
    phone.send(b"\r\n\r\n").await;
    assert_eq!(server.serve(phone.receive(2)).await, b"\r\n");
    phone.send(&request("127.0.0.1", "a")).await;
    let (bytes, arrival) = server.message().await;
    assert_eq!(bytes, request("127.0.0.1", "a"));
    server.sockets.send(&arrival.flow, b"answer");
    assert_eq!(server.serve(phone.receive(6)).await, b"answer");
}

#[tokio::test]
async fn what_is_sent_in_one_turn_arrives_in_order() {
    let (mut server, mut phone) = server_and_phone().await;
    phone.send(&request("127.0.0.1", "a")).await;
    let (_, arrival) = server.message().await;
    let messages: Vec<Vec<u8>> = (0..500)
        .map(|number| request("127.0.0.1", &format!("{number:04}")))
        .collect();
    for message in &messages {
        server.sockets.send(&arrival.flow, message);
    }
    let sent = messages.concat();
    assert!(server.serve(phone.receive(sent.len())).await == sent);
}

#[tokio::test]
async fn a_stream_with_two_lengths_gets_a_400_and_its_end() {
    let (mut server, mut phone) = server_and_phone().await;
    let mut message = String::from_utf8(request("127.0.0.1:5099", "a")).unwrap();
    message.insert_str(message.find("Content-Length").unwrap(), "l: 5\r\n");
    message.push_str(&"more".repeat(10_000));
    phone.send(message.as_bytes()).await;
    let mut answer = String::new();
    let read = server.serve(phone.0.read_to_string(&mut answer)).await;
    read.expect("no reset, which could take the answer with it");
    let tag_at = answer.rfind("tag=").unwrap() + 4;
    let tag = &answer[tag_at..tag_at + 16];
    assert_eq!(
        answer,
        format!(
            "SIP/2.0 400 two different Content-Length values\r\n\
             Via: SIP/2.0/TCP 127.0.0.1:5099;branch=z9hG4bKa\r\n\
             From: <sip:10@127.0.0.1>;tag=1\r\n\
             To: <sip:127.0.0.1>;tag={tag}\r\n\
             Call-ID: a\r\n\
             CSeq: 1 OPTIONS\r\n\
             Content-Length: 0\r\n\r\n"
        )
    );
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn an_ack_that_cannot_be_framed_is_not_answered() {
    let (mut server, mut phone) = server_and_phone().await;
    let message = String::from_utf8(request("127.0.0.1", "a")).unwrap();
    let ack = message
        .replace("OPTIONS", "ACK")
        .replace("Content-Length: 0\r\n", "");
    phone.send(ack.as_bytes()).await;
    assert_eq!(server.serve(phone.receive_to_the_end()).await, b"");
}

#[tokio::test]
async fn a_peer_that_has_said_all_gets_its_answer_and_is_called_no_more() {
    let (mut server, mut phone) = server_and_phone().await;
    phone.send(&request("127.0.0.1:5099", "a")).await;
    phone.0.shutdown().await.unwrap();
    let (_, arrival) = server.message().await;
    let connection = arrival.flow.connection.unwrap();
    while server.sockets.flow_of(connection).is_some() {
        server.serve(tokio::task::yield_now()).await;
    }
    server.sockets.send(&arrival.flow, b"answer");
    let mut answer = String::new();
    let read = phone.0.read_to_string(&mut answer);
    server.serve(read).await.unwrap();
    assert_eq!(answer, "answer");
}

#[tokio::test]
async fn a_peer_is_reached_over_the_connection_it_opened() {
    let (mut server, mut phone) = server_and_phone().await;
    phone.send(&request("127.0.0.1", "a")).await;
    let (_, arrival) = server.message().await;
    let remote = phone.0.local_addr().unwrap();
    let flow = server.flow_to(Transport::Tcp, remote).unwrap();
    assert_eq!(flow, arrival.flow);
    assert_eq!(server.sockets.flow_of(flow.connection.unwrap()), Some(flow));
}

#[tokio::test]
async fn a_peer_does_not_get_what_is_for_a_port_it_only_says_it_has() {
    let (mut server, mut stranger) = server_and_phone().await;
    let phone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let remote = phone.local_addr().unwrap();
    stranger.send(&request(&remote.to_string(), "a")).await;
    let (_, arrival) = server.message().await;

    let flow = server.flow_to(Transport::Tcp, remote).unwrap();
    assert_ne!(flow.connection, arrival.flow.connection);
    server.sockets.send(&flow, b"for the phone");
    let (stream, _) = server.serve(phone.accept()).await.unwrap();
    assert_eq!(
        server.serve(Phone(stream).receive(13)).await,
        b"for the phone"
    );
}

#[tokio::test]
async fn a_peer_that_only_answered_is_not_waited_for_when_it_has_said_all() {
    let (mut server, mut phone) = server_and_phone().await;
    let response = String::from_utf8(request("127.0.0.1:5070", "a"))
        .unwrap()
        .replace("OPTIONS sip:127.0.0.1 SIP/2.0", "SIP/2.0 200 OK");
    phone.send(response.as_bytes()).await;
    let (_, arrival) = server.message().await;
    phone.0.shutdown().await.unwrap();
    assert_eq!(server.serve(phone.receive_to_the_end()).await, b"");
    server.sockets.send(&arrival.flow, b"too late");
    assert_eq!(server.failure().await, arrival.flow);
}

#[tokio::test]
async fn a_peer_without_a_connection_is_called_and_gets_what_was_sent_meanwhile() {
    let mut server = Server::on("127.0.0.1:0");
    let neighbour = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let remote = neighbour.local_addr().unwrap();
    let flow = server.flow_to(Transport::Tcp, remote).unwrap();
    assert_eq!(flow.local, server.sockets.listeners()[0]);
    server.sockets.send(&flow, b"first ");
    server.sockets.send(&flow, b"second");
    assert_eq!(server.flow_to(Transport::Tcp, remote).ok(), Some(flow));

    let (stream, _) = server.serve(neighbour.accept()).await.unwrap();
    let mut neighbour = Phone(stream);
    assert_eq!(server.serve(neighbour.receive(12)).await, b"first second");

    neighbour.send(&request("127.0.0.1", "a")).await;
    let (bytes, arrival) = server.message().await;
    assert_eq!(bytes, request("127.0.0.1", "a"));
    assert_eq!(arrival.flow, flow);
}

#[tokio::test]
async fn a_peer_that_refuses_is_reported_once_and_forgotten() {
    let mut server = Server::on("127.0.0.1:0");
    let nobody = TcpListener::bind("127.0.0.63:0").await.unwrap();
    let remote = nobody.local_addr().unwrap();
    drop(nobody);
    let flow = server.flow_to(Transport::Tcp, remote).unwrap();
    server.sockets.send(&flow, b"first");
    server.sockets.send(&flow, b"second");
    assert_eq!(server.failure().await, flow);
    assert_eq!(server.sockets.flow_of(flow.connection.unwrap()), None);

    let again = server.flow_to(Transport::Tcp, remote).unwrap();
    assert_ne!(again.connection, flow.connection);
    assert_eq!(server.failure().await, again);
}

#[tokio::test]
async fn a_connection_that_was_used_is_reported_when_it_is_lost() {
    let (mut server, mut phone) = server_and_phone().await;
    phone.send(&request("127.0.0.1", "a")).await;
    let (_, arrival) = server.message().await;
    server.sockets.send(&arrival.flow, b"answer");
    server.serve(phone.receive(6)).await;
    let reset = SockRef::from(&phone.0).set_linger(Some(Duration::ZERO));
    reset.unwrap();
    drop(phone);
    assert_eq!(server.failure().await, arrival.flow);
    let connection = arrival.flow.connection.unwrap();
    assert_eq!(server.sockets.flow_of(connection), None);

    server.sockets.send(&arrival.flow, b"too late");
    assert_eq!(server.failure().await, arrival.flow);
}

#[tokio::test]
async fn connection_numbers_do_not_begin_alike() {
    let mut numbers = Vec::new();
    for _ in 0..2 {
        let (mut server, mut phone) = server_and_phone().await;
        phone.send(&request("127.0.0.1", "a")).await;
        numbers.push(server.message().await.1.flow.connection.unwrap().0);
    }
    assert!(numbers[0].abs_diff(numbers[1]) > 1 << 20, "{numbers:?}");
}

#[tokio::test]
async fn a_peer_that_floods_does_not_silence_udp_or_another_peer() {
    let (mut server, mut flooder) = server_and_phone().await;
    let address = server.sockets.listeners()[0];
    let mut phone = server.serve(Phone::call(address)).await;
    let flood = tokio::spawn(async move {
        let messages = request("flood", "f").repeat(100);
        loop {
            flooder.send(&messages).await;
        }
    });
    server.message().await;

    phone.send(&request("phone", "tcp")).await;
    let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    udp.send_to(&request("phone", "udp"), address).unwrap();
    let mut awaited = vec![request("phone", "tcp"), request("phone", "udp")];
    let mut events = 0;
    while !awaited.is_empty() {
        if let Event::Message { bytes, .. } = server.event().await {
            awaited.retain(|message| *message != bytes);
        }
        events += 1;
        assert!(events < 20_000, "{} still unheard", awaited.len());
    }
    flood.abort();
}
