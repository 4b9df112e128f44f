//! How many connections there may be, of all peers and of one, and which of them are kept.

use std::net::SocketAddr;
use std::time::Duration;

use sip_message::Transport;
use sip_server::{Account, Network, TransportLimits};

use crate::peer::{AT_MOST, Phone, Server, is_kept, request};

const SHORT: Duration = Duration::from_millis(50);

fn at_most(connections: usize) -> Server {
    let limits = TransportLimits {
        connections,
        ..TransportLimits::default()
    };
    Server::with_limits("127.0.0.1:0", limits)
}

async fn call_from(host: u8, server: &mut Server) -> Phone {
    let address = server.sockets.listeners()[0];
    server.serve(Phone::call_from(host, address)).await
}

/// How many connections of so many from one address are kept.
async fn kept_of(host: u8, count: usize, server: &mut Server) -> Vec<Phone> {
    let mut kept = Vec::new();
    for _ in 0..count {
        let mut phone = call_from(host, server).await;
        if is_kept(server, &mut phone).await {
            kept.push(phone);
        }
    }
    kept
}

#[tokio::test]
async fn one_peer_has_a_share_of_the_connections_and_the_next_finds_room() {
    let mut server = at_most(16);
    let greedy = kept_of(2, 16, &mut server).await;
    assert_eq!(greedy.len(), 7, "half of what is not the reserve");
    let second = kept_of(3, 16, &mut server).await;
    assert_eq!(second.len(), 4, "half of what was left");
    assert_eq!(kept_of(4, 1, &mut server).await.len(), 1);
}

#[tokio::test]
async fn a_place_that_is_given_back_is_free() {
    let mut server = at_most(2);
    let mut first = call_from(2, &mut server).await;
    assert!(is_kept(&mut server, &mut first).await);
    let mut second = call_from(2, &mut server).await;
    assert!(!is_kept(&mut server, &mut second).await);
    drop(first);
    let place_is_free = async {
        loop {
            let mut next = call_from(2, &mut server).await;
            if is_kept(&mut server, &mut next).await {
                break;
            }
        }
    };
    tokio::time::timeout(AT_MOST, place_is_free).await.unwrap();
}

#[tokio::test]
async fn connections_that_one_account_has_opened_are_a_share_of_all() {
    let mut server = at_most(16);
    let mut open = |caller: [u8; 4], port: u16| {
        let remote = SocketAddr::from(([127, 0, 0, 9], port));
        let account = Account::at(caller.into());
        server.sockets.flow_to(Transport::Tcp, remote, account)
    };
    let opened = (1000..1250).filter_map(|port| open([127, 0, 0, 2], port).ok());
    assert_eq!(opened.count(), 8, "half of all");
    let refused = open([127, 0, 0, 2], 1250).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "no way to 127.0.0.9:1250: as many connections are open as there may be, in all or of \
         one peer"
    );
    assert!(open([127, 0, 0, 3], 1251).is_ok());
}

#[tokio::test]
async fn when_all_places_are_taken_the_one_idle_longest_that_nothing_needs_goes() {
    let mut server = at_most(8);
    let mut phones = Vec::new();
    for host in 2..9 {
        let mut phone = call_from(host, &mut server).await;
        phone.send(&request("127.0.0.1", "a")).await;
        let (_, arrival) = server.message().await;
        phones.push((phone, arrival.flow.connection.unwrap()));
    }
    let mut early = call_from(20, &mut server).await;
    assert!(!is_kept(&mut server, &mut early).await, "all are in use");

    // The first is a phone's, the others have been silent for as long.
    server.sockets.keep(phones[0].1, Duration::from_secs(3600));
    server
        .serve(tokio::time::sleep(Duration::from_millis(5_100)))
        .await;
    assert!(is_kept(&mut server, &mut phones[1].0).await); // it is heard again
    let mut late = call_from(21, &mut server).await;
    assert!(is_kept(&mut server, &mut late).await);
    let open = |server: &Server| -> Vec<bool> {
        let is_open = |(_, connection): &(Phone, _)| server.sockets.flow_of(*connection).is_some();
        phones.iter().map(is_open).collect()
    };
    let expected = [true, true, false, true, true, true, true];
    assert_eq!(open(&server), expected);
}

#[tokio::test]
async fn a_connection_that_a_binding_needs_may_be_silent_and_another_may_not() {
    let limits = TransportLimits {
        idle: SHORT,
        ..TransportLimits::default()
    };
    let mut server = Server::with_limits("127.0.0.1:0", limits);
    let mut flows = Vec::new();
    let mut phones = Vec::new();
    for host in 2..4 {
        let mut phone = call_from(host, &mut server).await;
        phone.send(&request("127.0.0.1", "a")).await;
        flows.push(server.message().await.1.flow.connection.unwrap());
        phones.push(phone);
    }
    server.sockets.keep(flows[0], 20 * SHORT);
    server.serve(tokio::time::sleep(5 * SHORT)).await;
    assert!(server.sockets.flow_of(flows[0]).is_some());
    assert_eq!(server.sockets.flow_of(flows[1]), None);
    // It ends with what needed it.
    server.serve(tokio::time::sleep(20 * SHORT)).await;
    assert_eq!(server.sockets.flow_of(flows[0]), None);
}
