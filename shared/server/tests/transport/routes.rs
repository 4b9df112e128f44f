use std::net::SocketAddr;

use sip_message::Transport;
use sip_server::Network;

use crate::peer::Server;

#[tokio::test]
async fn the_only_listener_reaches_every_peer_of_its_family() {
    let mut server = Server::on("127.0.0.3:0");
    let remote = "127.0.0.77:5060".parse().unwrap();
    let flow = server.sockets.flow_to(Transport::Udp, remote).unwrap();
    assert_eq!(flow.local, server.sockets.listeners()[0]);
    assert_eq!(flow.remote, remote);
    assert_eq!(flow.connection, None);
}

#[tokio::test]
async fn the_listener_on_the_address_the_kernel_sends_from_is_taken() {
    let mut server = Server::on("127.0.0.3:0 127.0.0.1:0");
    let remote = "127.0.0.77:5060".parse().unwrap();
    let flow = server.sockets.flow_to(Transport::Udp, remote).unwrap();
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
        let flow = server.sockets.flow_to(Transport::Udp, remote).unwrap();
        assert_eq!(flow.local, local);
    }
}

#[tokio::test]
async fn a_peer_of_a_family_nobody_listens_on_is_unreachable() {
    let mut server = Server::on("127.0.0.1:0");
    let remote = "[::1]:5060".parse().unwrap();
    for transport in [Transport::Udp, Transport::Tcp] {
        let error = server.sockets.flow_to(transport, remote).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no way to [::1]:5060: the server listens on no IPv6 address"
        );
    }
}

#[tokio::test]
async fn everybody_and_nobody_are_no_peers() {
    let mut server = Server::on("0.0.0.0:0 [::]:0");
    for remote in [
        "0.0.0.0:5060",
        "255.255.255.255:5060",
        "224.0.1.75:5060",
        "[::]:5060",
        "127.0.0.1:0",
    ] {
        for transport in [Transport::Udp, Transport::Tcp] {
            let remote = remote.parse().unwrap();
            let error = server.sockets.flow_to(transport, remote).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("no way to {remote}: it is no address of one machine")
            );
        }
    }
}

#[tokio::test]
async fn an_ipv4_peer_in_ipv6_form_is_an_ipv4_peer() {
    let mut server = Server::on("127.0.0.1:0 [::1]:0");
    let remote = "[::ffff:127.0.0.7]:5060".parse().unwrap();
    let flow = server.sockets.flow_to(Transport::Udp, remote).unwrap();
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
        let found = server.sockets.resolve(host, 5070).await.unwrap();
        assert_eq!(found, [address.parse().unwrap()], "{host}");
    }
}

#[tokio::test]
async fn a_name_is_looked_up() {
    let server = Server::on("127.0.0.1:0");
    let found = server.sockets.resolve("localhost", 5070).await.unwrap();
    assert!(
        found.contains(&"127.0.0.1:5070".parse().unwrap()),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_name_without_an_address_is_named() {
    let server = Server::on("127.0.0.1:0");
    let error = server
        .sockets
        .resolve("no such host", 5060)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("no such host"), "{error}");
}
