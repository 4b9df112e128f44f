//! The address of ours that a flow leaves from.

use std::net::SocketAddr;

use sip_message::Transport;
use sip_server::{Account, Network};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::peer::{AT_MOST, Server};

#[tokio::test]
async fn the_only_listener_reaches_every_peer_of_its_family() {
    let mut server = Server::on("127.0.0.3:0");
    let remote = "127.0.0.77:5060".parse().unwrap();
    let flow = server.flow_to(Transport::Udp, remote).unwrap();
    assert_eq!(flow.local, server.sockets.listeners()[0]);
    assert_eq!(flow.remote, remote);
    assert_eq!(flow.connection, None);
}

#[tokio::test]
async fn the_listener_on_the_address_the_kernel_sends_from_is_taken() {
    let mut server = Server::on("127.0.0.3:0 127.0.0.1:0");
    let remote = "127.0.0.77:5060".parse().unwrap();
    let flow = server.flow_to(Transport::Udp, remote).unwrap();
    assert_eq!(flow.local, server.sockets.listeners()[1]);
}

#[tokio::test]
async fn a_wildcard_listener_sends_from_a_real_address() {
    let mut server = Server::on("0.0.0.0:0 [::]:0");
    let [v4, v6] = [0, 1].map(|at| server.sockets.listeners()[at].port());
    for (remote, local) in [
        ("127.0.0.1:5060", SocketAddr::from(([127, 0, 0, 1], v4))),
        ("[::1]:5060", format!("[::1]:{v6}").parse().unwrap()),
    ] {
        let remote = remote.parse().unwrap();
        let flow = server.flow_to(Transport::Udp, remote).unwrap();
        assert_eq!(flow.local, local);
    }
}

#[tokio::test]
async fn a_peer_of_a_family_nobody_listens_on_is_unreachable() {
    let mut server = Server::on("127.0.0.1:0");
    let remote = "[::1]:5060".parse().unwrap();
    for transport in [Transport::Udp, Transport::Tcp] {
        let error = server.flow_to(transport, remote).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no way to [::1]:5060: the server listens on no IPv6 address"
        );
    }
}

#[tokio::test]
async fn the_broadcast_address_of_a_network_of_this_machine_is_no_peer() {
    for listeners in ["127.0.0.1:0", "127.0.0.1:0 127.0.0.3:0", "0.0.0.0:0"] {
        let mut server = Server::on(listeners);
        let remote = "127.255.255.255:5060".parse().unwrap();
        for transport in [Transport::Udp, Transport::Tcp] {
            let error = server.flow_to(transport, remote).unwrap_err();
            assert_eq!(
                error.to_string(),
                "no way to 127.255.255.255:5060: it is not an address of one machine",
                "{listeners}"
            );
        }
    }
}

#[tokio::test]
async fn everybody_and_nobody_are_no_peers() {
    let mut server = Server::on("0.0.0.0:0 [::]:0");
    for remote in [
        "0.0.0.0:5060",
        "255.255.255.255:5060",
        "240.0.0.1:5060",
        "[::ffff:224.0.1.75]:5060",
        "224.0.1.75:5060",
        "[::]:5060",
        "127.0.0.1:0",
    ] {
        for transport in [Transport::Udp, Transport::Tcp] {
            let remote: SocketAddr = remote.parse().unwrap();
            let error = server.flow_to(transport, remote).unwrap_err();
            let shown = SocketAddr::new(remote.ip().to_canonical(), remote.port());
            assert_eq!(
                error.to_string(),
                format!("no way to {shown}: it is not an address of one machine")
            );
        }
    }
}

#[tokio::test]
async fn an_ipv4_peer_in_ipv6_form_is_an_ipv4_peer() {
    let mut server = Server::on("127.0.0.1:0 [::1]:0");
    let remote = "[::ffff:127.0.0.7]:5060".parse().unwrap();
    let flow = server.flow_to(Transport::Udp, remote).unwrap();
    assert_eq!(flow.local, server.sockets.listeners()[0]);
    assert_eq!(flow.remote, "127.0.0.7:5060".parse().unwrap());
}

#[tokio::test]
async fn an_address_resolves_to_itself_and_never_to_a_mapped_one() {
    let server = Server::on("127.0.0.1:0");
    for (host, address) in [
        ("192.0.2.1", "192.0.2.1:5070"),
        ("[2001:db8::1]", "[2001:db8::1]:5070"),
        ("2001:db8::1", "[2001:db8::1]:5070"),
        ("[::ffff:192.0.2.1]", "192.0.2.1:5070"),
    ] {
        let found = server.resolve(host, 5070).await.unwrap();
        assert_eq!(found, [address.parse().unwrap()], "{host}");
    }
}

#[tokio::test]
async fn a_name_is_looked_up() {
    let server = Server::on("127.0.0.1:0");
    let found = server.resolve("localhost", 5070).await.unwrap();
    assert!(
        found.contains(&"127.0.0.1:5070".parse().unwrap()),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_name_without_an_address_is_named() {
    let server = Server::on("127.0.0.1:0");
    let error = server.resolve("no such host", 5060).await.unwrap_err();
    assert!(error.to_string().contains("no such host"), "{error}");
}

/// The end of ours of a way from `local` to a peer, on both transports.
fn local_from(server: &mut Server, local: SocketAddr) -> SocketAddr {
    // A connection that is there is taken, so each has a peer of its own.
    let peer = SocketAddr::from(([127, 0, 0, 77], local.port()));
    let mut way = |transport| {
        server
            .sockets
            .flow_from(local, transport, peer, Account::at(peer.ip()))
            .unwrap()
    };
    let (udp, tcp) = (way(Transport::Udp), way(Transport::Tcp));
    assert_eq!((udp.remote, tcp.remote), (peer, peer));
    assert_eq!(udp.local, tcp.local);
    udp.local
}

/// The address that a datagram sent from `local` comes from.
async fn seen_by_a_peer(server: &mut Server, local: SocketAddr) -> SocketAddr {
    let peer = UdpSocket::bind("127.0.0.77:0").await.unwrap();
    let remote = peer.local_addr().unwrap();
    let flow = server
        .sockets
        .flow_from(local, Transport::Udp, remote, Account::at(remote.ip()));
    server.send(&flow.unwrap(), b"x");
    let received = timeout(AT_MOST, peer.recv_from(&mut [0; 9])).await;
    received.unwrap().unwrap().1
}

#[tokio::test]
async fn a_packet_leaves_from_the_listener_it_is_to_leave_from() {
    let mut server = Server::on("127.0.0.3:0 127.0.0.1:0 127.0.0.3:0");
    for listener in server.sockets.listeners().to_vec() {
        assert_eq!(local_from(&mut server, listener), listener);
        assert_eq!(seen_by_a_peer(&mut server, listener).await, listener);
    }
}

#[tokio::test]
async fn a_wildcard_listener_sends_from_the_address_it_is_to_send_from() {
    for host in [3, 9] {
        let mut server = Server::on("0.0.0.0:0");
        let local = SocketAddr::from(([127, 0, 0, host], server.port()));
        assert_eq!(local_from(&mut server, local), local);
        assert_eq!(seen_by_a_peer(&mut server, local).await, local);
    }
}

#[tokio::test]
async fn the_system_chooses_where_a_packet_cannot_leave_from_that_address() {
    let mut server = Server::on("0.0.0.0:0 [::]:0");
    let [v4, v6] = [0, 1].map(|at| server.sockets.listeners()[at].port());
    let chosen = SocketAddr::from(([127, 0, 0, 1], v4));
    for local in [
        SocketAddr::from(([0, 0, 0, 0], v4)),      // not one address
        SocketAddr::from(([198, 51, 100, 1], v4)), // not an address of this machine
        SocketAddr::from(([127, 0, 0, 3], v4.wrapping_add(1))), // not a port of this server
        format!("[::1]:{v6}").parse().unwrap(),    // another family
    ] {
        assert_eq!(local_from(&mut server, local), chosen, "{local}");
    }
}
