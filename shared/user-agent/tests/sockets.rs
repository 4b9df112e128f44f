//! A phone on real sockets is the phone of the exchanges.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use sip_message::Transport;
use sip_server::{Clock, Sockets, SystemEntropy, TransportLimits};
use sip_user_agent::{Account, Ids, Phone};

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

fn sockets() -> io::Result<(Sockets, SocketAddr)> {
    let mut entropy = SystemEntropy::default();
    let limits = TransportLimits::default();
    let sockets = Sockets::bind(&[ANY], Clock::system(), &mut entropy, limits)?;
    let address = sockets.listeners()[0];
    Ok((sockets, address))
}

fn phone(user: &str, sockets: Sockets, server: SocketAddr, transport: Transport) -> Phone {
    let account = Account {
        user: user.to_owned(),
        domain: server.to_string(),
        server,
        local: sockets.listeners()[0],
        transport,
    };
    let ids = Ids::random(Box::new(SystemEntropy::default()));
    let phone = Phone::new(account, Box::new(sockets), ids);
    phone.set_patience(Duration::from_secs(10));
    tokio::spawn(phone.clone().live());
    phone
}

/// Two phones without a server: each is the other's.
async fn call_over(transport: Transport) -> io::Result<()> {
    let ((ten, ten_at), (eleven, eleven_at)) = (sockets()?, sockets()?);
    let ten = phone("10", ten, eleven_at, transport);
    let eleven = phone("11", eleven, ten_at, transport);

    let mut outgoing = ten.invite("11");
    let mut incoming = eleven.incoming_call().await;
    assert_eq!(incoming.invite().arrival().flow.transport, transport);
    incoming.ring();
    outgoing.ringing().await;
    incoming.answer();
    outgoing.answered().await;
    incoming.acknowledged().await;
    let bye = incoming.hang_up();
    outgoing.hung_up().await;
    bye.answer(200).await;
    Ok(())
}

#[tokio::test]
async fn two_phones_call_each_other_over_udp() -> io::Result<()> {
    call_over(Transport::Udp).await
}

#[tokio::test]
async fn two_phones_call_each_other_over_tcp() -> io::Result<()> {
    call_over(Transport::Tcp).await
}
