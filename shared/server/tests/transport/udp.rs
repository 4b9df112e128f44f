//! Datagrams: addresses, sizes, and errors of a peer.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, UdpSocket};

use quinn_udp::{Transmit, UdpSocketState};
use sip_message::{Flow, Transport};
use sip_server::{Event, Network};

use crate::peer::{AT_MOST, Server, request};

fn phone(address: &str) -> UdpSocket {
    bound(address.parse().unwrap())
}

fn bound(address: SocketAddr) -> UdpSocket {
    let socket = UdpSocket::bind(address).unwrap();
    socket.set_read_timeout(Some(AT_MOST)).unwrap();
    socket
}

fn receive(phone: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = vec![0; 65_536];
    let (length, from) = phone.recv_from(&mut buffer).unwrap();
    buffer.truncate(length);
    (buffer, from)
}

#[tokio::test]
async fn a_reply_leaves_from_the_address_the_request_came_to() {
    let mut server = Server::on("0.0.0.0:0");
    let address = SocketAddr::from(([127, 0, 0, 5], server.port()));
    let phone = phone("127.0.0.1:0");
    phone.send_to(&request("127.0.0.1", "a"), address).unwrap();

    let (bytes, arrival) = server.message().await;
    assert_eq!(bytes, request("127.0.0.1", "a"));
    assert_eq!(arrival.flow.local, address);
    assert_eq!(arrival.flow.remote, phone.local_addr().unwrap());

    server.send(&arrival.flow, b"SIP/2.0 200 OK\r\n\r\n");
    let (reply, from) = receive(&phone);
    assert_eq!(reply, b"SIP/2.0 200 OK\r\n\r\n");
    assert_eq!(from, address);
}

#[tokio::test]
async fn an_ipv6_wildcard_names_the_address_that_was_reached() {
    let mut server = Server::on("[::]:0");
    let address: SocketAddr = format!("[::1]:{}", server.port()).parse().unwrap();
    let phone = phone("[::1]:0");
    phone.send_to(&request("[::1]", "a"), address).unwrap();

    let (_, arrival) = server.message().await;
    assert_eq!(arrival.flow.local, address);
    assert_eq!(arrival.flow.remote, phone.local_addr().unwrap());

    server.send(&arrival.flow, b"SIP/2.0 200 OK\r\n\r\n");
    assert_eq!(receive(&phone).1, address);
}

#[tokio::test]
async fn an_ipv6_listener_takes_no_ipv4() {
    let server = Server::on("[::]:0");
    let phone = phone("127.0.0.1:0");
    phone.connect(("127.0.0.64", server.port())).unwrap();
    phone.send(&request("127.0.0.1", "a")).unwrap();
    let error = phone.recv(&mut [0; 16]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn every_listener_is_heard_and_answers_for_itself() {
    let mut server = Server::on("127.0.0.1:0 127.0.0.2:0 [::1]:0");
    let addresses = server.sockets.listeners().to_vec();
    for address in &addresses {
        let phone = phone(if address.is_ipv4() {
            "127.0.0.9:0"
        } else {
            "[::1]:0"
        });
        phone.send_to(&request("phone", "a"), address).unwrap();
        let (_, arrival) = server.message().await;
        assert_eq!(arrival.flow.local, *address);
        server.send(&arrival.flow, b"SIP/2.0 200 OK\r\n\r\n");
        assert_eq!(receive(&phone).1, *address);
    }
}

#[tokio::test]
async fn the_largest_datagram_comes_and_goes_whole() {
    const LARGEST: usize = 65_507;
    let mut server = Server::on("127.0.0.1:0");
    let phone = phone("127.0.0.1:0");
    let mut large = request("127.0.0.1", "a");
    large.resize(LARGEST, b'x');
    phone
        .send_to(&large, server.sockets.listeners()[0])
        .unwrap();

    let (bytes, arrival) = server.message().await;
    assert!(bytes == large, "{} bytes", bytes.len());

    server.send(&arrival.flow, &bytes);
    let (echo, _) = receive(&phone);
    assert!(echo == large, "{} bytes", echo.len());
}

#[tokio::test]
async fn a_message_has_room_for_what_a_relay_adds() {
    let mut server = Server::on("127.0.0.1:0");
    let phone = phone("127.0.0.1:0");
    let sent = request("127.0.0.1", "a");
    phone.send_to(&sent, server.sockets.listeners()[0]).unwrap();
    let (bytes, _) = server.message().await;
    assert!(bytes.capacity() >= sent.len() + 256);
    assert!(bytes.capacity() <= sent.len() + 4096);
}

#[tokio::test]
async fn many_small_datagrams_sent_quickly_arrive_each_alone() {
    const COUNT: usize = 300;
    let mut server = Server::on("127.0.0.1:0");
    let phone = phone("127.0.0.1:0");
    for number in 0..COUNT {
        let message = request("127.0.0.1", &format!("{number:04}"));
        phone
            .send_to(&message, server.sockets.listeners()[0])
            .unwrap();
    }
    for number in 0..COUNT {
        let (bytes, _) = server.message().await;
        assert_eq!(bytes, request("127.0.0.1", &format!("{number:04}")));
    }
}

/// Linux carries these over loopback as one packet (generic segmentation offload), and
/// would hand them over merged to a socket that asked for it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn datagrams_the_sender_has_merged_arrive_each_alone() {
    const COUNT: usize = 20;
    let mut server = Server::on("127.0.0.1:0");
    let phone = phone("127.0.0.1:0");
    let state = UdpSocketState::new((&phone).into()).unwrap();
    let messages: Vec<Vec<u8>> = (0..COUNT)
        .map(|number| request("127.0.0.1", &format!("{number:04}")))
        .collect();
    let transmit = Transmit {
        destination: server.sockets.listeners()[0],
        ecn: None,
        contents: &messages.concat(),
        segment_size: Some(messages[0].len()),
        src_ip: None,
    };
    state.try_send((&phone).into(), &transmit).unwrap();
    for message in messages {
        assert_eq!(server.message().await.0, message);
    }
}

#[tokio::test]
async fn many_answers_to_one_peer_arrive_each_alone_and_in_order() {
    for (listener, peer) in [
        ("127.0.0.1:0", "127.0.0.1"),
        ("0.0.0.0:0", "127.0.0.7"),
        ("[::1]:0", "::1"),
        ("[::]:0", "::1"),
    ] {
        let mut server = Server::on(listener);
        let ip: IpAddr = peer.parse().unwrap();
        let local = SocketAddr::new(ip, server.port());
        let phones = [bound(SocketAddr::new(ip, 0)), bound(SocketAddr::new(ip, 0))];
        let answers = (0..100).map(|number| format!("SIP/2.0 {:03} OK\r\n\r\n", 200 + number));
        for answer in answers.clone() {
            for phone in &phones {
                let flow = Flow::udp(local, phone.local_addr().unwrap());
                server.sockets.send(&flow, answer.as_bytes());
            }
        }
        server.end_turn();
        for phone in &phones {
            for answer in answers.clone() {
                assert_eq!(receive(phone), (answer.into_bytes(), local));
            }
        }
    }
}

#[tokio::test]
async fn many_peers_are_answered_from_the_address_that_each_reached() {
    let peers = |host: &str| [host; 20].map(|host| phone(&format!("{host}:0")));
    for (listener, ours, peers) in [
        ("0.0.0.0:0", ["127.0.0.9", "127.0.0.10"], peers("127.0.0.2")),
        ("[::]:0", ["::1", "::1"], peers("[::1]")),
    ] {
        let mut server = Server::on(listener);
        let port = server.port();
        let ours = ours.map(|ip| SocketAddr::new(ip.parse().unwrap(), port));
        for (number, peer) in peers.iter().enumerate() {
            let flow = Flow::udp(ours[number % 2], peer.local_addr().unwrap());
            server.sockets.send(&flow, format!("{number}").as_bytes());
        }
        server.end_turn();
        for (number, peer) in peers.iter().enumerate() {
            let expected = (number.to_string().into_bytes(), ours[number % 2]);
            assert_eq!(receive(peer), expected, "{listener}");
        }
    }
}

#[tokio::test]
async fn keepalives_are_met_with_silence() {
    let mut server = Server::on("127.0.0.1:0");
    let phone = phone("127.0.0.1:0");
    let stun = b"\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl";
    for keepalive in [
        &b""[..],
        b"\r\n",
        b"\r\n\r\n",
        b"\r\n\0",
        b"\0\0\0\0",
        b"ping",
        stun,
    ] {
        phone
            .send_to(keepalive, server.sockets.listeners()[0])
            .unwrap();
    }
    let message = request("127.0.0.1", "a");
    phone
        .send_to(&message, server.sockets.listeners()[0])
        .unwrap();

    let (bytes, arrival) = server.message().await;
    assert_eq!(bytes, message);
    server.send(&arrival.flow, b"SIP/2.0 200 OK\r\n\r\n");
    assert_eq!(receive(&phone).0, b"SIP/2.0 200 OK\r\n\r\n");
}

#[tokio::test]
async fn what_cannot_leave_is_reported_as_failed() {
    let mut server = Server::on("127.0.0.1:0");
    let nowhere = "127.0.0.1:0".parse().unwrap();
    let flow = Flow::udp(server.sockets.listeners()[0], nowhere);
    server.send(&flow, b"SIP/2.0 200 OK\r\n\r\n");
    assert_eq!(server.failure().await, flow);

    for _ in 0..8 {
        server.sockets.send(&flow, b"SIP/2.0 200 OK\r\n\r\n");
    }
    assert_eq!(server.failure().await, flow);
}

/// Linux stops at the first of many datagrams that does not leave, and only the next call says why.
#[tokio::test]
async fn a_datagram_that_cannot_leave_holds_up_none_for_others() {
    for listener in ["127.0.0.1:0", "0.0.0.0:0"] {
        let mut server = Server::on(listener);
        let local = SocketAddr::from(([127, 0, 0, 1], server.port()));
        let flow = |remote| Flow::udp(local, remote);
        let phones: Vec<UdpSocket> = (1..=60)
            .map(|host| phone(&format!("127.0.1.{host}:0")))
            .collect();
        let answer = |number: usize| format!("SIP/2.0 200 {number}\r\n\r\n").into_bytes();
        let unreachable = [0, 20, 21, 59].map(|at| {
            let ip = phones[at].local_addr().unwrap().ip();
            flow(SocketAddr::new(ip, 0))
        });
        for (number, phone) in phones.iter().enumerate() {
            let to = phone.local_addr().unwrap();
            server.sockets.send(&flow(to), &answer(number));
            if number == 30 {
                server.sockets.send(&flow(to), &[b'x'; 65_508]); // too long
            }
            if let Some(flow) = unreachable.iter().find(|it| it.remote.ip() == to.ip()) {
                server.sockets.send(flow, b"SIP/2.0 200 OK\r\n\r\n");
            }
        }
        server.end_turn();
        for (number, phone) in phones.iter().enumerate() {
            assert_eq!(receive(phone), (answer(number), local), "{listener}");
        }
        let failed: Vec<Event> = server.heard();
        let failed = failed.iter().map(|event| match event {
            Event::Failed { flow } => *flow,
            Event::Message { .. } => panic!("{event:?}"),
        });
        assert_eq!(failed.collect::<Vec<_>>(), unreachable, "{listener}");
    }
}

#[tokio::test]
async fn what_is_too_long_for_a_datagram_tells_nothing_of_its_peer() {
    for listener in ["127.0.0.1:0", "0.0.0.0:0"] {
        let mut server = Server::on(listener);
        let peer = phone("127.0.0.1:0");
        let flow = server.flow_to(Transport::Udp, peer.local_addr().unwrap());
        let flow = flow.unwrap();
        server.send(&flow, &[b'x'; 65_508]);
        server.send(&flow, b"SIP/2.0 200 OK\r\n\r\n");
        assert_eq!(receive(&peer).0, b"SIP/2.0 200 OK\r\n\r\n");
        server.end_turn();
        assert_eq!(server.heard().len(), 0, "{listener}");
    }
}

#[tokio::test]
async fn a_peer_that_is_gone_disturbs_nobody() {
    let mut server = Server::on("127.0.0.1:0");
    let gone = phone("127.0.0.1:0").local_addr().unwrap();
    let flow = server.flow_to(Transport::Udp, gone).unwrap();
    for _ in 0..3 {
        server.send(&flow, b"SIP/2.0 200 OK\r\n\r\n");
    }
    let phone = phone("127.0.0.1:0");
    phone
        .send_to(&request("127.0.0.1", "a"), server.sockets.listeners()[0])
        .unwrap();
    assert_eq!(server.message().await.0, request("127.0.0.1", "a"));
}

#[tokio::test]
async fn busy_listeners_do_not_silence_another() {
    let mut server = Server::on("127.0.0.1:0 127.0.0.2:0 127.0.0.3:0 127.0.0.4:0");
    let addresses = server.sockets.listeners().to_vec();
    let phone = phone("127.0.0.1:0");
    for _ in 0..500 {
        for busy in &addresses[..3] {
            phone.send_to(&request("busy", "a"), busy).unwrap();
        }
    }
    phone.send_to(&request("rare", "b"), addresses[3]).unwrap();
    let mut heard = HashSet::new();
    for _ in 0..300 {
        heard.insert(server.message().await.1.flow.local);
    }
    assert!(heard.contains(&addresses[3]));
}
