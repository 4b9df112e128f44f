//! Listening: what cannot be listened on, and why.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use sip_server::{Clock, Sockets, SystemEntropy, TransportLimits};

use crate::peer::{Phone, Server};

fn bind(address: SocketAddr) -> std::io::Result<Sockets> {
    let limits = TransportLimits::default();
    let mut entropy = SystemEntropy::default();
    Sockets::bind(&[address], Clock::system(), &mut entropy, limits)
}

#[tokio::test]
async fn port_zero_gives_both_protocols_the_same_port() {
    let server = Server::on("127.0.0.1:0");
    let address = server.sockets.listeners()[0];
    assert_ne!(address.port(), 0);
    let udp = UdpSocket::bind(address).unwrap_err();
    let tcp = TcpListener::bind(address).unwrap_err();
    assert_eq!(udp.kind(), ErrorKind::AddrInUse);
    assert_eq!(tcp.kind(), ErrorKind::AddrInUse);
}

#[tokio::test]
async fn a_udp_port_in_use_is_named_with_what_to_do() {
    // Tests that run beside this one may hold the same port for TCP; then another is taken.
    let taken = || UdpSocket::bind("127.0.0.61:0").unwrap();
    let is_free_for_tcp = |udp: &UdpSocket| TcpListener::bind(udp.local_addr().unwrap()).is_ok();
    let other = std::iter::repeat_with(taken)
        .take(100)
        .find(is_free_for_tcp)
        .unwrap();
    let address = other.local_addr().unwrap();
    let error = bind(address).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    assert_eq!(
        error.to_string(),
        format!(
            "cannot listen on UDP {address}: another program has this port; stop it, or listen \
             on another port"
        )
    );
}

#[tokio::test]
async fn a_tcp_port_in_use_is_named_with_what_to_do() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap();
    let error = bind(address).unwrap_err();
    let start = format!("cannot listen on TCP {address}: another program has this port");
    assert!(error.to_string().starts_with(&start), "{error}");
}

#[tokio::test]
async fn an_address_of_another_machine_is_named_with_what_to_do() {
    let error = bind("198.51.100.7:0".parse().unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrNotAvailable);
    assert_eq!(
        error.to_string(),
        "cannot listen on TCP 198.51.100.7:0: this machine has no such address; listen on one \
         it has, or on 0.0.0.0 for all"
    );
}

#[tokio::test]
async fn a_server_that_ends_closes_its_connections_and_frees_its_port() {
    let mut server = Server::on("127.0.0.62:0");
    let address = server.sockets.listeners()[0];
    let mut phone = server.serve(Phone::call(address)).await;
    server.serve(phone.send(b"\r\n\r\n")).await;
    server.serve(phone.receive(2)).await;
    drop(server);
    bind(address).expect("the port is free at once");
    assert!(phone.receive_to_the_end().await.is_empty());
}
